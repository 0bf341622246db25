// A device of its own and a shell on it, for the tests of the command line.
#ifndef TESTS_UNIT_SHELL_FIXTURE_H
#define TESTS_UNIT_SHELL_FIXTURE_H

#include "emulator/platform.h"
#include "emulator/shell.h"

struct fixture {
    struct experiment *experiment;
    struct platform *platform;
    struct device_set *set;
    struct device *device; // number 2 of 9
    struct shell *shell;
    struct buf out;
};

// 2026-01-15 10:30:00.123 UTC, and what was added since.
extern int64_t fixture_clock_ms;

void open_platform(struct fixture *f, const char *platform, uint8_t privilege);
void open_shell(struct fixture *f, uint8_t privilege); // of cisco_ios
void close_shell(struct fixture *f);
// What comes back for these bytes, valid until the next call.
const char *type(struct fixture *f, const char *bytes, size_t len);
const char *says(struct fixture *f, const char *text);
// The same from another shell of the device.
const char *other_says(struct fixture *f, struct shell *shell, const char *text);

#endif
