#include "emulator/config_diff.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXT = 3 };

// A line of either, in the order in which they are shown.
struct shown {
    const char *text;
    size_t depth;
    char sign; // ' ' of both
};

struct diff {
    struct shown *lines;
    size_t n;
};

static void add(struct diff *diff, const char *text, size_t depth, char sign)
{
    if ((diff->n & (diff->n - 1)) == 0) // doubles at each power of two
        diff->lines = alloc_resize(diff->lines, diff->n ? diff->n * 2 : 1, sizeof *diff->lines);
    diff->lines[diff->n++] = (struct shown){text, depth, sign};
}

static void add_whole(struct diff *diff, const struct config_line *line, size_t depth, char sign)
{
    add(diff, line->text, depth, sign);
    for (size_t i = 0; i < line->n_lines; i++)
        add_whole(diff, line->lines[i], depth + 1, sign);
}

// A line and where it stands among its neighbours.
struct place {
    const char *text;
    size_t at;
};

static int by_text(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static struct place *sorted(const struct config_line *in)
{
    struct place *places = alloc_zero(in->n_lines + 1, sizeof *places);
    for (size_t i = 0; i < in->n_lines; i++)
        places[i] = (struct place){in->lines[i]->text, i};
    if (in->n_lines)
        qsort(places, in->n_lines, sizeof *places, by_text);
    return places;
}

// For each line of after the number of one of before with the same text, from 1; 0: there is none.
// No number comes twice. Both are walked through in the order of their texts.
static size_t *match(const struct config_line *before, const struct config_line *after)
{
    struct place *old = sorted(before);
    struct place *new = sorted(after);
    size_t *matches = alloc_zero(after->n_lines + 1, sizeof *matches);
    for (size_t i = 0, k = 0; i < before->n_lines && k < after->n_lines;) {
        int order = strcmp(old[i].text, new[k].text);
        if (order == 0)
            matches[new[k].at] = old[i].at + 1;
        i += order <= 0;
        k += order >= 0;
    }
    free(old);
    free(new);
    return matches;
}

// Of the matches only the longest series that rises is kept: the lines that did not move. By
// patience sorting: tails[k] is where the best series of k + 1 ends so far.
static void keep_rising(size_t *matches, size_t n)
{
    size_t *tails = alloc_zero(n + 1, sizeof *tails);
    size_t *earlier = alloc_zero(n + 1, sizeof *earlier); // the one before in its series, from 1
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        if (!matches[i])
            continue;
        size_t low = 0;
        size_t high = length;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (matches[tails[middle]] < matches[i])
                low = middle + 1;
            else
                high = middle;
        }
        earlier[i] = low ? tails[low - 1] + 1 : 0;
        tails[low] = i;
        length = low == length ? length + 1 : length;
    }
    size_t next = length ? tails[length - 1] + 1 : 0;
    for (size_t i = n; i-- > 0;)
        if (next == i + 1)
            next = earlier[i];
        else
            matches[i] = 0;
    free(earlier);
    free(tails);
}

static void compare(struct diff *diff, const struct config_line *before,
                    const struct config_line *after, size_t depth)
{
    size_t *matches = match(before, after);
    size_t old = 0;
    keep_rising(matches, after->n_lines);
    for (size_t i = 0; i <= after->n_lines;) {
        size_t stays = i; // the next line that does
        while (stays < after->n_lines && !matches[stays])
            stays++;
        size_t goes_on = stays < after->n_lines ? matches[stays] - 1 : before->n_lines;
        for (; old < goes_on; old++)
            add_whole(diff, before->lines[old], depth, '-');
        for (; i < stays; i++)
            add_whole(diff, after->lines[i], depth, '+');
        if (i++ == after->n_lines)
            break;
        add(diff, after->lines[stays]->text, depth, ' ');
        compare(diff, before->lines[old++], after->lines[stays], depth + 1);
    }
    free(matches);
}

// The hunk that begins at the line: up to where no change is near any more.
static size_t hunk_end(const struct diff *diff, size_t begin)
{
    size_t quiet = 0;
    size_t i = begin;
    for (; i < diff->n && quiet <= 2 * CONTEXT; i++)
        quiet = diff->lines[i].sign == ' ' ? quiet + 1 : 0;
    return quiet > CONTEXT ? i - (quiet - CONTEXT) : i;
}

static void put_line(const struct shown *line, const char *indent, struct buf *out)
{
    buf_putc(out, line->sign);
    for (size_t i = 0; i < line->depth; i++)
        buf_puts(out, indent);
    buf_printf(out, "%s\n", line->text);
}

static void put_hunk(const struct diff *diff, size_t begin, size_t end, const size_t first[2],
                     const char *indent, struct buf *out)
{
    size_t n[2] = {0, 0}; // lines of before, of after
    for (size_t i = begin; i < end; i++) {
        n[0] += diff->lines[i].sign != '+';
        n[1] += diff->lines[i].sign != '-';
    }
    buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", first[0], n[0], first[1], n[1]);
    for (size_t i = begin; i < end; i++)
        put_line(&diff->lines[i], indent, out);
}

static void put_hunks(const struct diff *diff, const char *indent, struct buf *out)
{
    size_t number[2] = {1, 1}; // of the line at `at`
    size_t at = 0;
    for (size_t i = 0; i < diff->n; i++) {
        if (diff->lines[i].sign == ' ')
            continue;
        size_t begin = i - at > CONTEXT ? i - CONTEXT : at;
        number[0] += begin - at; // all of both
        number[1] += begin - at;
        size_t end = hunk_end(diff, i);
        put_hunk(diff, begin, end, number, indent, out);
        for (at = begin; at < end; at++) {
            number[0] += diff->lines[at].sign != '+';
            number[1] += diff->lines[at].sign != '-';
        }
        i = end - 1;
    }
}

void config_diff(const struct config *before, const struct config *after, const char *indent,
                 struct buf *out)
{
    struct diff diff = {0};
    compare(&diff, &before->top, &after->top, 0);
    put_hunks(&diff, indent, out);
    free(diff.lines);
}
