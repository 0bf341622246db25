// An SSH connection, for transport_ssh*.c.
#ifndef EMULATOR_TRANSPORT_SSH_DATA_H
#define EMULATOR_TRANSPORT_SSH_DATA_H

#include "emulator/session.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <stdbool.h>
#include <stdint.h>

struct ssh_conn {
    struct session *session;
    int fd; // the session's; libssh has a duplicate
    ssh_session ssh;
    ssh_channel channel; // NULL until the peer opens it, and after it is closed
    bool had_channel;    // of the one it may have
    bool has_written;    // on it
    bool had_exec;       // it could leave now without leaving anything behind
    bool finished;
    ssh_message pending; // the password that is being checked
    bool greeted;        // the login banner is out
    bool asked;          // keyboard-interactive: our prompt is out
    bool interactive;    // the pending password came that way
    bool renewing;       // what is out are the prompts for a new password
    char *user;          // of the last keyboard-interactive request
    unsigned messages;
    uint16_t columns;
    uint16_t rows;
    struct ssh_server_callbacks_struct server_callbacks;
    struct ssh_channel_callbacks_struct callbacks;
};

// transport_ssh_login.c: who it is. The answer comes later: see transport_ops.
int transport_ssh_methods(const struct session *session);             // how one may log in
void transport_ssh_login(struct ssh_conn *conn, ssh_message message); // a request; takes it
// Asks for a new password in the place of one that has expired; false: this peer cannot be asked.
bool transport_ssh_ask_new_password(struct ssh_conn *conn);

// transport_ssh_channel.c: what a peer that is logged in asks of its channel. The session is only
// told: nothing is written from inside libssh.
void transport_ssh_init_channel(struct ssh_conn *conn);
void transport_ssh_take_channel(struct ssh_conn *conn); // from now on

#endif
