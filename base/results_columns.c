#include "base/results_columns.h"

#include "base/alloc.h"
#include "base/results.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const job_end_names[] = {"ok",      "connect", "handshake", "auth", "prompt",
                                     "command", "timeout", "worker",    NULL};

#define TEXT(member)                                                                               \
#member, COLUMN_TEXT, offsetof(struct run_row, member), sizeof((struct run_row *)0)->member
#define NUMBER(member) #member, COLUMN_NUMBER, offsetof(struct run_row, member), 0
#define FAILED(phase) COLUMN_NUMBER, offsetof(struct run_row, failed) + (phase) * sizeof(double), 0
#define STATE(state) COLUMN_NUMBER, offsetof(struct run_row, state_s) + (state) * sizeof(double), 0

const struct column run_columns[] = {
    {TEXT(source)},
    {TEXT(strategy)},
    {TEXT(interpreter)},
    {NUMBER(devices)},
    {NUMBER(workers)},
    {TEXT(transport)},
    {NUMBER(repeat)},
    {NUMBER(wall_s)},
    {NUMBER(sessions_ok)},
    {NUMBER(sessions_failed)},
    {"failed_connect", FAILED(JOB_CONNECT)},
    {"failed_handshake", FAILED(JOB_HANDSHAKE)},
    {"failed_auth", FAILED(JOB_AUTH)},
    {"failed_prompt", FAILED(JOB_PROMPT)},
    {"failed_command", FAILED(JOB_COMMAND)},
    {"failed_timeout", FAILED(JOB_TIMEOUT)},
    {"failed_worker", FAILED(JOB_WORKER)},
    {NUMBER(p50_s)},
    {NUMBER(p90_s)},
    {NUMBER(p99_s)},
    {NUMBER(max_s)},
    {NUMBER(cpu_user_s)},
    {NUMBER(cpu_sys_s)},
    {NUMBER(ctx_voluntary)},
    {NUMBER(ctx_involuntary)},
    {NUMBER(peak_rss_kb)},
    {NUMBER(gil_wait_s)},
    {NUMBER(gil_switches)},
    {TEXT(kind)},
    {NUMBER(processes)},
    {TEXT(start_method)},
    {NUMBER(background)},
    {NUMBER(switch_interval_s)},
    {NUMBER(check_interval)},
    {NUMBER(emulator_cpu_s)},
    {NUMBER(gil_held_s)},
    {NUMBER(gil_forced)},
    {NUMBER(gil_requests)},
    {NUMBER(answers_per_s)},
    {"running_s", STATE(STATE_RUNNING)},
    {"wait_gil_s", STATE(STATE_WAIT_GIL)},
    {"wait_core_s", STATE(STATE_WAIT_CORE)},
    {"wait_device_s", STATE(STATE_WAIT_DEVICE)},
    {"idle_s", STATE(STATE_IDLE)},
    {NUMBER(cores)},
    {0},
};

#define SESSION(member) offsetof(struct session_row, member), 0

const struct column session_columns[] = {
    {"run", COLUMN_U32, SESSION(run)},
    {"device", COLUMN_U32, SESSION(device)},
    {"worker", COLUMN_U32, SESSION(worker)},
    {"end", COLUMN_END, SESSION(end)},
    {"start_s", COLUMN_SECONDS, SESSION(start_ns)},
    {"connected_s", COLUMN_SECONDS, SESSION(connected_ns)},
    {"secured_s", COLUMN_SECONDS, SESSION(secured_ns)},
    {"login_s", COLUMN_SECONDS, SESSION(login_ns)},
    {"ready_s", COLUMN_SECONDS, SESSION(ready_ns)},
    {"worked_s", COLUMN_SECONDS, SESSION(worked_ns)},
    {"end_s", COLUMN_SECONDS, SESSION(end_ns)},
    {0},
};

void columns_set_unknown(const struct column *columns, void *row)
{
    for (; columns->name; columns++)
        if (columns->type == COLUMN_NUMBER)
            *(double *)((char *)row + columns->offset) = NAN;
}

void columns_write_header(const struct column *columns, FILE *file)
{
    for (size_t i = 0; columns[i].name; i++)
        fprintf(file, "%s%s", i ? "," : "", columns[i].name);
    fputc('\n', file);
}

// Whole numbers are written whole; others with nine significant digits (a ns in a second).
static void write_number(double value, FILE *file)
{
    if (isnan(value))
        return;
    if (value == floor(value) && fabs(value) < 1e15)
        fprintf(file, "%.0f", value);
    else
        fprintf(file, "%.9g", value);
}

static void write_cell(const struct column *column, const void *row, FILE *file)
{
    const char *place = (const char *)row + column->offset;
    switch (column->type) {
    case COLUMN_TEXT:
        if (strpbrk(place, ",\"\r\n"))
            csv_fwrite(file, place, strlen(place));
        else
            fputs(place, file);
        break;
    case COLUMN_NUMBER:
        write_number(*(const double *)place, file);
        break;
    case COLUMN_U32:
        fprintf(file, "%u", *(const uint32_t *)place);
        break;
    case COLUMN_SECONDS: {
        uint64_t ns = *(const uint64_t *)place;
        fprintf(file, "%llu.%09llu", (unsigned long long)(ns / 1000000000),
                (unsigned long long)(ns % 1000000000));
        break;
    }
    case COLUMN_END:
        fputs(job_end_names[*(const enum job_end *)place], file);
        break;
    }
}

void columns_write_row(const struct column *columns, const void *row, FILE *file)
{
    for (size_t i = 0; columns[i].name; i++) {
        if (i)
            fputc(',', file);
        write_cell(&columns[i], row, file);
    }
    fputc('\n', file);
}

// Reading: libcsv calls back for each cell and each row.

enum { CELLS_MAX = 256, U32_DIGITS = 9, SECONDS_DIGITS = 9 };
static const double number_max = 1e15;

struct reader {
    const struct column *columns;
    const struct column *by_position[CELLS_MAX]; // NULL: a column we do not know
    size_t row_size;
    char *rows;
    size_t n_rows;
    size_t cap;
    size_t cell;
    size_t n_header; // cells of the header; 0 before it was read
    size_t line;
    char *row; // being read
    char problem[256];
};

static const struct column *find_column(const struct column *columns, const char *name, size_t len)
{
    for (; columns->name; columns++)
        if (strlen(columns->name) == len && !strncmp(columns->name, name, len))
            return columns;
    return NULL;
}

static void problem(struct reader *reader, const char *column, const char *cell)
{
    if (!*reader->problem)
        snprintf(reader->problem, sizeof reader->problem, "line %zu: column '%s' cannot be '%.60s'",
                 reader->line, column, cell);
}

// Decimal, and no larger than anything that is counted or measured.
static bool read_number(const char *cell, double *number)
{
    char *end;
    *number = strtod(cell, &end);
    return strspn(cell, "0123456789.eE+-") == strlen(cell) && end != cell && !*end &&
           fabs(*number) <= number_max;
}

static uint64_t read_seconds(const char *cell)
{
    char *end;
    uint64_t ns = strtoull(cell, &end, 10) * UINT64_C(1000000000);
    uint64_t digit = 100000000;
    for (end += *end == '.'; *end >= '0' && *end <= '9'; end++, digit /= 10)
        ns += (uint64_t)(*end - '0') * digit;
    return ns;
}

static void read_cell(struct reader *reader, const struct column *column, const char *cell)
{
    char *place = reader->row + column->offset;
    char *end = NULL;
    switch (column->type) {
    case COLUMN_TEXT:
        snprintf(place, column->size, "%s", cell);
        return;
    case COLUMN_NUMBER:
        if (!*cell)
            *(double *)place = NAN;
        else if (!read_number(cell, (double *)place))
            problem(reader, column->name, cell);
        return;
    case COLUMN_U32:
        *(uint32_t *)place = (uint32_t)strtoul(cell, &end, 10);
        if (*end || !isdigit((unsigned char)*cell) || strlen(cell) > U32_DIGITS)
            problem(reader, column->name, cell);
        return;
    case COLUMN_SECONDS:
        if (strspn(cell, "0123456789.") != strlen(cell) || !isdigit((unsigned char)*cell) ||
            strcspn(cell, ".") > SECONDS_DIGITS)
            problem(reader, column->name, cell);
        else
            *(uint64_t *)place = read_seconds(cell);
        return;
    case COLUMN_END:
        for (int i = 0; job_end_names[i]; i++)
            if (!strcmp(job_end_names[i], cell)) {
                *(enum job_end *)place = (enum job_end)i;
                return;
            }
        problem(reader, column->name, cell);
    }
}

static void on_cell(void *bytes, size_t len, void *data)
{
    struct reader *reader = data;
    size_t position = reader->cell++;
    if (position >= CELLS_MAX)
        return;
    if (!reader->n_header) {
        reader->by_position[position] = find_column(reader->columns, bytes, len);
        return;
    }
    const struct column *column = reader->by_position[position];
    char cell[512];
    snprintf(cell, sizeof cell, "%.*s", (int)len, (const char *)bytes);
    if (column)
        read_cell(reader, column, cell);
}

static void start_row(struct reader *reader)
{
    memset(reader->row, 0, reader->row_size);
    columns_set_unknown(reader->columns, reader->row);
    reader->cell = 0;
    reader->line++;
}

// end is the character that ended the row, -1 at the end of the file.
static void on_row(int end, void *data)
{
    struct reader *reader = data;
    if (!reader->n_header) {
        reader->n_header = reader->cell;
    } else if (end != -1 && reader->cell == reader->n_header) {
        if (reader->n_rows == reader->cap) {
            reader->cap = reader->cap ? reader->cap * 2 : 64;
            reader->rows = alloc_resize(reader->rows, reader->cap, reader->row_size);
        }
        memcpy(reader->rows + reader->n_rows++ * reader->row_size, reader->row, reader->row_size);
    } else if (end != -1 && !*reader->problem) {
        snprintf(reader->problem, sizeof reader->problem, "line %zu: %zu cells, the header has %zu",
                 reader->line, reader->cell, reader->n_header);
    }
    start_row(reader);
}

static int read_stream(struct reader *reader, FILE *file, const char *path, struct err *err)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_APPEND_NULL) != 0)
        return err_set(err, "cannot start the CSV parser");
    char chunk[16384];
    size_t got;
    int result = 0;
    while (result == 0 && (got = fread(chunk, 1, sizeof chunk, file)) > 0)
        if (csv_parse(&parser, chunk, got, on_cell, on_row, reader) != got)
            result = err_input(err, "%s: %s", path, csv_strerror(csv_error(&parser)));
    csv_fini(&parser, on_cell, on_row, reader);
    csv_free(&parser);
    if (result == 0 && ferror(file))
        result = err_input(err, "cannot read '%s': %s", path, strerror(errno));
    if (result == 0 && *reader->problem)
        result = err_input(err, "%s: %s", path, reader->problem);
    return result;
}

void *columns_read(const struct column *columns, size_t row_size, const char *path, size_t *count,
                   struct err *err)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        err_input(err,
                  "cannot open '%s': %s (a results folder is made by `netbaton run` or `netbaton "
                  "simulate`)",
                  path, strerror(errno));
        return NULL;
    }
    struct reader reader = {.columns = columns, .row_size = row_size};
    reader.row = alloc_zero(1, row_size);
    reader.rows = alloc_zero(1, row_size);
    reader.cap = 1;
    start_row(&reader);
    int result = read_stream(&reader, file, path, err);
    if (result == 0 && !reader.n_header)
        result = err_input(err, "'%s' has no header line", path);
    fclose(file);
    free(reader.row);
    if (result < 0) {
        free(reader.rows);
        return NULL;
    }
    *count = reader.n_rows;
    return reader.rows;
}
