#include "plots/compare_text.h"

#include "base/csv_cell.h"
#include "base/units.h"
#include "plots/gp_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What names a run in the table: its strategy and workers, and whatever else differs.
static char *run_name(const struct dataset *dataset, const struct pair *pair)
{
    unsigned dims = dataset->varying | DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_WORKERS);
    return dim_join(pair->reference->row, dims);
}

static const char *label_of(const struct dataset *dataset, size_t folder)
{
    return dataset->folders[folder].label;
}

static char *human(const struct pair *pair, double value, char *text, size_t len)
{
    if (!pair->are_answers)
        return units_human_duration(units_ns(value), text, len);
    snprintf(text, len, "%.0f /s", value);
    return text;
}

static size_t widest_name(const struct dataset *dataset, const struct pairs *pairs)
{
    size_t widest = strlen("run");
    for (size_t i = 0; i < pairs->len; i++) {
        char *name = run_name(dataset, &pairs->items[i]);
        size_t width = gp_characters(name);
        widest = width > widest ? width : widest;
        free(name);
    }
    return widest;
}

static size_t at_least(const char *label, size_t width)
{
    size_t len = gp_characters(label);
    return len > width ? len : width;
}

static void write_padded(const char *text, size_t width, struct buf *out)
{
    buf_puts(out, text);
    for (size_t len = gp_characters(text); len < width; len++)
        buf_putc(out, ' ');
}

static void write_right(const char *text, size_t width, struct buf *out)
{
    for (size_t len = gp_characters(text); len < width; len++)
        buf_putc(out, ' ');
    buf_puts(out, text);
}

static void write_left_behind(const struct dataset *dataset, const struct pairs *pairs,
                              struct buf *out)
{
    for (size_t f = 0; f < 2; f++)
        if (pairs->unpaired[f]) {
            char *name = folder_name(&dataset->folders[f]);
            buf_printf(out, "%zu %s only in %s\n", pairs->unpaired[f],
                       pairs->unpaired[f] == 1 ? "run is" : "runs are", name);
            free(name);
        }
}

void compare_table(const struct dataset *dataset, const struct pairs *pairs, struct buf *out)
{
    const char *other = label_of(dataset, 1 - pairs->reference);
    const char *reference = label_of(dataset, pairs->reference);
    size_t name_width = widest_name(dataset, pairs);
    size_t other_width = at_least(other, 9) + 2;
    size_t reference_width = at_least(reference, 9) + 2;
    write_padded("run", name_width, out);
    write_right(other, other_width, out);
    write_right(reference, reference_width, out);
    buf_puts(out, "   ratio     error\n");
    for (size_t i = 0; i < pairs->len; i++) {
        const struct pair *pair = &pairs->items[i];
        char text[32];
        char *name = run_name(dataset, pair);
        write_padded(name, name_width, out);
        write_right(human(pair, pair->other_value, text, sizeof text), other_width, out);
        write_right(human(pair, pair->reference_value, text, sizeof text), reference_width, out);
        buf_printf(out, "  %6.3f  %+7.1f %%\n", pair->other_value / pair->reference_value,
                   100 * pair->error);
        free(name);
    }
    bool answers = pairs->len && pairs->items[0].are_answers;
    buf_printf(out, "\n%zu %s compared, by %s: the error is\n", pairs->len,
               pairs->len == 1 ? "run" : "runs",
               answers ? "their answers a second" : "their median wall times");
    buf_printf(
        out, "%.1f %% in the middle (median), at most %.1f %% in nine of ten, %.1f %% at worst\n",
        100 * pairs_error(pairs, 0.5), 100 * pairs_error(pairs, 0.9), 100 * pairs_error(pairs, 1));
    write_left_behind(dataset, pairs, out);
}

void compare_csv(const struct dataset *dataset, const struct pairs *pairs, struct buf *out)
{
    buf_puts(out, "run,");
    csv_cell(out, label_of(dataset, 1 - pairs->reference));
    buf_putc(out, ',');
    csv_cell(out, label_of(dataset, pairs->reference));
    buf_puts(out, ",ratio,error\n");
    for (size_t i = 0; i < pairs->len; i++) {
        const struct pair *pair = &pairs->items[i];
        char *name = run_name(dataset, pair);
        csv_cell(out, name);
        buf_printf(out, ",%.9g,%.9g,%.6g,%.6g\n", pair->other_value, pair->reference_value,
                   pair->other_value / pair->reference_value, pair->error);
        free(name);
    }
}
