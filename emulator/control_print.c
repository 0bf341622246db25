#include "emulator/control_print.h"

#include "base/clock.h"
#include "base/units.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

// "1 session", "2 sessions".
static void print_many(uint64_t count, const char *thing, FILE *out)
{
    fprintf(out, "%" PRIu64 " %s%s", count, thing, count == 1 ? "" : "s");
}

// Sessions.

enum { CELL_MAX = 64 };
typedef void (*cell_of)(const json_t *session, char cell[CELL_MAX]);

static void cell_number(const json_t *session, const char *key, char cell[CELL_MAX])
{
    snprintf(cell, CELL_MAX, "%" PRIu64, number(session, key));
}

static void cell_text(const json_t *session, const char *key, char cell[CELL_MAX])
{
    const char *value = text(session, key);
    snprintf(cell, CELL_MAX, "%s", *value ? value : "-");
}

static void cell_bytes(const json_t *session, const char *key, char cell[CELL_MAX])
{
    units_human_bytes(number(session, key), cell, CELL_MAX);
}

// To the second, for people watch it: "7s", "3m12s", "2h05m".
static void cell_age(const json_t *session, const char *key, char cell[CELL_MAX])
{
    unsigned s = (unsigned)json_number_value(json_object_get(session, key));
    if (s < 60)
        snprintf(cell, CELL_MAX, "%us", s);
    else if (s < 3600)
        snprintf(cell, CELL_MAX, "%um%02us", s / 60, s % 60);
    else
        snprintf(cell, CELL_MAX, "%uh%02um", s / 3600, s / 60 % 60);
}

static const struct column {
    const char *title;
    const char *key;
    void (*cell)(const json_t *session, const char *key, char cell[CELL_MAX]);
    bool right;
} columns[] = {
    {"ID", "session", cell_number, true},        {"DEVICE", "device", cell_number, true},
    {"NAME", "name", cell_text, false},          {"VIA", "transport", cell_text, false},
    {"PEER", "peer", cell_text, false},          {"USER", "user", cell_text, false},
    {"PHASE", "phase", cell_text, false},        {"AGE", "seconds", cell_age, true},
    {"COMMANDS", "commands", cell_number, true}, {"IN", "bytes_in", cell_bytes, true},
    {"OUT", "bytes_out", cell_bytes, true},      {"FAULT", "fault", cell_text, false},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

static void print_row(const json_t *session, const int *widths, FILE *out)
{
    for (int i = 0; i < N_COLUMNS; i++) {
        char cell[CELL_MAX];
        if (session)
            columns[i].cell(session, columns[i].key, cell);
        else
            snprintf(cell, sizeof cell, "%s", columns[i].title);
        bool last = i == N_COLUMNS - 1;
        fprintf(out, "%s%*s", i ? "  " : "",
                columns[i].right ? widths[i]
                : last           ? 0
                                 : -widths[i],
                cell);
    }
    fputc('\n', out);
}

void control_print_sessions(const json_t *answer, FILE *out)
{
    const json_t *sessions = json_object_get(answer, "sessions");
    int widths[N_COLUMNS];
    size_t i;
    const json_t *session;
    if (!json_array_size(sessions)) {
        fputs("no session is open\n", out);
        return;
    }
    for (int c = 0; c < N_COLUMNS; c++)
        widths[c] = (int)strlen(columns[c].title);
    json_array_foreach(sessions, i, session)
    {
        for (int c = 0; c < N_COLUMNS; c++) {
            char cell[CELL_MAX];
            columns[c].cell(session, columns[c].key, cell);
            if ((int)strlen(cell) > widths[c])
                widths[c] = (int)strlen(cell);
        }
    }
    print_row(NULL, widths, out);
    json_array_foreach(sessions, i, session)
    {
        print_row(session, widths, out);
    }
}

// Counters.

static void print_transports(const json_t *transports, FILE *out)
{
    const char *name;
    const json_t *one;
    const char *before = " (";
    json_object_foreach((json_t *)(uintptr_t)transports, name, one)
    {
        fprintf(out, "%s%s %" PRIu64 " accepted, %" PRIu64 " open", before, name,
                number(one, "accepted"), number(one, "open"));
        before = "; ";
    }
    fputs(*before == ';' ? ")\n" : "\n", out);
}

static void print_ended(const json_t *ended, FILE *out)
{
    const char *how;
    const json_t *count;
    const char *before = "ended     ";
    json_object_foreach((json_t *)(uintptr_t)ended, how, count)
    {
        if (!json_integer_value(count))
            continue;
        fprintf(out, "%s%" JSON_INTEGER_FORMAT " %s", before, json_integer_value(count), how);
        before = ", ";
    }
    if (*before == ',')
        fputc('\n', out);
}

void control_print_counters(const json_t *answer, FILE *out)
{
    char in[32];
    char said[32];
    char half[32];
    char most[32];
    const json_t *late = json_object_get(answer, "late_us");
    fprintf(out, "sessions  %" PRIu64 " accepted, %" PRIu64 " open", number(answer, "accepted"),
            number(answer, "open"));
    print_transports(json_object_get(answer, "transports"), out);
    fprintf(out, "logins    %" PRIu64 "\n", number(answer, "logins"));
    fprintf(out, "commands  %" PRIu64 "\n", number(answer, "commands"));
    fprintf(out, "bytes     %s typed, %s said\n",
            units_human_bytes(number(answer, "bytes_in"), in, sizeof in),
            units_human_bytes(number(answer, "bytes_out"), said, sizeof said));
    if (number(late, "half_below"))
        fprintf(
            out, "late      half of the answers less than %s, 99 of 100 less than %s\n",
            units_human_duration(number(late, "half_below") * CLOCK_NS_PER_US, half, sizeof half),
            units_human_duration(number(late, "99_percent_below") * CLOCK_NS_PER_US, most,
                                 sizeof most));
    print_ended(json_object_get(answer, "ended"), out);
}

// Settings. Texts stand in quotes in the answer, as in the file; people can do without.

static void print_value(const char *value, FILE *out)
{
    size_t len = strlen(value);
    bool quoted = len > 2 && value[0] == '"' && !memchr(value, '\\', len);
    fprintf(out, "%.*s", (int)(quoted ? len - 2 : len), quoted ? value + 1 : value);
}

static void print_others(const json_t *others, FILE *out)
{
    size_t i;
    const json_t *device;
    json_array_foreach(others, i, device)
    {
        const char *key;
        const json_t *value;
        const char *before = ": ";
        fprintf(out, "%s%s", i ? "" : "\nother for\n  ", i ? "  " : "");
        fputs(text(device, "name"), out);
        json_object_foreach((json_t *)(uintptr_t)json_object_get(device, "settings"), key, value)
        {
            fprintf(out, "%s%s=", before, key);
            print_value(json_string_value(value), out);
            before = " ";
        }
        fputc('\n', out);
    }
}

void control_print_settings(const json_t *answer, FILE *out)
{
    const json_t *settings = json_object_get(answer, "settings");
    const json_t *file = json_object_get(answer, "file");
    const char *key;
    const json_t *value;
    int width = 0;
    json_object_foreach((json_t *)(uintptr_t)settings, key, value)
    {
        if ((int)strlen(key) > width)
            width = (int)strlen(key);
    }
    json_object_foreach((json_t *)(uintptr_t)settings, key, value)
    {
        const char *before = json_string_value(json_object_get(file, key));
        fprintf(out, "%-*s  ", width, key);
        print_value(json_string_value(value), out);
        if (before) {
            fputs("   (changed; the file has ", out);
            print_value(before, out);
            fputc(')', out);
        }
        fputc('\n', out);
    }
    print_others(json_object_get(answer, "others"), out);
}

void control_print_changed(const json_t *answer, FILE *out)
{
    print_many(number(answer, "devices"), "device", out);
    fputs(" changed\n", out);
}

void control_print_dropped(const json_t *answer, FILE *out)
{
    print_many(number(answer, "dropped"), "session", out);
    fputs(" dropped\n", out);
}
