#include "client/board.h"

#include "client/lock_log.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static size_t board_size(uint32_t jobs)
{
    return sizeof(struct board) + (size_t)jobs * sizeof(struct session_row);
}

struct board *board_new(uint32_t jobs, struct err *err)
{
    void *memory = mmap(NULL, board_size(jobs), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        err_set(err, "no memory for the results of %u sessions: %s", jobs, strerror(errno));
        return NULL;
    }
    struct board *board = memory; // zero
    board->n_rows = jobs;
    return board;
}

void board_free(struct board *board)
{
    if (!board)
        return;
    lock_log_free(board->lock_log);
    munmap(board, board_size(board->n_rows));
}

void board_add(struct board *board, const struct job_result *result)
{
    enum job_end end = result->row.end;
    board->rows[result->job] = result->row;
    if (end != JOB_OK && !atomic_exchange(&board->has_reason[end], true))
        memcpy(board->reason[end], result->reason, sizeof result->reason);
    if (end != JOB_OK)
        atomic_fetch_add_explicit(&board->failed, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&board->done, 1, memory_order_relaxed);
}
