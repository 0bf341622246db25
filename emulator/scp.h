// A device's end of SCP, the protocol of rcp over an exec channel: takes files ("scp -t FILE") or
// gives one ("scp -f FILE"). Bytes in, bytes out; folders are refused.
#ifndef EMULATOR_SCP_H
#define EMULATOR_SCP_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum { SCP_FILE_MAX_BYTES = 4 * 1024 * 1024 };

struct scp;

// Keeps a file; takes text. False: there is no room.
typedef bool (*scp_keep)(void *owner, const char *name, struct buf *text);

// Is it such a command? Then *gives says which, and *name is the file's; to be freed.
bool scp_parse(const char *command, bool *gives, char **name);
// name: where the file goes; ends in ':' or '/': the peer's name goes behind it.
struct scp *scp_taker(const char *name, scp_keep keep, void *owner, struct buf *out);
struct scp *scp_giver(const char *name, struct buf *text); // takes text
void scp_free(struct scp *scp);
// False when it is over: *failed says how.
bool scp_input(struct scp *scp, const char *bytes, size_t len, struct buf *out, bool *failed);

#endif
