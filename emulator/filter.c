#include "emulator/filter.h"

#include "base/alloc.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Per line: far above what a sane expression needs, far below a stall.
enum { MATCH_LIMIT = 20000, DEPTH_LIMIT = 500, PATTERN_MAX = 1024 };
// Of all lines together: a file of the flash may have a million. CPU time, so that a busy machine
// does not change what is shown.
static const uint64_t patience_ns = 200000000;
enum { LINES_A_LOOK = 16 }; // at the clock

const char *const filter_names[] = {"include", "exclude", "begin",       "section", "count",
                                    "last",    "nothing", "display_set", "json",    "redirect",
                                    "append",  "tee",     NULL};

struct filter {
    enum filter_kind kind;
    bool given_up;
    pcre2_code *code; // NULL where there is nothing to match
    pcre2_match_data *match;
    pcre2_match_context *context;
    size_t last;
};

// IOS writes `_` for a delimiter: a space, comma, brace, parenthesis or an end of the line.
static void translate(const char *expression, struct buf *out)
{
    bool in_set = false;
    for (const char *p = expression; *p; p++) {
        if (*p == '\\' && p[1]) {
            buf_add(out, p++, 2);
            continue;
        }
        in_set = *p == '[' || (in_set && *p != ']');
        if (*p == '_' && !in_set)
            buf_puts(out, "(?:[,{}() ]|^|$)");
        else
            buf_putc(out, *p);
    }
}

static bool compile(struct filter *filter, const char *expression)
{
    struct buf pattern = {0};
    translate(expression, &pattern);
    int error;
    PCRE2_SIZE offset;
    if (pattern.len <= PATTERN_MAX * 20 && strlen(expression) <= PATTERN_MAX)
        filter->code = pcre2_compile((PCRE2_SPTR)buf_text(&pattern), pattern.len,
                                     PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
    buf_fini(&pattern);
    if (!filter->code)
        return false;
    filter->match = pcre2_match_data_create_from_pattern(filter->code, NULL);
    filter->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(filter->context, MATCH_LIMIT);
    pcre2_set_depth_limit(filter->context, DEPTH_LIMIT);
    return true;
}

struct filter *filter_new(enum filter_kind kind, const char *expression)
{
    struct filter *filter = alloc_zero(1, sizeof *filter);
    filter->kind = kind;
    bool good = true;
    if (kind == FILTER_LAST) {
        filter->last = strtoul(expression, NULL, 10);
        good = filter->last > 0 || !*expression;
        filter->last = filter->last ? filter->last : 10;
    } else if (kind < FILTER_LAST && !(kind == FILTER_COUNT && !*expression))
        good = compile(filter, expression);
    if (good)
        return filter;
    filter_free(filter);
    return NULL;
}

void filter_free(struct filter *filter)
{
    if (!filter)
        return;
    pcre2_match_data_free(filter->match);
    pcre2_match_context_free(filter->context);
    pcre2_code_free(filter->code);
    free(filter);
}

static bool matches(const struct filter *filter, const char *line, size_t len)
{
    if (!filter->code)
        return true;
    return !filter->given_up && pcre2_match(filter->code, (PCRE2_SPTR)line, len, 0, 0,
                                            filter->match, filter->context) >= 0;
}

static size_t indent_of(const char *line, size_t len)
{
    size_t n = 0;
    while (n < len && line[n] == ' ')
        n++;
    return n;
}

struct lines {
    bool open;     // begin: the first match was met; section: we are in one
    size_t indent; // of the section's heading
    size_t count;
};

static bool passes(const struct filter *filter, struct lines *state, const char *line, size_t len)
{
    switch (filter->kind) {
    case FILTER_INCLUDE:
        return matches(filter, line, len);
    case FILTER_EXCLUDE:
        return !matches(filter, line, len);
    case FILTER_BEGIN:
        state->open = state->open || matches(filter, line, len);
        return state->open;
    case FILTER_SECTION:
        if (state->open && len && indent_of(line, len) > state->indent)
            return true;
        state->open = matches(filter, line, len);
        state->indent = indent_of(line, len);
        return state->open;
    case FILTER_COUNT:
        state->count += matches(filter, line, len);
        return false;
    case FILTER_LAST:
    case FILTER_NOTHING:
    case FILTER_DISPLAY_SET:
    case FILTER_JSON:
    case FILTER_REDIRECT:
    case FILTER_APPEND:
    case FILTER_TEE:
        break;
    }
    return true;
}

static void keep_last(const struct filter *filter, struct buf *text)
{
    size_t lines = 0;
    size_t at = text->len;
    while (at > 0) {
        if (text->data[at - 1] == '\n' && at < text->len && ++lines == filter->last)
            break;
        at--;
    }
    buf_drop(text, at);
}

static void put_count(const char *counted, size_t count, struct buf *out)
{
    const char *place = strstr(counted, "{{count}}");
    if (!place) {
        buf_puts(out, counted);
        return;
    }
    buf_add(out, counted, (size_t)(place - counted));
    buf_printf(out, "%zu%s", count, place + strlen("{{count}}"));
}

static uint64_t cpu_ns(void)
{
    struct timespec time = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

void filter_apply(struct filter *filter, const char *counted, struct buf *text)
{
    if (filter->kind >= FILTER_LAST) {
        if (filter->kind == FILTER_LAST)
            keep_last(filter, text);
        return;
    }
    struct buf kept = {0};
    struct lines state = {0};
    const char *at = buf_text(text);
    const char *end = at + text->len;
    uint64_t until_ns = cpu_ns() + patience_ns;
    filter->given_up = false;
    for (size_t n = 1; at < end; n++) {
        if (n % LINES_A_LOOK == 0 && cpu_ns() > until_ns)
            filter->given_up = true;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline : end) - at);
        if (passes(filter, &state, at, len)) {
            buf_add(&kept, at, len);
            buf_putc(&kept, '\n');
        }
        at += len + 1;
    }
    if (filter->kind == FILTER_COUNT)
        put_count(counted, state.count, &kept);
    buf_fini(text);
    *text = kept;
}
