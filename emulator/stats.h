// What the emulator does just now, once a second on stderr: one live line on a terminal, JSON lines
// elsewhere.
#ifndef EMULATOR_STATS_H
#define EMULATOR_STATS_H

#include "emulator/server.h"

#include <stdbool.h>
#include <uv.h>

struct stats {
    uv_timer_t timer;
    struct server *server; // borrowed
    struct counts before;
    uint64_t begun_ns;
    uint64_t before_ns;
    bool live;
};

// Of the loop's thread. The loop must turn once more after stats_end.
void stats_begin(struct stats *stats, uv_loop_t *loop, struct server *server);
void stats_end(struct stats *stats); // prints the last figures

#endif
