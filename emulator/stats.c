#include "emulator/stats.h"

#include "base/cli.h"
#include "base/clock.h"
#include "emulator/glance.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EVERY_MS = 1000, COLUMNS_USUAL = 80 };

static size_t terminal_columns(void)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col;
    return known ? size.ws_col : COLUMNS_USUAL;
}

static void print(struct stats *stats)
{
    struct glance glance;
    struct buf line = {0};
    uint64_t now = clock_now_ns();
    server_count(stats->server, &glance.now);
    glance.since = glance.now;
    counts_subtract(&glance.since, &stats->before);
    glance.gap_s = (double)(now - stats->before_ns) / (double)CLOCK_NS_PER_S;
    glance.seconds = (double)(now - stats->begun_ns) / (double)CLOCK_NS_PER_S;
    if (stats->live) {
        glance_line(&glance, terminal_columns(), &line);
        fprintf(stderr, "\r%s\033[K", buf_text(&line));
    } else {
        glance_json(&glance, &line);
        fputs(buf_text(&line), stderr);
    }
    buf_fini(&line);
    stats->before = glance.now;
    stats->before_ns = now;
}

static void on_time(uv_timer_t *timer)
{
    print(timer->data);
}

void stats_begin(struct stats *stats, uv_loop_t *loop, struct server *server)
{
    *stats = (struct stats){.server = server, .live = cli_is_live(stderr)};
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
