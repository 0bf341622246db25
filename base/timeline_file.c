#include "base/timeline_file.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct timeline_file {
    FILE *file;
    char *path;
};

const char *const timeline_row_names[] = {
    [TIMELINE_THREAD] = "thread", [TIMELINE_ON_CORE] = "core",  [TIMELINE_HOLDER] = "lock",
    [TIMELINE_WORKER] = "worker", [TIMELINE_JOINED] = "joined",
};

struct timeline_file *timeline_file_new(const char *path, struct err *err)
{
    FILE *stream = fopen(path, "we");
    if (!stream) {
        err_input(err, "cannot write '%s': %s", path, strerror(errno));
        return NULL;
    }
    struct timeline_file *file = alloc_zero(1, sizeof *file);
    file->file = stream;
    file->path = alloc_strdup(path);
    fputs(TIMELINE_FILE_HEADER, stream);
    return file;
}

int timeline_file_close(struct timeline_file *file, struct err *err)
{
    if (!file)
        return 0;
    bool bad = ferror(file->file) != 0;
    int result = 0;
    if (fclose(file->file) != 0 || bad)
        result = err_set(err, "cannot write '%s': %s", file->path, strerror(errno));
    free(file->path);
    free(file);
    return result;
}

void timeline_file_put(struct timeline_file *file, uint32_t run, enum timeline_row row,
                       uint32_t number, const char *name, uint64_t from_ns, uint64_t to_ns)
{
    fprintf(file->file, "%u,%s,%u,%s,%" PRIu64 ".%09u,%" PRIu64 ".%09u\n", run,
            timeline_row_names[row], number, name, from_ns / CLOCK_NS_PER_S,
            (unsigned)(from_ns % CLOCK_NS_PER_S), to_ns / CLOCK_NS_PER_S,
            (unsigned)(to_ns % CLOCK_NS_PER_S));
}

void timeline_file_put_thread(struct timeline_file *file, uint32_t run, enum timeline_row row,
                              uint32_t number, uint32_t thread, uint64_t from_ns, uint64_t to_ns)
{
    char name[32];
    snprintf(name, sizeof name, "thread %u", thread);
    timeline_file_put(file, run, row, number, name, from_ns, to_ns);
}

void timeline_file_put_joined(struct timeline_file *file, uint32_t run, uint64_t grain_ns)
{
    char grain[32];
    if (!grain_ns)
        return;
    units_human_duration(grain_ns, grain, sizeof grain);
    char *name = alloc_printf("shorter than %s", grain);
    timeline_file_put(file, run, TIMELINE_JOINED, 0, name, 0, 0);
    free(name);
}
