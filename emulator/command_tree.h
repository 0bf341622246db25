// The commands of one mode as a tree of words, built from patterns when a platform is loaded and
// never changed after.
//
// A pattern is the command as one would type it in full, with arguments in angle brackets:
//
//     terminal length <rows:0-512>      a number in a range
//     ping <host:word>                  one word
//     description <text:line>           the rest of the line
//     show vlan [brief]                 a part that may be missing
//     (exit|logout)                     one of several
//     line console=con <number:0-0>     typed as the first, kept as the second; in it "_" is a
//     space
//     set system / host-name <x:name>   behind a lone "/" begins a line below the one before it
//
// Types of arguments: N-M, word, line, name, ipv4, prefix, mac, subinterface, interface, secret,
// path.
#ifndef EMULATOR_COMMAND_TREE_H
#define EMULATOR_COMMAND_TREE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_kind {
    WORD_LITERAL,
    WORD_NUMBER,
    WORD_WORD, // may be quoted: "two words"
    WORD_LINE,
    WORD_NAME, // a host name
    WORD_IPV4,
    WORD_PREFIX, // 10.0.0.0/24
    WORD_MAC,
    WORD_SUBINTERFACE, // Gi0/1.100
    WORD_INTERFACE,    // with or without a dot
    WORD_SECRET,       // a password, kept scrambled
    WORD_PATH,         // any beginning of a statement with a path (see STORE_LEAF)
};

struct platform_command; // platform_data.h; the tree only carries it

struct tree_node {
    enum word_kind kind;
    char *text;                             // a literal, or the argument's name
    char *written;                          // how the configuration has the literal; NULL: as it is
    char *help;                             // may be NULL
    uint64_t min, max;                      // of a number
    bool below;                             // begins a line below what is in front of it
    const struct platform_command *command; // the line may end here; NULL: incomplete
    struct tree_node **children; // literals by name, then arguments in the order of their kinds
    size_t n_children;
};

struct tree_node *command_tree_new(void);
void command_tree_free(struct tree_node *root);

// Adds every line the pattern stands for; a line that is there already gets the new command. On an
// error `*column` is the offset of the mistake in the pattern.
int command_tree_add(struct tree_node *root, const char *pattern,
                     const struct platform_command *command, size_t *column, struct err *err);
// Adds the lines of `from` that are not in `root`.
void command_tree_merge(struct tree_node *root, const struct tree_node *from);
// Takes out the lines of a pattern; tells whether it had any.
bool command_tree_remove(struct tree_node *root, const char *pattern);
// Gives the node at the end of a path of words ("show ip") its help; tells whether there is such a
// node. An argument is named as in the pattern's angle brackets, without them.
bool command_tree_set_help(struct tree_node *root, const char *path, const char *help);
// Calls visit for every argument name on the way to a command.
void command_tree_arguments(const char *pattern,
                            void (*visit)(void *context, const char *name, size_t len),
                            void *context);

#endif
