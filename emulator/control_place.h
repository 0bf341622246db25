// Where the sockets of control channels lie: a path of one's choice, or PID.sock in a folder that
// only the user may enter, XDG_RUNTIME_DIR/netbaton or netbaton-UID where temporary files lie. A
// socket file outlives a killed emulator: one that nobody listens to is replaced.
#ifndef EMULATOR_CONTROL_PLACE_H
#define EMULATOR_CONTROL_PLACE_H

#include "base/err.h"

#include <sys/types.h>

// Peers the kernel keeps until they are accepted; others wait in connect.
enum { CONTROL_BACKLOG = 128 };

struct control_place {
    char *path;
    dev_t device; // of the socket file, to know it again
    ino_t inode;
};

// A listening socket (not blocking, for the user only) at path, or with NULL at the default place,
// which differs from emulator to emulator; -1 with an error. On success end with
// control_place_fini.
int control_place_listen(struct control_place *place, const char *path, struct err *err);
void control_place_fini(struct control_place *place); // removes the socket file if it is still ours

// A connected, blocking socket; -1 with an error when nobody listens there, or takes it in time.
int control_place_connect(const char *path, struct err *err);

// The paths of the sockets at the default places, whether somebody listens or not, in the order of
// their names; ended by NULL. The caller frees with control_place_list_free.
char **control_place_list(void);
void control_place_list_free(char **paths);

#endif
