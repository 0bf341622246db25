#include "emulator/md5.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 64, LENGTH_AT = 56 };

static uint32_t rotated(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

struct sum {
    uint32_t state[4];
    uint32_t table[BLOCK];
};

static void start(struct sum *sum)
{
    *sum = (struct sum){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
    // RFC 1321, 3.4: the whole part of 4294967296 times abs(sin(i)), i in radians.
    for (unsigned i = 0; i < BLOCK; i++)
        sum->table[i] = (uint32_t)(4294967296.0 * fabs(sin((double)(i + 1))));
}

static void mix(struct sum *sum, const unsigned char block[BLOCK])
{
    static const unsigned char shifts[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t *state = sum->state;
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned i = 0; i < BLOCK; i++) {
        uint32_t f;
        unsigned word;
        if (i < 16) {
            f = (b & c) | (~b & d);
            word = i;
        } else if (i < 32) {
            f = (d & b) | (~d & c);
            word = (5 * i + 1) % 16;
        } else if (i < 48) {
            f = b ^ c ^ d;
            word = (3 * i + 5) % 16;
        } else {
            f = c ^ (b | ~d);
            word = 7 * i % 16;
        }
        const unsigned char *p = block + (size_t)word * 4;
        uint32_t x = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        uint32_t next = b + rotated(a + f + x + sum->table[i], shifts[i / 16][i % 4]);
        a = d;
        d = c;
        c = b;
        b = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void md5_hex(const void *bytes, size_t len, char hex[MD5_HEX_BYTES])
{
    struct sum sum;
    start(&sum);
    const unsigned char *at = bytes;
    size_t rest = len;
    for (; rest >= BLOCK; rest -= BLOCK, at += BLOCK)
        mix(&sum, at);
    unsigned char last[2 * BLOCK] = {0};
    if (rest)
        memcpy(last, at, rest);
    last[rest] = 0x80;
    size_t total = rest < LENGTH_AT ? BLOCK : (size_t)2 * BLOCK;
    for (unsigned i = 0; i < 8; i++)
        last[total - 8 + i] = (unsigned char)((uint64_t)len * 8 >> (8 * i));
    mix(&sum, last);
    if (total > BLOCK)
        mix(&sum, last + BLOCK);
    for (unsigned i = 0; i < 16; i++)
        snprintf(hex + (size_t)i * 2, 3, "%02x", sum.state[i / 4] >> (8 * (i % 4)) & 255);
}
