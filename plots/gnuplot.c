#include "plots/gnuplot.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { ARGS_MAX = 64, STREAMS = 2 };

struct stream {
    uv_pipe_t pipe;
    struct buf *into;
    char chunk[8192];
};

struct run {
    uv_loop_t loop;
    uv_process_t process;
    struct stream streams[STREAMS]; // stdout, stderr
    int64_t status;
    int signal;
};

static void on_end(uv_process_t *process, int64_t status, int signal)
{
    struct run *run = process->data;
    run->status = status;
    run->signal = signal;
    uv_close((uv_handle_t *)process, NULL);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct stream *stream = handle->data;
    *buf = uv_buf_init(stream->chunk, sizeof stream->chunk);
}

static void on_read(uv_stream_t *handle, ssize_t got, const uv_buf_t *buf)
{
    struct stream *stream = handle->data;
    if (got > 0)
        buf_add(stream->into, buf->base, (size_t)got);
    else if (got < 0)
        uv_close((uv_handle_t *)handle, NULL);
}

static size_t build_args(const struct gnuplot_job *job, char **args)
{
    size_t n = 0;
    args[n++] = alloc_strdup("gnuplot");
    for (size_t i = 0; job->formats[i] && n + 4 < ARGS_MAX; i++) {
        args[n++] = alloc_strdup("-e");
        args[n++] =
            alloc_printf("format='%s'; text_width=%d; text_height=%d; text_color=%d",
                         job->formats[i], job->text_width, job->text_height, job->text_color);
        args[n++] = alloc_strdup(job->script);
    }
    return n;
}

static int spawn(struct run *run, const struct gnuplot_job *job, struct err *err)
{
    char *args[ARGS_MAX] = {0};
    size_t n_args = build_args(job, args);
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
    for (int i = 0; i < STREAMS; i++) {
        uv_pipe_init(&run->loop, &run->streams[i].pipe, 0);
        run->streams[i].pipe.data = &run->streams[i];
        stdio[i + 1].flags = (uv_stdio_flags)(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
        stdio[i + 1].data.stream = (uv_stream_t *)&run->streams[i].pipe;
    }
    uv_process_options_t options = {
        .exit_cb = on_end,
        .file = "gnuplot",
        .args = args,
        .cwd = job->dir,
        .stdio = stdio,
        .stdio_count = 3,
    };
    run->process.data = run;
    int code = uv_spawn(&run->loop, &run->process, &options);
    for (size_t i = 0; i < n_args; i++)
        free(args[i]);
    if (code == 0) {
        for (int i = 0; i < STREAMS; i++)
            uv_read_start((uv_stream_t *)&run->streams[i].pipe, on_alloc, on_read);
        return 0;
    }
    uv_close((uv_handle_t *)&run->process, NULL);
    for (int i = 0; i < STREAMS; i++)
        uv_close((uv_handle_t *)&run->streams[i].pipe, NULL);
    if (code == UV_ENOENT)
        return err_set(err, "cannot find gnuplot, which draws the charts; install it with `sudo "
                            "apt-get install gnuplot-nox` (the CSV files are untouched)");
    return err_set(err, "cannot start gnuplot: %s", uv_strerror(code));
}

// The last lines of what it complained about.
static void explain(const struct run *run, const struct gnuplot_job *job, const char *complaint,
                    struct err *err)
{
    size_t len = strlen(complaint);
    const char *tail = len > 600 ? complaint + len - 600 : complaint;
    while (len && (complaint[len - 1] == '\n'))
        len--;
    int shown = (int)(complaint + len - tail);
    if (run->signal)
        err_set(err, "gnuplot %s/%s: ended by signal %d: %.*s", job->dir, job->script, run->signal,
                shown, tail);
    else
        err_set(err, "gnuplot %s/%s: exit code %d: %.*s", job->dir, job->script, (int)run->status,
                shown, tail);
}

int gnuplot_run(const struct gnuplot_job *job, struct buf *out, struct err *err)
{
    struct run run = {0};
    struct buf complaint = {0};
    int result = -1;
    run.streams[0].into = out;
    run.streams[1].into = &complaint;
    int code = uv_loop_init(&run.loop);
    if (code < 0)
        return err_set(err, "cannot start an event loop: %s", uv_strerror(code));
    result = spawn(&run, job, err);
    uv_run(&run.loop, UV_RUN_DEFAULT);
    uv_loop_close(&run.loop);
    if (result == 0 && (run.status != 0 || run.signal != 0)) {
        explain(&run, job, buf_text(&complaint), err);
        result = -1;
    }
    buf_fini(&complaint);
    return result;
}
