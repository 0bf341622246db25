// libssh takes 10 bytes for the header off the packet size that the peer says it bears, and to a
// peer that says 10 it writes packets of 0 bytes without end (channel_write_common, 0.10 and 0.11),
// while the thread's other sessions wait and the memory fills. It does not tell the size, and
// neither a lost connection nor anything else ends that loop. But it says in its log, packet by
// packet, how much it has written, when the packet is out and nothing is half done: there it is
// left.
#include "base/ssh_first_write.h"

#include <libssh/callbacks.h>
#include <setjmp.h>
#include <string.h>

static void on_log(int priority, const char *function, const char *text, void *data)
{
    (void)priority, (void)function;
    jmp_buf *way_out = data;
    if (strstr(text, "wrote 0 bytes"))
        longjmp(*way_out, 1);
}

int ssh_first_write(ssh_channel channel, const void *bytes, uint32_t len)
{
    jmp_buf way_out;
    volatile int wrote = -1;
    ssh_set_log_callback(on_log);
    ssh_set_log_userdata(&way_out);
    ssh_set_log_level(SSH_LOG_PACKET);
    if (setjmp(way_out) == 0)
        wrote = ssh_channel_write(channel, bytes, len);
    ssh_set_log_level(SSH_LOG_NOLOG);
    ssh_set_log_userdata(NULL);
    return wrote;
}
