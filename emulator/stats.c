#include "emulator/stats.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { EVERY_MS = 1000 };

static uint64_t failed(const struct counts *counts)
{
    uint64_t sum = 0;
    for (int how = 0; how < SESSION_ENDS; how++)
        if (how != SESSION_END_LOGOUT && how != SESSION_END_PEER && how != SESSION_END_STOPPED)
            sum += counts->ended[how];
    return sum;
}

static void print_json(const struct counts *counts, double seconds, double per_s)
{
    fprintf(stderr,
            "{\"seconds\": %.3f, \"open\": %" PRIu64 ", \"accepted\": %" PRIu64
            ", \"accepted_per_s\": %.1f, \"ended\": {",
            seconds, counts->open, counts->accepted, per_s);
    const char *before = "";
    for (int how = 0; how < SESSION_ENDS; how++) {
        fprintf(stderr, "%s\"%s\": %" PRIu64, before, session_end_names[how], counts->ended[how]);
        before = ", ";
    }
    fputs("}}\n", stderr);
}

static void print(struct stats *stats)
{
    struct counts counts;
    uint64_t now = clock_now_ns();
    server_count(stats->server, &counts);
    double gap_s = (double)(now - stats->before_ns) / (double)CLOCK_NS_PER_S;
    double per_s = gap_s > 0 ? (double)(counts.accepted - stats->before.accepted) / gap_s : 0;
    double seconds = (double)(now - stats->begun_ns) / (double)CLOCK_NS_PER_S;
    if (stats->live)
        fprintf(stderr,
                "\r%.0f s  open %" PRIu64 "  accepted %" PRIu64
                "  %.0f/s  refused or failed %" PRIu64 "\033[K",
                seconds, counts.open, counts.accepted, per_s, failed(&counts));
    else
        print_json(&counts, seconds, per_s);
    stats->before = counts;
    stats->before_ns = now;
}

static void on_time(uv_timer_t *timer)
{
    print(timer->data);
}

void stats_begin(struct stats *stats, uv_loop_t *loop, struct server *server)
{
    *stats = (struct stats){.server = server, .live = isatty(STDERR_FILENO) != 0};
    stats->begun_ns = stats->before_ns = clock_now_ns();
    uv_timer_init(loop, &stats->timer);
    stats->timer.data = stats;
    uv_timer_start(&stats->timer, on_time, EVERY_MS, EVERY_MS);
}

void stats_end(struct stats *stats)
{
    print(stats);
    if (stats->live)
        fputc('\n', stderr);
    uv_close((uv_handle_t *)&stats->timer, NULL);
}
