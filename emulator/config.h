// The configuration of a device as lines under lines, just as the device shows it: "interface
// Loopback0" with "ip address ..." below it. It knows no command: what a line means is in the
// platform's data.
#ifndef EMULATOR_CONFIG_H
#define EMULATOR_CONFIG_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct platform;

struct config_line {
    struct config_line *parent; // NULL: it is the top
    char *text;                 // without indentation; a banner has its newlines in it
    struct config_line **lines;
    size_t n_lines;
    struct config_index *index; // of the lines; NULL: they are few
    bool section;      // printed with the platform's section end even when nothing is below it
    uint16_t rank;     // in the platform's order, and 1; 0: nobody asked yet
    uint32_t sequence; // of an entry of an access list; 0: ten more than the one before
};

struct config {
    struct config_line top; // its text is NULL
    struct config_addresses *addresses;
};

struct config *config_new(void);
void config_free(struct config *config);
struct config *config_copy(const struct config *config);
// How many bytes its lines have, without their indentation.
size_t config_bytes(const struct config_line *in);
// Adds what is below `from` to what is below `to`.
void config_copy_lines(struct config_line *to, const struct config_line *from);

// Adds the lines of a text as config_write makes it: deeper means below; "!" and empty lines are
// dropped.
void config_read(struct config *config, const char *text);
void config_write(const struct config *config, const struct platform *platform, struct buf *out);
// One section, or one line, with what is below it.
void config_write_line(const struct config_line *line, const struct platform *platform,
                       size_t depth, struct buf *out);

// Does the line begin with these words?
bool config_begins(const char *line, const char *words);
// The first line directly below `in` that begins with the words; NULL when there is none.
struct config_line *config_find(const struct config_line *in, const char *words);
// The line of exactly that text; NULL when there is none.
struct config_line *config_exact(const struct config_line *in, const char *text);
// The section at a path: headings with '\n' between; "" is the top. NULL when it is not there.
const struct config_line *config_section(const struct config *config, const char *path);

// Puts a line in the place of the first one that begins with the first key_len bytes of it; else
// adds it where the platform's order wants it.
struct config_line *config_set(struct config *config, struct config_line *in,
                               const struct platform *platform, const char *text, size_t key_len);
// Adds a line at the end.
struct config_line *config_append(struct config_line *in, const char *text, size_t len);
// Takes out what begins with the words; the number of lines taken out.
size_t config_remove(struct config_line *in, const char *words);

// Lists with sequence numbers (access lists). Remarks have none.
// Adds an entry at its place; sequence 0: behind the last. The same entry again changes nothing.
// False: another entry has that number.
bool config_add_numbered(struct config_line *in, const char *text, uint32_t sequence);
// Takes out the entry of that number; false: there is none.
bool config_remove_numbered(struct config_line *in, uint32_t sequence);

#endif
