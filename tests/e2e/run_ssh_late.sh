# No answer is lost, whenever it comes: libssh's calls are held up for a moment, so that what the other side says lies
# there before each of them, and each finds more than it asked for.
. "$SOURCE/tests/e2e/frame.sh"
need cc

cat >late.c <<'TEXT'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

#define LATE(name, parameters, arguments)                                                            \
    int name parameters                                                                              \
    {                                                                                                \
        int(*real) parameters = (int(*) parameters)dlsym(RTLD_NEXT, #name);                          \
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, 0);                                       \
        return real arguments;                                                                       \
    }

LATE(ssh_channel_poll, (void *channel, int is_stderr), (channel, is_stderr))
LATE(ssh_channel_open_session, (void *channel), (channel))
LATE(ssh_channel_request_shell, (void *channel), (channel))
LATE(ssh_channel_read_nonblocking, (void *channel, void *to, unsigned size, int is_stderr), (channel, to, size, is_stderr))
LATE(ssh_userauth_password, (void *session, const char *user, const char *password), (session, user, password))
LATE(ssh_connect, (void *session), (session))
TEXT
cc -shared -fPIC -o late.so late.c -ldl >cc.txt 2>&1 || skip "no shared library is built here: $(head -n 1 cc.txt)"
LD_PRELOAD=$PWD/late.so "$NETBATON" --help >/dev/null 2>&1 || skip 'this build does not let its libraries be laid over'

cat >experiment.yaml <<'TEXT'
name: late
devices: {count: 6, transport: ssh}
work: {commands: [show clock]}
runs: {strategy: [threads, async], workers: 3, timeout: 20s, repeat: 1}
TEXT
LD_PRELOAD=$PWD/late.so "$NETBATON" run experiment.yaml -o out -q >out.txt 2>&1 || {
    cat out.txt
    fail 'sessions wait for what has come already'
}
