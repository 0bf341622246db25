#include "emulator/functions.h"

#include "emulator/config.h"
#include "emulator/config_forms.h"
#include "emulator/parser.h"
#include "emulator/platform_data.h"
#include "emulator/word.h"

#include "base/rng.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef const char *const *arguments;

static int64_t integer(const char *text)
{
    return strtoll(text, NULL, 10);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211); // FNV-1a
    return hash;
}

// A stream for one value of one device: the same key in the same section gives the same numbers.
static void draw(const struct template_scope *scope, const char *key, struct rng *rng)
{
    uint64_t hash = hash_text(UINT64_C(14695981039346656037), key);
    if (scope->at)
        hash = hash_text(hash, scope->at->text);
    rng_key(rng, scope->seed, scope->device, hash, RNG_STEP_DEVICE);
}

static const struct config_line *current(const struct template_scope *scope)
{
    return scope->at ? scope->at : scope->config ? &scope->config->top : NULL;
}

// The n-th word of a text, from 1; 0 the whole text.
static void put_word(const char *text, int64_t n, struct buf *out)
{
    if (n < 1) {
        buf_puts(out, text);
        return;
    }
    for (;;) {
        text += strspn(text, " ");
        size_t len = strcspn(text, " ");
        if (--n == 0 || !len) {
            buf_add(out, text, len);
            return;
        }
        text += len;
    }
}

static void put_after(const struct config_line *in, arguments a, size_t n, struct buf *out)
{
    const struct config_line *line = in ? config_find(in, a[0]) : NULL;
    if (!line)
        return;
    const char *rest = line->text + strlen(a[0]);
    put_word(rest + strspn(rest, " "), n > 1 ? integer(a[1]) : 0, out);
}

static void call_cfg(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    put_after(current(scope), a, n, out);
}

static void call_top(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    put_after(scope->config ? &scope->config->top : NULL, a, n, out);
}

static void call_in(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    const struct config_line *section =
        scope->config ? config_find(&scope->config->top, a[0]) : NULL;
    put_after(section, a + 1, n - 1, out);
}

static void call_has(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    const struct config_line *in = current(scope);
    buf_puts(out, in && config_find(in, a[0]) ? "1" : "");
}

static void call_top_has(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    buf_puts(out, scope->config && config_find(&scope->config->top, a[0]) ? "1" : "");
}

static void call_count(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    const struct config_line *in = scope->config ? &scope->config->top : NULL;
    size_t count = 0;
    for (size_t i = 0; in && i < in->n_lines; i++)
        count += config_begins(in->lines[i]->text, a[0]);
    buf_printf(out, "%zu", count);
}

static void call_word(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    if (scope->at && n == 1)
        put_word(scope->at->text, integer(a[0]), out);
    else if (n == 2)
        put_word(a[1], integer(a[0]), out);
}

static void call_rand(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    int64_t low = integer(a[1]);
    int64_t high = integer(a[2]);
    struct rng rng;
    draw(scope, a[0], &rng);
    buf_printf(out, "%" PRId64,
               high <= low ? low : low + (int64_t)rng_below(&rng, (uint64_t)(high - low) + 1));
}

static void put_drawn(struct template_scope *scope, arguments a, const char *alphabet,
                      struct buf *out)
{
    struct rng rng;
    draw(scope, a[0], &rng);
    int64_t digits = integer(a[1]);
    for (int64_t i = 0; i < digits && i < 64; i++)
        buf_putc(out, alphabet[rng_below(&rng, strlen(alphabet))]);
}

static void call_hex(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    put_drawn(scope, a, "0123456789abcdef", out);
}

static void call_letters(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    put_drawn(scope, a, "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", out);
}

static void call_chance(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    struct rng rng;
    draw(scope, a[0], &rng);
    buf_puts(out, (int64_t)rng_below(&rng, 100) < integer(a[1]) ? "1" : "");
}

static uint32_t address_of(const char *text)
{
    char copy[INET_ADDRSTRLEN];
    struct in_addr address;
    snprintf(copy, sizeof copy, "%.*s", (int)strcspn(text, "/ "), text);
    return inet_pton(AF_INET, copy, &address) == 1 ? ntohl(address.s_addr) : 0;
}

static void put_address(uint32_t address, struct buf *out)
{
    buf_printf(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
               address & 255);
}

static uint32_t mask_of_bits(int64_t bits)
{
    return bits <= 0 ? 0 : bits >= 32 ? UINT32_MAX : UINT32_MAX << (32 - bits);
}

// "255.255.255.0", "24" and "10.0.0.1/24" are all masks.
static uint32_t mask_of(const char *text)
{
    const char *slash = strchr(text, '/');
    if (slash)
        return mask_of_bits(integer(slash + 1));
    return strchr(text, '.') ? address_of(text) : mask_of_bits(integer(text));
}

static void call_ip(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    put_address(address_of(a[0]) + (n > 1 ? (uint32_t)integer(a[1]) : 0), out);
}

static void call_net(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    put_address(address_of(a[0]) & mask_of(a[n - 1]), out);
}

static void call_mask(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    put_address(mask_of(a[0]), out);
}

static void call_bits(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    buf_printf(out, "%d", __builtin_popcount(mask_of(a[0])));
}

// Does the first address lie in the network of the second under the mask?
static void call_within(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    uint32_t mask = mask_of(a[n - 1]);
    buf_puts(out, (address_of(a[0]) & mask) == (address_of(a[1]) & mask) ? "1" : "");
}

// An address of the networks a lab uses (RFC 1918, RFC 6890 loopback): what answers a ping here.
static void call_private(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    uint32_t address = address_of(a[0]);
    bool inside = address >> 24 == 10 || address >> 24 == 127 || address >> 20 == 0xac1 ||
                  address >> 16 == 0xc0a8;
    buf_puts(out, inside ? "1" : "");
}

static void call_date(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    int64_t ms = scope->now_ms + (n > 1 ? integer(a[1]) * 1000 : 0);
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

static void call_uptime(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    int64_t seconds = scope->now_ms / 1000 - scope->boot_s;
    buf_printf(out, "%" PRId64, seconds > 0 ? seconds : 0);
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

// 12 hex digits as "aabb.cc00.0100", or with another separator and group: mac(x, ':', 2).
static void call_mac(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    const char *separator = n > 1 ? a[1] : ".";
    int64_t group = n > 2 ? integer(a[2]) : 4;
    for (size_t i = 0; a[0][i] && i < 12; i++) {
        if (i && group > 0 && i % (size_t)group == 0)
            buf_puts(out, separator);
        buf_putc(out, a[0][i]);
    }
}

static void call_hexadecimal(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    buf_printf(out, "%0*" PRIx64, n > 1 ? (int)(integer(a[1]) % 17) : 1, (uint64_t)integer(a[0]));
}

static void call_scrambled(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    word_scramble(a[0], strlen(a[0]), out);
}

static void call_length(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    buf_printf(out, "%zu", strlen(a[0]));
}

static void call_running(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    const struct config *config = scope->running ? scope->running : scope->config;
    if (!config)
        return;
    if (n == 0) {
        config_write(config, scope->platform, out);
        return;
    }
    for (size_t i = 0; i < config->top.n_lines; i++)
        if (config_begins(config->top.lines[i]->text, a[0]))
            config_write_line(config->top.lines[i], scope->platform, 0, out);
}

// Is the word in the command, spelt out?
static void call_said(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    const char *text = scope->parsed ? buf_text(&scope->parsed->text) : "";
    size_t len = strlen(a[0]);
    for (const char *p = strstr(text, a[0]); p && len; p = strstr(p + 1, a[0]))
        if ((p == text || p[-1] == ' ') && (!p[len] || p[len] == ' ')) {
            buf_puts(out, "1");
            return;
        }
}

static void call_line_text(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    if (scope->at)
        buf_puts(out, scope->at->text);
}

static void call_section(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    if (scope->at)
        config_write_line(scope->at, scope->platform, 0, out);
}

// The configuration below a path, or at the current place, with braces or as commands.
static void call_braces(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    const char *path = n > 0 ? a[0] : scope->variables[VARIABLE_SECTION];
    path = path ? path : "";
    const struct config_line *in = scope->config ? config_section(scope->config, path) : NULL;
    if (in && scope->as_set)
        config_write_set(in, path, out);
    else if (in)
        config_write_braces(in, 0, out);
}

static void call_changed(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    if (scope->config && scope->running && scope->config != scope->running &&
        !config_same(&scope->config->top, &scope->running->top))
        buf_puts(out, "1");
}

static void call_compare(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    if (scope->config && scope->running)
        config_compare_braces(&scope->running->top, &scope->config->top, "", out);
}

// Is the command piped into that word? ("show | compare")
static void call_piped(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    const char *typed = scope->variables[VARIABLE_TYPED];
    for (const char *bar = typed ? strchr(typed, '|') : NULL; bar; bar = strchr(bar + 1, '|')) {
        const char *word = bar + 1 + strspn(bar + 1, " ");
        size_t len = strcspn(word, " |");
        if (len > 1 && strlen(a[0]) >= len && !strncmp(a[0], word, len)) {
            buf_puts(out, "1");
            return;
        }
    }
}

// What a commit would enter: pending('no').
static void call_pending(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    if (scope->config && scope->running)
        config_compare_lines(&scope->running->top, &scope->config->top, scope->platform, a[0], 0,
                             out);
}

// "10.0.0.1/24" of "add address=10.0.0.1/24 interface=ether1": pair('address'), quotes taken off.
static void call_pair(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    const char *text = n > 1 ? a[1] : scope->at ? scope->at->text : "";
    size_t len = strlen(a[0]);
    for (const char *p = strstr(text, a[0]); p && len; p = strstr(p + 1, a[0])) {
        if (p[len] != '=' || (p > text && p[-1] != ' '))
            continue;
        const char *value = p + len + 1;
        bool quoted = *value == '"';
        buf_add(out, value + quoted, strcspn(value + quoted, quoted ? "\"" : " "));
        return;
    }
}

static const struct function functions[] = {
    {"age", 1, 1, false, call_age},
    {"before", 2, 2, false, call_before},
    {"begins", 2, 2, false, call_begins},
    {"bits", 1, 1, false, call_bits},
    {"braces", 0, 1, true, call_braces},
    {"cfg", 1, 2, true, call_cfg},
    {"chance", 2, 2, false, call_chance},
    {"changed", 0, 0, true, call_changed},
    {"compare", 0, 0, true, call_compare},
    {"count", 1, 1, true, call_count},
    {"cut", 2, 2, false, call_cut},
    {"date", 1, 2, false, call_date},
    {"from", 2, 2, false, call_from},
    {"has", 1, 1, true, call_has},
    {"hex", 2, 2, false, call_hex},
    {"hexadecimal", 1, 2, false, call_hexadecimal},
    {"in", 2, 3, true, call_in},
    {"ip", 1, 2, false, call_ip},
    {"length", 1, 1, false, call_length},
    {"line_text", 0, 0, true, call_line_text},
    {"letters", 2, 2, false, call_letters},
    {"mac", 1, 3, false, call_mac},
    {"mask", 1, 1, false, call_mask},
    {"net", 1, 2, false, call_net},
    {"pair", 1, 2, false, call_pair},
    {"pending", 1, 1, true, call_pending},
    {"piped", 1, 1, false, call_piped},
    {"private", 1, 1, false, call_private},
    {"rand", 3, 3, false, call_rand},
    {"repeat", 2, 2, false, call_repeat},
    {"replace", 3, 3, false, call_replace},
    {"running", 0, 1, true, call_running},
    {"said", 1, 1, false, call_said},
    {"scrambled", 1, 1, false, call_scrambled},
    {"section_text", 0, 0, true, call_section},
    {"short", 1, 2, false, call_short},
    {"span", 1, 1, false, call_span},
    {"top", 1, 2, true, call_top},
    {"top_has", 1, 1, true, call_top_has},
    {"upper", 1, 1, false, call_upper},
    {"uptime", 0, 0, false, call_uptime},
    {"within", 2, 3, false, call_within},
    {"word", 1, 2, false, call_word},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

const struct function *function_find(const char *name)
{
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (!strcmp(functions[i].name, name))
            return &functions[i];
    return NULL;
}

const char *function_name(size_t i)
{
    return i < FUNCTIONS ? functions[i].name : NULL;
}
