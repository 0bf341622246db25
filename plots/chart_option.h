// The options that name charts and formats, the same for every command that draws.
#ifndef PLOTS_CHART_OPTION_H
#define PLOTS_CHART_OPTION_H

#include "base/err.h"

enum { CHART_WORDS_MAX = 16 };

// "svg,png" as a list ended by NULL of at most CHART_WORDS_MAX; option NULL: svg and png.
int chart_formats(const char *option, const char **out, struct err *err);
// Names of charts; option NULL: the empty list.
int chart_names(const char *option, const char **out, struct err *err);

#endif
