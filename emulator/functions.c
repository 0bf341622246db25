#include "emulator/functions_data.h"

#include "emulator/config.h"
#include "emulator/config_forms.h"
#include "emulator/device_state.h"
#include "emulator/md5.h"
#include "emulator/parser.h"
#include "emulator/platform_data.h"
#include "emulator/word.h"

#include "base/rng.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

// Of what goes on at the moment: what follows the words; its n-th word. A line of one word: 1.
static void call_now(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    if (!scope->owner)
        return;
    struct config *moment = device_moment(scope->owner, scope->visit);
    const struct config_line *line = config_find(&moment->top, a[0]);
    if (line && !line->text[strlen(a[0])])
        buf_putc(out, '1');
    else
        put_after(&moment->top, a, n, out);
    config_free(moment);
}

// The host name of another device, as it left the factory.
static void call_device_name(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    char name[DEVICE_NAME_MAX + 1];
    uint32_t device = (uint32_t)strtoul(a[0], NULL, 10);
    if (scope->owner)
        buf_puts(out, experiment_device_name(device_experiment(scope->owner), device, name));
    else
        buf_printf(out, "R%u", device);
}

// The sum of a file on the flash: "flash:a.cfg".
static void call_md5(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    const char *colon = strchr(a[0], ':');
    const char *name = colon ? colon + 1 : a[0];
    const struct buf *file =
        scope->owner ? device_file(scope->owner, name + strspn(name, "/")) : NULL;
    char hex[MD5_HEX_BYTES];
    if (!file)
        return;
    md5_hex(buf_text(file), file->len, hex);
    buf_puts(out, hex);
}

// Is the command being undone?
static void call_negated(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    buf_puts(out, scope->parsed && scope->parsed->negated ? "1" : "");
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

// What rand gives on another device.
static void call_rand_of(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    struct template_scope other = {.seed = scope->seed, .device = (uint32_t)integer(a[0])};
    call_rand(&other, a + 1, n - 1, out);
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

static void call_scrambled(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    word_scramble(a[0], strlen(a[0]), out);
}

// Seconds since 1970, by the device's clock.
static void call_clock(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    buf_printf(out, "%" PRId64, scope->now_ms / 1000);
}

static void call_uptime(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    int64_t seconds = scope->now_ms / 1000 - scope->boot_s;
    buf_printf(out, "%" PRId64, seconds > 0 ? seconds : 0);
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

// The number of the entry a loop is at, if it was given one.
static void call_sequence(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    if (scope->at && scope->at->sequence)
        buf_printf(out, "%u", scope->at->sequence);
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

// The configuration that is being edited, where it is a candidate.
static void call_candidate(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    if (scope->config)
        config_write(scope->config, scope->platform, out);
}

// What it changes, line by line with + and -.
static void call_differences(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)a;
    (void)n;
    if (scope->config && scope->running)
        config_compare_signs(&scope->running->top, &scope->config->top, scope->platform, 0, out);
}

// What stands behind that word in a pipe ("rollback 1" of "show | compare rollback 1"), to the next
// bar; NULL: the command is not piped into it.
static const char *behind_pipe(const struct template_scope *scope, const char *pipe)
{
    const char *typed = scope->variables[VARIABLE_TYPED];
    for (const char *bar = typed ? strchr(typed, '|') : NULL; bar; bar = strchr(bar + 1, '|')) {
        const char *word = bar + 1 + strspn(bar + 1, " ");
        size_t len = strcspn(word, " |");
        if (len > 1 && strlen(pipe) >= len && !strncmp(pipe, word, len))
            return word + len + strspn(word + len, " ");
    }
    return NULL;
}

static void call_piped(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    buf_puts(out, behind_pipe(scope, a[0]) ? "1" : "");
}

static void call_piped_words(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    const char *words = behind_pipe(scope, a[0]);
    if (words)
        buf_add(out, words, strcspn(words, "|"));
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

static const struct function functions_of_configuration[] = {
    {"braces", 0, 1, true, call_braces},
    {"cfg", 1, 2, true, call_cfg},
    {"chance", 2, 2, false, call_chance},
    {"candidate", 0, 0, true, call_candidate},
    {"changed", 0, 0, true, call_changed},
    {"differences", 0, 0, true, call_differences},
    {"clock", 0, 0, false, call_clock},
    {"compare", 0, 0, true, call_compare},
    {"count", 1, 1, true, call_count},
    {"device_name", 1, 1, false, call_device_name},
    {"has", 1, 1, true, call_has},
    {"hex", 2, 2, false, call_hex},
    {"in", 2, 3, true, call_in},
    {"line_text", 0, 0, true, call_line_text},
    {"letters", 2, 2, false, call_letters},
    {"md5", 1, 1, false, call_md5},
    {"negated", 0, 0, false, call_negated},
    {"now", 1, 2, false, call_now},
    {"pair", 1, 2, false, call_pair},
    {"pending", 1, 1, true, call_pending},
    {"piped", 1, 1, false, call_piped},
    {"piped_words", 1, 1, false, call_piped_words},
    {"rand", 3, 3, false, call_rand},
    {"rand_of", 4, 4, false, call_rand_of},
    {"running", 0, 1, true, call_running},
    {"said", 1, 1, false, call_said},
    {"scrambled", 1, 1, false, call_scrambled},
    {"sequence", 0, 0, true, call_sequence},
    {"section_text", 0, 0, true, call_section},
    {"top", 1, 2, true, call_top},
    {"top_has", 1, 1, true, call_top_has},
    {"uptime", 0, 0, false, call_uptime},
    {"word", 1, 2, false, call_word},
    {0},
};

static const struct function *const tables[] = {
    functions_of_configuration,
    functions_of_addresses,
    functions_of_history,
    functions_of_texts,
};
enum { TABLES = sizeof tables / sizeof *tables };

const struct function *function_find(const char *name)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct function *function = tables[t]; function->name; function++)
            if (!strcmp(function->name, name))
                return function;
    return NULL;
}

const char *function_name(size_t i)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct function *function = tables[t]; function->name; function++)
            if (i-- == 0)
                return function->name;
    return NULL;
}
