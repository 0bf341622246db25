// A device for tests of what is around it: prompt "R1>", every line but an empty one, "exit" and
// "instant" is a command that is answered by itself between angle brackets. Takes the place of
// emulator/device, shell and platform in the tests that link it.
#ifndef TESTS_UNIT_FAKE_DEVICE_H
#define TESTS_UNIT_FAKE_DEVICE_H

#include <stddef.h>

extern int fake_device_open;   // device_open without device_close
extern int fake_pieces;        // > 0: a file is entered in that many before the next answer
extern size_t fake_answer_len; // > 0: an answer is that many dots instead

#endif
