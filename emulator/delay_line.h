// A long network path in the middle of a connection: between the peer's socket and a socket pair
// whose other end the transport takes for the peer. Every byte, and each direction's end, waits
// half a round trip; what the peer sent before its connection could have been established waits for
// that, too. The transport and its library notice nothing, so every exchange of theirs costs what
// it costs on a WAN.
//
// A line outlives its session: what was said last is still on its way. It is freed by the loop it
// belongs to.
#ifndef EMULATOR_DELAY_LINE_H
#define EMULATOR_DELAY_LINE_H

#include "emulator/timers.h"

#include <stdint.h>
#include <uv.h>

struct delay_line;

// The lines of one loop; zeroed at first.
struct delay_lines {
    uv_loop_t *loop;
    struct timers *timers;
    struct delay_line *first;
};

// Takes outer, the peer's socket; returns the transport's end, which does not block, or -1 with
// errno (outer is then the caller's). *line is set, and set to NULL when the line is gone before
// delay_line_forget.
int delay_line_new(struct delay_lines *lines, int outer, uint64_t rtt_ns, struct delay_line **line);
void delay_line_forget(struct delay_line *line);   // *line is not touched any more; NULL is fine
void delay_line_reset(struct delay_line *line);    // the peer sees a reset; the line is gone
void delay_lines_close(struct delay_lines *lines); // all, at once; the handles are closed when the
                                                   // loop has turned once more

#endif
