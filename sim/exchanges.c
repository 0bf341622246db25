#include "sim/exchanges.h"

// The shares are those of libssh 0.10 and libtelnet 0.21 at both ends: CPU of the client's thread
// and of the emulator's between one wait and the next, over 200 sessions. The Python's are those of
// client/python/ under 3.11: by plain sockets, and by paramiko 2.12.
#define NO_READER                                                                                  \
    0,                                                                                             \
    {                                                                                              \
        0, 0, 0, false                                                                             \
    }
#define END                                                                                        \
    {                                                                                              \
        EXCHANGE_END, 0, 0, 0, 0, NO_READER                                                        \
    }

// clang-format off
static const struct exchange ssh[] = {
    {EXCHANGE_CONNECT, 2, 9, 17, 10, NO_READER},  // a socket, a version, the offers
    {EXCHANGE_CONNECT, 1, 45, 59, 29, NO_READER}, // a key pair; the device's, the shared secret, its signature
    {EXCHANGE_LOGIN, 1, 29, 3, 32, NO_READER},    // the client's secret, the check of the signature come first
    {EXCHANGE_LOGIN, 1, 3, 5, 8, NO_READER},
    {EXCHANGE_SHELL, 1, 3, 2, 4, NO_READER},
    {EXCHANGE_SHELL, 1, 2, 1, 4, NO_READER},
    {EXCHANGE_SHELL, 1, 6, 10, 4, NO_READER},
    {EXCHANGE_LOGOUT, 1, 3, 3, 9, NO_READER},
    END,
};

// paramiko 2.12 under 3.11: CPU of each of the two threads between one wait and the next, medians of
// 60 sessions; calls that give the lock up, counted by a probe at PyEval_RestoreThread. A packet in
// is twice poll, recv and a decryption, a packet out an encryption, poll and send.
static const struct exchange paramiko[] = {
    {EXCHANGE_CONNECT, 2, 9, 17, 38, 9, {45, 39, 21, true}},  // the offers are read, keys are made
    {EXCHANGE_CONNECT, 1, 0, 59, 0, 0, {32, 38, 44, false}},  // the shared secret, the new keys
    {EXCHANGE_LOGIN, 1, 3, 3, 12, 2, {0, 5, 14, true}},      // the service is there: the password
    {EXCHANGE_LOGIN, 1, 0, 5, 0, 0, {0, 2, 5, false}},
    {EXCHANGE_SHELL, 1, 3, 2, 14, 2, {0, 3, 5, false}},
    {EXCHANGE_SHELL, 1, 2, 1, 6, 2, {0, 2, 5, false}},
    {EXCHANGE_SHELL, 1, 3, 10, 6, 2, {0, 6, 23, false}},       // the prompt, too
    {EXCHANGE_LOGOUT, 1, 3, 3, 24, 4, {0, 5, 17, false}},     // what comes after the prompt
    END,
};

static const struct exchange telnet[] = {
    {EXCHANGE_CONNECT, 2, 52, 41, 34, NO_READER},
    {EXCHANGE_LOGIN, 1, 16, 24, 21, NO_READER},
    {EXCHANGE_LOGIN, 1, 24, 27, 19, NO_READER},
    {EXCHANGE_LOGOUT, 1, 8, 8, 26, NO_READER},
    END,
};

static const struct exchange sleeping[] = {
    {EXCHANGE_CONNECT, 0, 0, 0, 0, NO_READER},
    {EXCHANGE_LOGIN, 0, 0, 0, 0, NO_READER},
    END,
};
// clang-format on

const struct exchange *exchanges_of(enum transport transport, bool reader)
{
    switch (transport) {
    case TRANSPORT_SSH:
        return reader ? paramiko : ssh;
    case TRANSPORT_TELNET:
        return telnet;
    case TRANSPORT_SLEEP:
        break;
    }
    return sleeping;
}
