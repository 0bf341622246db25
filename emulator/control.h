// The control channel of a running emulator: a Unix stream socket. Each line that comes in is a
// request, a JSON object; each gets one line, a JSON object, in order (emulator/control_request.h,
// netbaton-ctl(1)). Peers are the same user's programs, and may yet do anything: a line has an
// upper length, a peer that does not read is not read either, and where there is no room for one
// more, those that said nothing for some seconds have to go.
#ifndef EMULATOR_CONTROL_H
#define EMULATOR_CONTROL_H

#include "base/err.h"
#include "emulator/server.h"

#include <uv.h>

enum { CONTROL_LINE_MAX = 64 * 1024, CONTROL_PEERS_MAX = 16 };

struct control;

// path: where the socket lies; NULL: the default place. Everything happens on the thread of the
// loop; borrows the server until control_close.
struct control *control_open(uv_loop_t *loop, const char *path, struct server *server,
                             struct err *err);
// Takes the control (NULL is fine) and frees it in the loop's next turns, of which there must be
// some.
void control_close(struct control *control);

#endif
