// Functions of texts, dates and lengths of time.
#include "emulator/functions_data.h"
#include "emulator/json_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const int64_t farthest_s = INT64_C(1000) * 366 * 86400;

static void call_date(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    int64_t offset_s = n > 1 ? integer(a[1]) : 0;
    if (offset_s > farthest_s || offset_s < -farthest_s)
        offset_s = 0; // no time of any clock
    int64_t ms = scope->now_ms + offset_s * 1000;
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    char text[128];
    gmtime_r(&seconds, &tm);
    // %L is ours: the milliseconds.
    for (const char *p = a[0]; *p;) {
        const char *own = strstr(p, "%L");
        char *format = own ? strndup(p, (size_t)(own - p)) : strdup(p);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        if (format && *format && strftime(text, sizeof text, format, &tm))
            buf_puts(out, text);
#pragma GCC diagnostic pop
        free(format);
        if (!own)
            break;
        buf_printf(out, "%03d", (int)(ms % 1000));
        p = own + 2;
    }
}

static void put_unit(int64_t value, const char *unit, bool *any, struct buf *out)
{
    if (value == 0 && !(*unit == 'm' && !*any && unit[1] == 'i'))
        return;
    buf_printf(out, "%s%" PRId64 " %s%s", *any ? ", " : "", value, unit, value == 1 ? "" : "s");
    *any = true;
}

// "1 week, 2 days, 3 hours, 4 minutes", as IOS says an uptime.
static void call_span(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    int64_t minutes = integer(a[0]) / 60;
    bool any = false;
    put_unit(minutes / (60 * 24 * 365), "year", &any, out);
    put_unit(minutes / (60 * 24 * 7) % 52, "week", &any, out);
    put_unit(minutes / (60 * 24) % 7, "day", &any, out);
    put_unit(minutes / 60 % 24, "hour", &any, out);
    put_unit(minutes % 60, "minute", &any, out);
}

// "00:03:12", "1d02h", "3w4d": how IOS shows ages.
static void call_age(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    int64_t s = integer(a[0]);
    if (s < 86400)
        buf_printf(out, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    else if (s < 7 * 86400)
        buf_printf(out, "%dd%02dh", (int)(s / 86400), (int)(s / 3600 % 24));
    else
        buf_printf(out, "%" PRId64 "w%dd", s / 604800, (int)(s / 86400 % 7));
}

static void call_cut(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    int64_t limit = integer(a[1]);
    size_t len = strlen(a[0]);
    buf_add(out, a[0], limit >= 0 && (size_t)limit < len ? (size_t)limit : len);
}

// The text behind its first n characters.
static void call_from(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    int64_t skip = integer(a[1]);
    size_t len = strlen(a[0]);
    if (skip >= 0 && (size_t)skip < len)
        buf_puts(out, a[0] + skip);
}

// The text in front of a mark; all of it when the mark is not in it.
static void call_before(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    const char *mark = *a[1] ? strstr(a[0], a[1]) : NULL;
    buf_add(out, a[0], mark ? (size_t)(mark - a[0]) : strlen(a[0]));
}

static void call_begins(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    buf_puts(out, strncmp(a[0], a[1], strlen(a[1])) ? "" : "1");
}

static void call_replace(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    size_t len = strlen(a[1]);
    for (const char *p = a[0]; *p;) {
        const char *hit = len ? strstr(p, a[1]) : NULL;
        buf_add(out, p, hit ? (size_t)(hit - p) : strlen(p));
        if (!hit)
            break;
        buf_puts(out, a[2]);
        p = hit + len;
    }
}

static void call_upper(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    for (const char *p = a[0]; *p; p++)
        buf_putc(out, (char)toupper((unsigned char)*p));
}

static void call_lower(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    for (const char *p = a[0]; *p; p++)
        buf_putc(out, (char)tolower((unsigned char)*p));
}

// The path of "tftp://host/path" or "flash:path".
static const char *url_path(const char *url, const char **host)
{
    const char *colon = strchr(url, ':');
    const char *rest = colon ? colon + 1 : url;
    *host = "";
    if (strncmp(rest, "//", 2) != 0)
        return rest;
    *host = rest + 2;
    const char *slash = strchr(*host, '/');
    return slash ? slash + 1 : "";
}

static void call_url_host(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    const char *host;
    url_path(a[0], &host);
    const char *at = memchr(host, '@', strcspn(host, "/"));
    host = at ? at + 1 : host;
    buf_add(out, host, strcspn(host, "/"));
}

static void call_url_path(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    const char *host;
    buf_puts(out, url_path(a[0], &host));
}

static void call_repeat(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    for (int64_t i = 0; i < integer(a[1]) && i < 1000; i++)
        buf_puts(out, a[0]);
}

// "GigabitEthernet0/1" as "Gi0/1", or with that many letters.
static void call_short(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    int64_t letters = n > 1 ? integer(a[1]) : 2;
    size_t name = 0;
    while (isalpha((unsigned char)a[0][name]) || a[0][name] == '-')
        name++;
    buf_add(out, a[0], (size_t)letters < name ? (size_t)letters : name);
    buf_puts(out, a[0] + name);
}

static void call_length(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    buf_printf(out, "%zu", strlen(a[0]));
}

static void call_json(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    json_text_quote(a[0], out);
}

const struct function functions_of_texts[] = {
    {"json", 1, 1, false, call_json},
    {"age", 1, 1, false, call_age},
    {"before", 2, 2, false, call_before},
    {"begins", 2, 2, false, call_begins},
    {"cut", 2, 2, false, call_cut},
    {"date", 1, 2, false, call_date},
    {"from", 2, 2, false, call_from},
    {"length", 1, 1, false, call_length},
    {"lower", 1, 1, false, call_lower},
    {"repeat", 2, 2, false, call_repeat},
    {"replace", 3, 3, false, call_replace},
    {"short", 1, 2, false, call_short},
    {"span", 1, 1, false, call_span},
    {"url_host", 1, 1, false, call_url_host},
    {"url_path", 1, 1, false, call_url_path},
    {"upper", 1, 1, false, call_upper},
    {0},
};
