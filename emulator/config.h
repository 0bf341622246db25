// The configuration of a device as lines under lines, just as the device shows it: "interface
// Loopback0" with "ip address ..." below it. It knows no command: what a line means is in the
// platform's data.
#ifndef EMULATOR_CONFIG_H
#define EMULATOR_CONFIG_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct platform;

struct config_line {
    char *text; // without indentation; a banner has its newlines in it
    struct config_line **lines;
    size_t n_lines;
    bool section; // printed with the platform's section end even when nothing is below it
};

struct config {
    struct config_line top; // its text is NULL
};

struct config *config_new(void);
void config_free(struct config *config);
struct config *config_copy(const struct config *config);

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
// Takes out what begins with the words; the number of lines taken out.
size_t config_remove(struct config_line *in, const char *words);

#endif
