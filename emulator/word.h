// The types of arguments: what text each accepts and how help shows it.
#ifndef EMULATOR_WORD_H
#define EMULATOR_WORD_H

#include "base/buf.h"
#include "emulator/platform_data.h"

// Reads an argument at `text`, whose first word has `len` bytes. Appends its value as the
// configuration keeps it and returns how many bytes were read; 0 when the text is none of that
// type.
size_t word_match(const struct platform *platform, const struct tree_node *node, const char *text,
                  size_t len, struct buf *value);

char *word_show(const struct tree_node *node, char *buf,
                size_t len);                         // "<0-512>", "A.B.C.D"; returns buf
const char *word_help(const struct tree_node *node); // for a node without help of its own

// How a password is kept: "9 $9$..."; a text that is already so is kept. Two calls with the same
// password give the same text.
void word_scramble(const char *password, size_t len, struct buf *out);

#endif
