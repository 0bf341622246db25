// Why something failed, handed up to the command that prints it.
//
// A function the outside world can make fail takes `struct err *err` last and returns 0, or -1 (a
// pointer: NULL). The text says what failed first, lower case, the subject in single quotes, no
// full stop, then what would help.
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_kind {
    ERR_MACHINE, // the machine or a peer failed: exit code 1
    ERR_INPUT,   // what the user asked for is wrong or cannot be had here: exit code 2
};

struct err {
    enum err_kind kind;
    char text[1024]; // cut if longer
};

// Both set the text and return -1, so that failing is `return err_set(...)`. The arguments may
// point into err->text.
int err_set(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_input(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Puts a place in front of the text ("FILE:3:5: " ...), keeps the kind, returns -1.
int err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// That the value is always -1 is told to the compiler and the analyser too (as git does for
// error()), else they follow paths on which a failed call went well.
static inline int err_failed(void)
{
    return -1;
}
#define err_set(...) (err_set(__VA_ARGS__), err_failed())
#define err_input(...) (err_input(__VA_ARGS__), err_failed())
#define err_prefix(...) (err_prefix(__VA_ARGS__), err_failed())

// 1 or 2: what the program exits with.
int err_exit_code(const struct err *err);

#endif
