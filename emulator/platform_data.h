// What a loaded platform consists of. For the files that make up the command line (shell, parser,
// device state, handlers); others use platform.h. Nothing here changes after platform_load.
#ifndef EMULATOR_PLATFORM_DATA_H
#define EMULATOR_PLATFORM_DATA_H

#include "emulator/command_tree.h"
#include "emulator/filter.h"
#include "emulator/pager.h"
#include "emulator/platform.h"
#include "emulator/template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct handler; // handlers.h

enum command_store {
    STORE_NOTHING,
    STORE_LINE, // the line becomes a line of the configuration, in place of the one with the same
                // key
    STORE_SECTION, // the line heads a section of the configuration; it is made when it is not there
    STORE_LEAF,    // the line has its path in it ("set system / host-name R1")
    STORE_SEQUENCE, // an entry of a list with sequence numbers; its argument `sequence` is one
    STORE_RANGE,    // the last argument is a list of interfaces or numbers: a section each
    STORE_LINES,    // terminal lines, from the first number to the last: a section each
};

// A question a command asks before it does its work.
struct ask {
    char *name; // templates call the answer so
    struct template *prompt;
    struct template *when; // asked only if that is true; NULL: always
    char *otherwise;       // the answer that an empty line stands for
    bool secret;
    bool one_key; // [confirm]: any one key, 'n' and the like mean no
    bool yes_no;  // only yes or no will do; no ends the command
    bool choice;  // and no does not
};

struct platform_command {
    char *pattern;                 // as written, for messages
    const struct handler *handler; // NULL: none
    char *with;                    // parameter of the handler; "" for none
    struct template *output;       // NULL: none; printed after the handler's own
    struct template *json;     // what it prints in its place when piped into json; NULL: it cannot
    struct template *takes_ms; // NULL: no time beyond the latency
    struct template *log;      // what goes to the device's log when it was done; NULL: nothing
    struct template *refuse;   // says why the device will not do it; NULL or empty: it will
    struct template *reset;    // what `default X` says, X a section; NULL: nothing
    struct ask *asks;
    size_t n_asks;
    enum command_store store;
    size_t key_words;   // the line's key is its first words; 0: those before the first argument
    bool many;          // the key is the whole line: a list of lines
    bool no_is_stored;  // `no X` is a line of its own ("no ip http server")
    bool no_is_default; // and X is not shown, as it goes without saying ("ip domain lookup")
    char **fresh;       // lines a new section begins with
    size_t n_fresh;
    char **parts; // words that begin a part of the line; a new line replaces only its own parts
    size_t n_parts;
    int enter; // the mode it leads to; -1: none
    bool instant;
    bool no_pager;
    bool routes; // its output is a routing table, to be arranged as one
};

// A word that `?` lists though it is no command of the mode: "no", or "exit" of the one around it.
struct help_word {
    char *word;
    char *help;
};

struct mode {
    char *name;
    char *heading; // above the words that `?` lists; NULL: none
    struct help_word *more;
    size_t n_more;
    struct template *prompt;
    struct tree_node *root;
    int parent;      // `exit` leads there; -1: it ends the session
    int fallback;    // what this mode does not know is tried there; -1: nowhere
    int does;        // `do X` runs X there; -1: no `do`
    bool configures; // lines are stored; `no` is understood
    size_t depth;    // how many sections deep; 0: none
    char *negation;  // "no"
    char *do_word;   // "do"
    char **relative; // words whose commands take a path: what is being edited is put behind them
    size_t n_relative;
    bool privileged; // reached by `enable`: where an administrator starts
};

struct interface_kind {
    char *name;       // "GigabitEthernet"
    bool made_on_use; // `interface Loopback7` makes it
};

struct named_template {
    char *name;
    struct template *value;
};

struct pipe_word {
    char *word;
    enum filter_kind kind;
};

// Which errors have a line with a caret under the mistake.
enum caret {
    CARET_INVALID,
    CARET_NEVER,
    CARET_ALWAYS,
};

struct platform {
    char *name;
    char *ssh_version;
    bool
        many_execs; // an SSH connection may run one command after the other; else one, then it ends
    char *telnet_banner;
    char *username_prompt;
    char *password_prompt;
    char *login_failed;
    char *login_suffix;     // what follows "+" in a user name is dropped; "" for no such thing
    char *bad_secrets;      // after the last wrong enable secret
    char *password_expired; // and the questions that follow
    char *new_password_prompt;
    char *repeat_password_prompt;
    char *passwords_differ;

    struct mode *modes;
    size_t n_modes;
    int start_mode;      // of a plain user
    int privileged_mode; // of an administrator

    struct platform_command **commands;
    size_t n_commands;
    const struct platform_command *lone_word; // what a lone word that is no command does outside
                                              // configuration modes; NULL: it is a mistake
    struct interface_kind *interfaces;
    size_t n_interfaces;
    struct pipe_word *pipes;
    size_t n_pipes;
    char *counted;    // what `| count` prints, with {{count}}
    bool pipes_chain; // `| a | b`; otherwise the second bar belongs to the expression

    struct {
        // In them {{line}}, {{word}}, {{token}} and {{column}} say where the mistake is.
        char *invalid; // after the caret line
        char *incomplete;
        char *ambiguous;
        char *unknown; // a lone unknown word where a host name could stand (with CARET_ALWAYS a
                       // wrong first word); "" for the invalid text
        char *bad_regex;
        char *no_json;   // of a command that has none
        char *yes_or_no; // to an answer that is neither
        enum caret caret;
    } errors;

    char *partial_help; // what `?` says of the beginning of a word: "words" side by side; "": each
                        // on a line with its help
    struct pager_style pager;

    struct template *banner;        // before the first prompt; NULL: none
    struct template *repaint;       // the entered line once more, before its answer; NULL: nothing
    struct template *log_in_output; // messages of the device's log; NULL: none
    struct template *log_behind_prompt;
    struct template *before_answer; // "Mon Nov 23 06:40:02.123 UTC"; NULL: nothing

    struct template *left;   // goes to the log when a configuration mode was left; NULL: nothing
    struct template *config; // what a device is configured as when nobody has changed it
    bool commits;            // changes go to a candidate until `commit`
    char *scp_line; // the line without which nobody may use SCP; "": there is none on this device
    char *restore_word;  // "default": like "no", but what goes without saying is set; "" for none
    char *hostname_line; // "hostname": whose argument is the host name
    char **order; // beginnings of lines in the order of the running configuration; "!" a separator
    size_t n_order;
    char *section_end;            // printed after a section: "!"
    bool nested_ends;             // and after one inside another
    char *verb;                   // "set": in front of a statement with a path; "" for none
    char *config_indent;          // " "
    struct named_template *facts; // of the device
    size_t n_facts;
    struct named_template *fields; // of the section or line a loop is at
    size_t n_fields;
};

// -1 when there is none.
int platform_mode(const struct platform *platform, const char *name);

#endif
