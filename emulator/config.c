#include "emulator/config.h"

#include "emulator/config_addresses.h"
#include "emulator/config_index.h"
#include "emulator/platform_data.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONFIG_DEPTH_MAX = 8,
    LINES_LOOKED_AT = 256, // one by one for the place of another, if there are no more
    LINES_SEARCHED = 64,   // one by one for some words; more have an index
};

struct config *config_new(void)
{
    struct config *config = alloc_zero(1, sizeof *config);
    config->addresses = config_addresses_new();
    return config;
}

static void free_lines(struct config_line *line)
{
    for (size_t i = 0; i < line->n_lines; i++) {
        free_lines(line->lines[i]);
        free(line->lines[i]);
    }
    config_index_free(line->index);
    free(line->lines);
    free(line->text);
}

void config_free(struct config *config)
{
    if (!config)
        return;
    free_lines(&config->top);
    config_addresses_free(config->addresses);
    free(config);
}

// The networks that are counted for the whole configuration, if a section's lines have a part in
// that.
static struct config_addresses *addresses_of(const struct config_line *section)
{
    const struct config_line *top = section->parent;
    return top && !top->parent ? ((const struct config *)top)->addresses : NULL;
}

// A line is there from now on, or until now.
static void line_comes(struct config_line *in, struct config_line *line)
{
    struct config_addresses *addresses = addresses_of(in);
    if (in->index)
        config_index_add(in->index, line);
    if (addresses)
        config_addresses_add(addresses, in, line);
}

static void line_goes(struct config_line *in, struct config_line *line)
{
    struct config_addresses *addresses = addresses_of(in);
    struct config_addresses *below = addresses_of(line);
    if (in->index)
        config_index_remove(in->index, line);
    if (addresses)
        config_addresses_remove(addresses, in, line);
    for (size_t i = 0; below && i < line->n_lines; i++)
        config_addresses_remove(below, line, line->lines[i]);
}

static void insert_line(struct config_line *in, size_t at, struct config_line *line)
{
    line->parent = in;
    if ((in->n_lines & (in->n_lines - 1)) == 0) // doubles at each power of two
        in->lines = alloc_resize(in->lines, in->n_lines ? in->n_lines * 2 : 1, sizeof *in->lines);
    memmove(in->lines + at + 1, in->lines + at, (in->n_lines - at) * sizeof *in->lines);
    in->lines[at] = line;
    in->n_lines++;
    line_comes(in, line);
    if (in->index || in->n_lines <= LINES_SEARCHED)
        return;
    in->index = config_index_new();
    for (size_t i = 0; i < in->n_lines; i++)
        config_index_add(in->index, in->lines[i]);
}

struct config_line *config_append(struct config_line *in, const char *text, size_t len)
{
    struct config_line *line = alloc_zero(1, sizeof *line);
    line->text = alloc_strndup(text, len);
    insert_line(in, in->n_lines, line);
    return line;
}

void config_copy_lines(struct config_line *to, const struct config_line *from)
{
    for (size_t i = 0; i < from->n_lines; i++) {
        struct config_line *line =
            config_append(to, from->lines[i]->text, strlen(from->lines[i]->text));
        line->section = from->lines[i]->section;
        line->sequence = from->lines[i]->sequence;
        config_copy_lines(line, from->lines[i]);
    }
}

size_t config_bytes(const struct config_line *in)
{
    size_t sum = 0;
    for (size_t i = 0; i < in->n_lines; i++)
        sum += strlen(in->lines[i]->text) + 1 + config_bytes(in->lines[i]);
    return sum;
}

struct config *config_copy(const struct config *config)
{
    struct config *copy = config_new();
    config_copy_lines(&copy->top, &config->top);
    return copy;
}

// The length of a banner that starts at text: to the end of the line that has its delimiter again.
// 0 when it is no banner.
static size_t banner_len(const char *text)
{
    if (strncmp(text, "banner ", 7) != 0)
        return 0;
    const char *delimiter = strchr(text + 7, ' ');
    if (!delimiter || strcspn(text, "\n") < (size_t)(delimiter - text))
        return 0;
    delimiter++;
    if (!*delimiter || *delimiter == '\n' || *delimiter == '\r')
        return 0;
    size_t width = delimiter[0] == '^' && delimiter[1] == 'C' ? 2 : 1;
    char mark[3] = {0};
    memcpy(mark, delimiter, width);
    const char *close = strstr(delimiter + width, mark);
    return close ? (size_t)(close - text) + strcspn(close, "\n") : 0;
}

void config_read(struct config *config, const char *text)
{
    struct config_line *open[CONFIG_DEPTH_MAX + 1] = {&config->top};
    size_t indents[CONFIG_DEPTH_MAX + 1] = {0};
    size_t depth = 0; // open[depth] takes the next line of indents[depth]
    while (*text) {
        size_t indent = strspn(text, " ");
        const char *start = text + indent;
        size_t len = banner_len(start);
        if (!len)
            len = strcspn(start, "\r\n");
        text = start + len + strspn(start + len, "\r\n");
        if (len == 0 || *start == '!')
            continue;
        while (depth > 0 && indent < indents[depth])
            depth--;
        struct config_line *last =
            open[depth]->n_lines ? open[depth]->lines[open[depth]->n_lines - 1] : NULL;
        if (indent > indents[depth] && last && depth < CONFIG_DEPTH_MAX) {
            last->section = true;
            open[++depth] = last;
            indents[depth] = indent;
        }
        config_append(open[depth], start, len);
    }
}

void config_write_line(const struct config_line *line, const struct platform *platform,
                       size_t depth, struct buf *out)
{
    for (size_t i = 0; i < depth; i++)
        buf_puts(out, platform->config_indent);
    buf_puts(out, line->text);
    buf_putc(out, '\n');
    for (size_t i = 0; i < line->n_lines; i++)
        config_write_line(line->lines[i], platform, depth + 1, out);
    if (depth == 0 || !platform->nested_ends || (!line->section && !line->n_lines))
        return;
    for (size_t i = 0; i < depth; i++)
        buf_puts(out, platform->config_indent);
    buf_printf(out, "%s\n", platform->section_end);
}

// The place of a line in the platform's order: the longest beginning that fits; a line of no known
// place comes at the end, or where the order says "...". Entries that begin with a space are for
// lines below a section.
static size_t rank_of(const struct platform *platform, const char *text, bool below)
{
    size_t best = platform->n_order;
    size_t best_len = 0;
    for (size_t i = 0; i < platform->n_order; i++) {
        const char *beginning = platform->order[i];
        if ((*beginning == ' ') != below)
            continue;
        beginning += below;
        if (*beginning != *text && *beginning != '.')
            continue;
        size_t len = strlen(beginning);
        if (!strcmp(beginning, "...") && best_len == 0)
            best = i;
        else if (len > best_len && !strncmp(text, beginning, len)) {
            best = i;
            best_len = len;
        }
    }
    return best;
}

static bool separated(const struct platform *platform, size_t from, size_t to)
{
    for (size_t i = from + 1; i < to; i++)
        if (!strcmp(platform->order[i], "!"))
            return true;
    return false;
}

void config_write(const struct config *config, const struct platform *platform, struct buf *out)
{
    size_t before = 0;
    bool open = false; // the last thing printed was no separator
    const char *line_end = *platform->section_end == '\n' ? "" : "\n"; // "\n": an empty line
    for (size_t i = 0; i < config->top.n_lines; i++) {
        const struct config_line *line = config->top.lines[i];
        size_t rank = line->rank ? line->rank - 1u : rank_of(platform, line->text, false);
        bool section = line->section || line->n_lines;
        if (open && *platform->section_end && (section || separated(platform, before, rank)))
            buf_printf(out, "%s%s", platform->section_end, line_end);
        config_write_line(line, platform, 0, out);
        open = !section || !*platform->section_end;
        if (!open)
            buf_printf(out, "%s%s", platform->section_end, line_end);
        before = rank;
    }
}

bool config_begins(const char *line, const char *words)
{
    size_t len = strlen(words);
    return !strncmp(line, words, len) &&
           (len == 0 || !line[len] || line[len] == ' ' || line[len] == '\n');
}

// As config_find, where an index can tell: else *known is false.
static struct config_line *look_up(const struct config_line *in, const char *words, bool *known)
{
    *known = false;
    return in->index && *words ? config_index_find(in->index, words, known) : NULL;
}

struct config_line *config_find(const struct config_line *in, const char *words)
{
    bool known;
    struct config_line *line = look_up(in, words, &known);
    if (known)
        return line;
    for (size_t i = 0; i < in->n_lines; i++)
        if (config_begins(in->lines[i]->text, words))
            return in->lines[i];
    return NULL;
}

struct config_line *config_exact(const struct config_line *in, const char *text)
{
    bool known;
    struct config_line *line = look_up(in, text, &known);
    if (known)
        return line && !strcmp(line->text, text) ? line : NULL;
    for (size_t i = 0; i < in->n_lines; i++)
        if (!strcmp(in->lines[i]->text, text))
            return in->lines[i];
    return NULL;
}

const struct config_line *config_section(const struct config *config, const char *path)
{
    const struct config_line *line = &config->top;
    while (line && *path) {
        size_t len = strcspn(path, "\n");
        char *heading = alloc_strndup(path, len);
        line = config_exact(line, heading);
        free(heading);
        path += len + (path[len] == '\n');
    }
    return line;
}

static size_t slashes(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '/';
    return n;
}

// Numbers inside names compare as numbers: Loopback9 is before Loopback10; 0/3 is before 0/0/1.
static int compare_natural(const char *a, const char *b)
{
    if (slashes(a) != slashes(b))
        return slashes(a) < slashes(b) ? -1 : 1;
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            char *end_a;
            char *end_b;
            unsigned long long x = strtoull(a, &end_a, 10);
            unsigned long long y = strtoull(b, &end_b, 10);
            if (x != y)
                return x < y ? -1 : 1;
            a = end_a;
            b = end_b;
            continue;
        }
        if (*a != *b)
            return (unsigned char)*a - (unsigned char)*b;
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

// Where a new line belongs.
struct place {
    const struct platform *platform;
    const char *text;
    size_t rank;
    bool below;  // a section, not at the top
    bool sorted; // interfaces go by number
};

static bool comes_before(struct config_line *line, const struct place *place)
{
    if (!line->rank)
        line->rank = (uint16_t)(rank_of(place->platform, line->text, place->below) + 1);
    size_t rank = line->rank - 1u;
    return rank < place->rank || (rank == place->rank &&
                                  (!place->sorted || compare_natural(line->text, place->text) < 0));
}

// Behind the last line that comes before it. Thousands of interfaces, which are in order, are not
// looked at one by one for each further one: the time for it grows with the square of their number.
static size_t place_for(const struct config_line *in, const struct platform *platform,
                        const char *text, bool below)
{
    struct place place = {
        .platform = platform,
        .text = text,
        .rank = rank_of(platform, text, below),
        .below = below,
        .sorted = !below && !strncmp(text, "interface ", strlen("interface ")),
    };
    size_t first = 0;
    size_t at = in->n_lines;
    while (in->n_lines > LINES_LOOKED_AT && at > first) {
        size_t middle = first + (at - first) / 2;
        if (comes_before(in->lines[middle], &place))
            first = middle + 1;
        else
            at = middle;
    }
    while (at > first && !comes_before(in->lines[at - 1], &place))
        at--;
    return at;
}

static void set_text(struct config_line *in, struct config_line *line, const char *text)
{
    line_goes(in, line);
    free(line->text);
    line->text = alloc_strdup(text);
    line->rank = 0;
    line_comes(in, line);
    struct config_addresses *below = addresses_of(line);
    for (size_t i = 0; below && i < line->n_lines; i++)
        config_addresses_add(below, line, line->lines[i]);
}

struct config_line *config_set(struct config *config, struct config_line *in,
                               const struct platform *platform, const char *text, size_t key_len)
{
    char *key = alloc_strndup(text, key_len);
    struct config_line *line = config_find(in, key);
    free(key);
    if (line) {
        if (strcmp(line->text, text) != 0)
            set_text(in, line, text);
        return line;
    }
    line = alloc_zero(1, sizeof *line);
    line->text = alloc_strdup(text);
    insert_line(in, place_for(in, platform, text, in != &config->top), line);
    return line;
}

// The array is kept at the power of two that insert_line expects for this length.
static void shrink(struct config_line *in, size_t kept)
{
    in->n_lines = kept;
    if (!kept)
        return;
    size_t cap = 1;
    while (cap < kept)
        cap *= 2;
    in->lines = alloc_resize(in->lines, cap, sizeof *in->lines);
}

static size_t remove_if(struct config_line *in,
                        bool (*wanted)(const struct config_line *line, const void *what),
                        const void *what)
{
    size_t kept = 0;
    size_t before = in->n_lines;
    for (size_t i = 0; i < before; i++) {
        if (!wanted(in->lines[i], what)) {
            in->lines[kept++] = in->lines[i];
            continue;
        }
        line_goes(in, in->lines[i]);
        free_lines(in->lines[i]);
        free(in->lines[i]);
    }
    shrink(in, kept);
    return before - kept;
}

static void remove_line(struct config_line *in, size_t at)
{
    struct config_line *line = in->lines[at];
    line_goes(in, line);
    memmove(in->lines + at, in->lines + at + 1, (in->n_lines - at - 1) * sizeof *in->lines);
    shrink(in, in->n_lines - 1);
    free_lines(line);
    free(line);
}

static bool begins_so(const struct config_line *line, const void *words)
{
    return config_begins(line->text, words);
}

size_t config_remove(struct config_line *in, const char *words)
{
    bool known;
    struct config_line *line = look_up(in, words, &known);
    if (known && line) {
        size_t at = 0;
        while (in->lines[at] != line)
            at++;
        remove_line(in, at);
    }
    if (known)
        return line != NULL;
    return remove_if(in, begins_so, words);
}

// Sequence numbers.

enum { SEQUENCE_STEP = 10 };

static bool is_remark(const struct config_line *line)
{
    return config_begins(line->text, "remark");
}

static const struct config_line *last_entry(const struct config_line *in)
{
    size_t n = in->n_lines;
    while (n && is_remark(in->lines[n - 1]))
        n--;
    return n ? in->lines[n - 1] : NULL;
}

// Gives every entry its number: that it has, or ten more than the one before. They all have one
// once the last one has.
static void number_entries(struct config_line *in)
{
    const struct config_line *end = last_entry(in);
    uint32_t last = 0;
    if (!end || end->sequence)
        return;
    for (size_t i = 0; i < in->n_lines; i++) {
        struct config_line *line = in->lines[i];
        if (is_remark(line))
            continue;
        if (!line->sequence)
            line->sequence = last + SEQUENCE_STEP;
        last = line->sequence;
    }
}

// Where the first entry of that number or a higher one is; n_lines when there is none. Remarks,
// which have no number, are passed over on the way to an entry before them.
static size_t entry_from(const struct config_line *in, uint32_t sequence)
{
    size_t first = 0;
    size_t end = in->n_lines;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        size_t entry = middle;
        while (entry > first && is_remark(in->lines[entry]))
            entry--;
        if (is_remark(in->lines[entry]) || in->lines[entry]->sequence < sequence)
            first = middle + 1;
        else
            end = entry;
    }
    return first;
}

bool config_add_numbered(struct config_line *in, const char *text, uint32_t sequence)
{
    if (!sequence && config_exact(in, text))
        return true;
    number_entries(in);
    const struct config_line *last = last_entry(in);
    if (!sequence)
        sequence = (last ? last->sequence : 0) + SEQUENCE_STEP;
    size_t at = entry_from(in, sequence);
    if (at < in->n_lines && in->lines[at]->sequence == sequence)
        return !strcmp(in->lines[at]->text, text);
    struct config_line *line = alloc_zero(1, sizeof *line);
    line->text = alloc_strdup(text);
    line->sequence = sequence;
    insert_line(in, at, line);
    return true;
}

bool config_remove_numbered(struct config_line *in, uint32_t sequence)
{
    number_entries(in);
    size_t at = entry_from(in, sequence);
    if (at == in->n_lines || in->lines[at]->sequence != sequence)
        return false;
    remove_line(in, at);
    return true;
}
