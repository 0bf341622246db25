// The first write on an SSH channel, which finds out whether the peer takes anything at all.
#ifndef BASE_SSH_FIRST_WRITE_H
#define BASE_SSH_FIRST_WRITE_H

#include <libssh/libssh.h>
#include <stdint.h>

// As ssh_channel_write for a session that does not block, but it always returns: -1 also when the
// peer bears only packets without a byte of data. What is set of libssh's log on this thread is
// lost. After it ssh_channel_write is safe on the channel.
int ssh_first_write(ssh_channel channel, const void *bytes, uint32_t len);

#endif
