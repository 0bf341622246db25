#include "emulator/config_forms.h"

#include "emulator/platform_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 4 };

static void put_spaces(size_t n, struct buf *out)
{
    while (n-- > 0)
        buf_putc(out, ' ');
}

// The path as the words of one line.
static void put_path(const char *path, struct buf *out)
{
    for (const char *p = path; *p; p++)
        buf_putc(out, *p == '\n' ? ' ' : *p);
}

static char *path_below(const char *path, const char *heading)
{
    return alloc_printf("%s%s%s", path, *path ? "\n" : "", heading);
}

static void write_statement(const struct config_line *line, const char *margin, size_t indent,
                            struct buf *out)
{
    buf_puts(out, margin);
    put_spaces(indent, out);
    if (!line->n_lines) {
        buf_printf(out, "%s;\n", line->text);
        return;
    }
    buf_printf(out, "%s {\n", line->text);
    for (size_t i = 0; i < line->n_lines; i++)
        write_statement(line->lines[i], margin, indent + INDENT, out);
    buf_puts(out, margin);
    put_spaces(indent, out);
    buf_puts(out, "}\n");
}

void config_write_braces(const struct config_line *in, size_t depth, struct buf *out)
{
    for (size_t i = 0; i < in->n_lines; i++)
        write_statement(in->lines[i], "", depth * INDENT, out);
}

void config_write_set(const struct config_line *in, const char *path, struct buf *out)
{
    for (size_t i = 0; i < in->n_lines; i++) {
        const struct config_line *line = in->lines[i];
        char *below = path_below(path, line->text);
        if (line->n_lines)
            config_write_set(line, below, out);
        else {
            buf_puts(out, "set ");
            put_path(below, out);
            buf_putc(out, '\n');
        }
        free(below);
    }
}

bool config_same(const struct config_line *a, const struct config_line *b)
{
    if (a->n_lines != b->n_lines)
        return false;
    for (size_t i = 0; i < a->n_lines; i++)
        if (strcmp(a->lines[i]->text, b->lines[i]->text) != 0 ||
            !config_same(a->lines[i], b->lines[i]))
            return false;
    return true;
}

static void put_heading(const char *path, bool *done, struct buf *out)
{
    if (*done)
        return;
    *done = true;
    buf_puts(out, "[edit");
    if (*path)
        buf_putc(out, ' ');
    put_path(path, out);
    buf_puts(out, "]\n");
}

// The lines of `in` that `other` has not.
static void compare_one_way(const struct config_line *in, const struct config_line *other,
                            const char *sign, const char *path, bool *heading, struct buf *out)
{
    for (size_t i = 0; i < in->n_lines; i++) {
        const struct config_line *line = in->lines[i];
        if (config_exact(other, line->text))
            continue;
        put_heading(path, heading, out);
        write_statement(line, sign, line->n_lines ? 3 : 2, out); // a block is one column further in
    }
}

void config_compare_braces(const struct config_line *before, const struct config_line *after,
                           const char *path, struct buf *out)
{
    bool heading = false;
    compare_one_way(before, after, "-", path, &heading, out);
    compare_one_way(after, before, "+", path, &heading, out);
    for (size_t i = 0; i < after->n_lines; i++) {
        const struct config_line *line = after->lines[i];
        const struct config_line *old = config_exact(before, line->text);
        if (!old)
            continue;
        char *below = path_below(path, line->text);
        config_compare_braces(old, line, below, out);
        free(below);
    }
}

static void put_indent(const struct platform *platform, size_t depth, struct buf *out)
{
    for (size_t i = 0; i < depth; i++)
        buf_puts(out, platform->config_indent);
}

static void put_signed(const struct config_line *line, const struct platform *platform,
                       size_t depth, char sign, struct buf *out)
{
    struct buf text = {0};
    config_write_line(line, platform, depth, &text);
    if (!depth && line->n_lines)
        buf_printf(&text, "%s\n", platform->section_end);
    for (const char *at = buf_text(&text); *at;) {
        size_t len = strcspn(at, "\n");
        buf_printf(out, "%c%.*s\n", sign, (int)len, at);
        at += len + (at[len] == '\n');
    }
    buf_fini(&text);
}

void config_compare_signs(const struct config_line *before, const struct config_line *after,
                          const struct platform *platform, size_t depth, struct buf *out)
{
    for (size_t i = 0; i < before->n_lines; i++)
        if (!config_exact(after, before->lines[i]->text))
            put_signed(before->lines[i], platform, depth, '-', out);
    for (size_t i = 0; i < after->n_lines; i++) {
        const struct config_line *line = after->lines[i];
        const struct config_line *old = config_exact(before, line->text);
        if (!old) {
            put_signed(line, platform, depth, '+', out);
        } else if (!config_same(old, line)) {
            buf_putc(out, ' ');
            put_indent(platform, depth, out);
            buf_printf(out, "%s\n", line->text);
            config_compare_signs(old, line, platform, depth + 1, out);
        }
    }
}

static void put_contextual(const struct config_line *line, const struct platform *platform,
                           size_t depth, char sign, struct buf *out)
{
    put_indent(platform, depth, out);
    buf_printf(out, "%c%s\n", sign, line->text);
    for (size_t i = 0; i < line->n_lines; i++)
        put_contextual(line->lines[i], platform, depth + 1, sign, out);
}

void config_compare_contextual(const struct config_line *before, const struct config_line *after,
                               const struct platform *platform, size_t depth, struct buf *out)
{
    for (size_t i = 0; i < after->n_lines; i++) {
        const struct config_line *line = after->lines[i];
        const struct config_line *old = config_exact(before, line->text);
        if (!old) {
            put_contextual(line, platform, depth, '+', out);
        } else if (!config_same(old, line)) {
            put_indent(platform, depth, out);
            buf_printf(out, "%s\n", line->text);
            config_compare_contextual(old, line, platform, depth + 1, out);
        }
    }
    for (size_t i = 0; i < before->n_lines; i++)
        if (!config_exact(after, before->lines[i]->text))
            put_contextual(before->lines[i], platform, depth, '-', out);
}

static bool is_one_word_more(const struct config_line *line, const char *text, size_t len)
{
    return !strncmp(line->text, text, len) && !strchr(line->text + len, ' ');
}

// Does `in` have another line for the one that went: the same but for its last word? A section goes
// by itself.
static bool is_replaced(const struct config_line *in, const struct config_line *gone)
{
    const char *text = gone->text;
    const char *last = strrchr(text, ' ');
    if (!last || gone->section || gone->n_lines)
        return false;
    size_t len = (size_t)(last - text) + 1;
    char *words = alloc_strndup(text, len - 1);
    const struct config_line *line = config_find(in, words);
    free(words);
    if (line && is_one_word_more(line, text, len))
        return true;
    for (size_t i = 0; line && i < in->n_lines; i++)
        if (is_one_word_more(in->lines[i], text, len))
            return true;
    return false;
}

void config_compare_lines(const struct config_line *before, const struct config_line *after,
                          const struct platform *platform, const char *no, size_t depth,
                          struct buf *out)
{
    for (size_t i = 0; i < before->n_lines; i++)
        if (!config_exact(after, before->lines[i]->text) && !is_replaced(after, before->lines[i])) {
            put_indent(platform, depth, out);
            buf_printf(out, "%s %s\n", no, before->lines[i]->text);
        }
    for (size_t i = 0; i < after->n_lines; i++) {
        const struct config_line *line = after->lines[i];
        const struct config_line *old = config_exact(before, line->text);
        if (old && config_same(old, line))
            continue;
        if (old) {
            put_indent(platform, depth, out);
            buf_printf(out, "%s\n", line->text);
            config_compare_lines(old, line, platform, no, depth + 1, out);
        } else
            config_write_line(line, platform, depth, out);
        bool ends = depth == 0 ? *platform->section_end != 0 : old && platform->nested_ends;
        if (!ends || (!line->section && !line->n_lines))
            continue;
        put_indent(platform, depth, out);
        buf_printf(out, "%s\n", platform->section_end);
    }
}
