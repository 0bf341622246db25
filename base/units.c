#include "base/units.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    double factor;
};

static const struct unit durations[] = {
    {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}, {0},
};

static const struct unit bandwidths[] = {
    {"B/s", 1}, {"kB/s", 1e3}, {"KB/s", 1e3}, {"MB/s", 1e6}, {"GB/s", 1e9}, {0},
};

// Reads the leading number; returns where the unit begins, or NULL. strtod alone would take "inf",
// "nan" and "0x10".
static const char *read_number(const char *text, double *value)
{
    const char *p = text + (*text == '-');
    if (!isdigit((unsigned char)*p) && *p != '.')
        return NULL;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
        return NULL;
    char *end;
    *value = strtod(text, &end);
    if (end == text || !isfinite(*value))
        return NULL;
    while (*end == ' ')
        end++;
    return end;
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
    for (; units->name; units++)
        if (!strcmp(units->name, name))
            return units;
    return NULL;
}

int units_duration(const char *text, uint64_t *ns, struct err *err)
{
    double value;
    const char *unit_name = read_number(text, &value);
    if (!unit_name)
        return err_input(err, "'%s' is not a duration; write it like 150ms, 1.5s or 2m", text);
    if (value < 0)
        return err_input(err, "'%s' is negative; a duration is 0 or more", text);
    if (!*unit_name && value == 0) {
        *ns = 0;
        return 0;
    }
    if (!*unit_name)
        return err_input(err, "'%s' has no unit; write it like %sms or %ss", text, text, text);
    const struct unit *unit = find_unit(durations, unit_name);
    if (!unit)
        return err_input(err,
                         "'%s' has the unknown unit '%s'; a duration ends in us, ms, s, m or h",
                         text, unit_name);
    value *= unit->factor;
    if (value > (double)UNITS_DURATION_MAX_NS)
        return err_input(err, "'%s' is too long; a duration is at most 7 days (168h)", text);
    *ns = (uint64_t)llround(value);
    return 0;
}

int units_bandwidth(const char *text, uint64_t *bytes_per_s, struct err *err)
{
    double value;
    const char *unit_name = read_number(text, &value);
    const struct unit *unit = unit_name ? find_unit(bandwidths, unit_name) : NULL;
    if (unit_name && !*unit_name && value == 0) {
        *bytes_per_s = 0;
        return 0;
    }
    if (!unit)
        return err_input(err, "'%s' is not a bandwidth; write it like 9600B/s, 64kB/s or 1MB/s",
                         text);
    value *= unit->factor;
    if (value != 0 && (value < 1 || value > 1e12))
        return err_input(
            err, "'%s' is out of range; a bandwidth is 1B/s to 1000GB/s, or 0 for no limit", text);
    *bytes_per_s = (uint64_t)llround(value);
    return 0;
}

int units_rate(const char *text, double *per_s, struct err *err)
{
    double value;
    const char *unit_name = read_number(text, &value);
    if (!unit_name || (strcmp(unit_name, "/s") != 0 && !(value == 0 && !*unit_name)))
        return err_input(err, "'%s' is not a rate; write it like 5/s or 0.5/s", text);
    if (value < 0 || value > 1e9)
        return err_input(err, "'%s' is out of range; a rate is 0 (no limit) to 1000000000/s", text);
    *per_s = value;
    return 0;
}

int units_share(const char *text, double *share, struct err *err)
{
    double value;
    const char *unit_name = read_number(text, &value);
    if (!unit_name || (*unit_name && strcmp(unit_name, "%") != 0))
        return err_input(err, "'%s' is not a share; write it like 0.05 or 5%%", text);
    if (*unit_name)
        value /= 100;
    if (value < 0 || value > 1)
        return err_input(err, "'%s' is out of range; a share is 0 to 1 (0%% to 100%%)", text);
    *share = value;
    return 0;
}

int units_count(const char *text, uint64_t min, uint64_t max, uint64_t *count, struct err *err)
{
    const char *digits = text + (*text == '-');
    size_t len = strlen(digits);
    if (!len || strspn(digits, "0123456789") != len)
        return err_input(err, "'%s' is not a whole number", text);
    errno = 0;
    uint64_t value = strtoull(digits, NULL, 10);
    if (*text == '-' || errno == ERANGE || value < min || value > max)
        return err_input(err, "'%s' is out of range; it must be %llu to %llu", text,
                         (unsigned long long)min, (unsigned long long)max);
    *count = value;
    return 0;
}

char *units_format_duration(uint64_t ns, char *buf, size_t len)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } steps[] = {{"h", 3600000000000}, {"m", 60000000000}, {"s", 1000000000},
                 {"ms", 1000000},      {"us", 1000},       {"ns", 1}};
    if (ns == 0) {
        snprintf(buf, len, "0");
        return buf;
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        // 1500 ms reads better as 1.5s: allow one decimal place below minutes.
        if (ns % steps[i].ns == 0) {
            snprintf(buf, len, "%llu%s", (unsigned long long)(ns / steps[i].ns), steps[i].name);
            return buf;
        }
        if (i >= 2 && steps[i].ns >= 10 && ns > steps[i].ns && ns % (steps[i].ns / 10) == 0) {
            snprintf(buf, len, "%.1f%s", (double)ns / (double)steps[i].ns, steps[i].name);
            return buf;
        }
    }
    return buf;
}

char *units_format_bandwidth(uint64_t bytes_per_s, char *buf, size_t len)
{
    if (bytes_per_s && bytes_per_s % 1000000 == 0)
        snprintf(buf, len, "%lluMB/s", (unsigned long long)(bytes_per_s / 1000000));
    else if (bytes_per_s && bytes_per_s % 1000 == 0)
        snprintf(buf, len, "%llukB/s", (unsigned long long)(bytes_per_s / 1000));
    else
        snprintf(buf, len, "%lluB/s", (unsigned long long)bytes_per_s);
    return buf;
}

uint64_t units_ns(double seconds)
{
    static const double most_s = 1e9;
    if (!(seconds > 0))
        return 0;
    return (uint64_t)llround((seconds < most_s ? seconds : most_s) * 1e9);
}

// Three significant digits; what is rounded up to 10 or 100 has a place less.
static int human_places(double value)
{
    return value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
}

// From here on a value is shown in a unit and not in the one below: 999.6 ms is 1.00 s.
static const double enough_of_unit = 0.9995;

char *units_human_duration(uint64_t ns, char *buf, size_t len)
{
    static const struct unit steps[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
    size_t i = 0;
    while (i < 3 && (double)ns < steps[i].factor * enough_of_unit)
        i++;
    double value = (double)ns / steps[i].factor;
    snprintf(buf, len, "%.*f %s", ns ? human_places(value) : 0, value, ns ? steps[i].name : "s");
    return buf;
}

char *units_human_bytes(uint64_t bytes, char *buf, size_t len)
{
    static const struct unit steps[] = {{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        double value = (double)bytes / steps[i].factor;
        if (bytes < 1000 || value < enough_of_unit)
            continue;
        snprintf(buf, len, "%.*f %s", human_places(value), value, steps[i].name);
        return buf;
    }
    snprintf(buf, len, "%u B", (unsigned)bytes);
    return buf;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

// How many letters must be put in, left out, changed or swapped with their neighbour to make one
// word the other (optimal string alignment), over three rows; words longer than a row are never
// near.
static size_t edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t la = strlen(a);
    size_t lb = strlen(b);
    if (la >= LONGEST || lb >= LONGEST)
        return LONGEST;
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        const size_t *before_last = rows[(i + 1) % 3];
        const size_t *last = rows[(i + 2) % 3];
        size_t *row = rows[i % 3];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            int x = tolower((unsigned char)a[i - 1]);
            int y = tolower((unsigned char)b[j - 1]);
            row[j] = smallest(last[j - 1] + (x != y), last[j] + 1, row[j - 1] + 1);
            bool swapped = i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                           tolower((unsigned char)a[i - 2]) == y;
            if (swapped && before_last[j - 2] + 1 < row[j])
                row[j] = before_last[j - 2] + 1;
        }
    }
    return rows[la % 3][lb];
}

// Is a part of the name ("quantum" of "os_quantum_ns") the word, but for a slip of the fingers?
static bool has_part(const char *name, const char *word)
{
    enum { PART_LEAST = 3, LETTERS_A_SLIP = 5 };
    size_t len = strlen(word);
    char part[64];
    for (;;) {
        size_t part_len = strcspn(name, "._- ");
        if (part_len >= PART_LEAST && part_len < sizeof part && len >= PART_LEAST) {
            memcpy(part, name, part_len);
            part[part_len] = '\0';
            if (edit_distance(word, part) <= len / LETTERS_A_SLIP)
                return true;
        }
        if (!name[part_len])
            return false;
        name += part_len + 1;
    }
}

const char *units_nearest_word(const char *word, const char *const *names)
{
    const char *const *all = names;
    const char *best = NULL;
    size_t best_distance =
        strlen(word) / 2 + 1; // farther than half the word is a guess, not a hint
    for (; *names; names++) {
        size_t distance = edit_distance(word, *names);
        if (distance < best_distance) {
            best = *names;
            best_distance = distance;
        }
    }
    for (names = all; !best && *names; names++)
        if (has_part(*names, word))
            best = *names;
    return best;
}
