// What `netbaton emulate` is asked to do, read from its command line and the experiment file and
// checked.
#ifndef EMULATOR_EMULATE_OPTIONS_H
#define EMULATOR_EMULATE_OPTIONS_H

#include "base/cli.h"
#include "base/experiment.h"
#include "emulator/listener.h"

#include <stdbool.h>
#include <stdint.h>

// As typed; NULL: not given.
struct emulate_words {
    char *devices;
    char *ssh;
    char *telnet;
    char *listen;
    char *threads;
    char *host_key;
    char *platform;
    char *login_timeout;
    char *idle_timeout;
    char *control;
    int ports;
    int by_number;
    int until_eof;
    int stats;
    int no_control;
};

struct emulate_options {
    struct experiment *experiment; // owned
    uint32_t devices;
    uint32_t threads;
    uint32_t sessions; // at once, as far as the file tells; 0: it does not
    bool serves_ssh;
    bool serves_telnet;
    struct listen_place ssh;
    struct listen_place telnet;
    uint64_t login_timeout_ns;
    uint64_t idle_timeout_ns; // 0: none
};

// path: the experiment file, or NULL. On success end with emulate_options_fini.
int emulate_options_read(struct emulate_options *options, const struct emulate_words *words,
                         const char *path, const struct cli_common *common, struct err *err);
void emulate_options_fini(struct emulate_options *options);

#endif
