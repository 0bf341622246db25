#include "plots/chart_option.h"

#include "base/alloc.h"
#include "base/units.h"
#include "plots/charts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Splits "a,b" into the entries of names it stands for.
static int split(const char *option, const char *what, const char *const *names, const char **out,
                 struct err *err)
{
    char *copy = alloc_strdup(option);
    char *rest = copy;
    int n = 0;
    int result = 0;
    for (char *word = strsep(&rest, ","); word && result == 0; word = strsep(&rest, ",")) {
        int i = 0;
        while (names[i] && strcmp(names[i], word) != 0)
            i++;
        const char *near = names[i] ? NULL : units_nearest_word(word, names);
        if (names[i] && n < CHART_WORDS_MAX)
            out[n++] = names[i];
        else if (names[i])
            result = err_input(err, "more than %d %ss are named", CHART_WORDS_MAX, what);
        else if (near)
            result = err_input(err, "unknown %s '%s'; did you mean '%s'?", what, word, near);
        else {
            result = err_input(err, "unknown %s '%s'; there are %s", what, word, names[0]);
            for (i = 1; names[i]; i++)
                snprintf(err->text + strlen(err->text), sizeof err->text - strlen(err->text),
                         ", %s", names[i]);
        }
    }
    out[n] = NULL;
    free(copy);
    return result;
}

int chart_formats(const char *option, const char **out, struct err *err)
{
    static const char *const formats[] = {"svg", "png", "pdf", "text", NULL};
    return split(option ? option : "svg,png", "format", formats, out, err);
}

int chart_names(const char *option, const char **out, struct err *err)
{
    const char *names[CHART_WORDS_MAX + 1] = {0};
    for (int i = 0; charts[i].name && i < CHART_WORDS_MAX; i++)
        names[i] = charts[i].name;
    out[0] = NULL;
    return option ? split(option, "chart", names, out, err) : 0;
}
