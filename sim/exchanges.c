#include "sim/exchanges.h"

// The shares are those of libssh 0.10 and libtelnet 0.21 at both ends: CPU of the client's thread
// and of the emulator's between one wait and the next, over 200 sessions. The Python's are those of
// client/python/ under 3.11: by plain sockets, and by paramiko 2.12.
static const struct exchange ssh[] = {
    {EXCHANGE_CONNECT, 2, 9, 17, 10},  // a socket, a version, the offers
    {EXCHANGE_CONNECT, 1, 45, 59, 29}, // a key pair; the device's, the shared secret, its signature
    {EXCHANGE_LOGIN, 1, 29, 3, 32},    // the client's secret, the check of the signature come first
    {EXCHANGE_LOGIN, 1, 3, 5, 8},      {EXCHANGE_SHELL, 1, 3, 2, 4},  {EXCHANGE_SHELL, 1, 2, 1, 4},
    {EXCHANGE_SHELL, 1, 6, 10, 4},     {EXCHANGE_LOGOUT, 1, 3, 3, 9}, {EXCHANGE_END, 0, 0, 0, 0},
};

static const struct exchange telnet[] = {
    {EXCHANGE_CONNECT, 2, 52, 41, 34}, {EXCHANGE_LOGIN, 1, 16, 24, 21},
    {EXCHANGE_LOGIN, 1, 24, 27, 19},   {EXCHANGE_LOGOUT, 1, 8, 8, 26},
    {EXCHANGE_END, 0, 0, 0, 0},
};

static const struct exchange sleeping[] = {
    {EXCHANGE_CONNECT, 0, 0, 0, 0},
    {EXCHANGE_LOGIN, 0, 0, 0, 0},
    {EXCHANGE_END, 0, 0, 0, 0},
};

const struct exchange *exchanges_of(enum transport transport)
{
    switch (transport) {
    case TRANSPORT_SSH:
        return ssh;
    case TRANSPORT_TELNET:
        return telnet;
    case TRANSPORT_SLEEP:
        break;
    }
    return sleeping;
}
