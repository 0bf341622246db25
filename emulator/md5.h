// The sum that `verify /md5` shows (RFC 1321). Protects nothing.
#ifndef EMULATOR_MD5_H
#define EMULATOR_MD5_H

#include <stddef.h>

enum { MD5_HEX_BYTES = 33 };

// 32 hexadecimal digits and a NUL.
void md5_hex(const void *bytes, size_t len, char hex[MD5_HEX_BYTES]);

#endif
