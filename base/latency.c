#include "base/latency.h"

#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum argument { ARG_NONE, ARG_DURATION, ARG_SHAPE };

static const struct form {
    const char *name;
    enum latency_kind kind;
    enum argument second;
    double shape_min; // the shape must be above it
    const char *example;
} forms[] = {
    {"uniform", LATENCY_UNIFORM, ARG_DURATION, 0, "uniform(100ms, 200ms)"},
    {"normal", LATENCY_NORMAL, ARG_DURATION, 0, "normal(150ms, 30ms)"},
    {"lognormal", LATENCY_LOGNORMAL, ARG_SHAPE, 0, "lognormal(150ms, 0.5)"},
    {"exponential", LATENCY_EXPONENTIAL, ARG_NONE, 0, "exponential(150ms)"},
    {"pareto", LATENCY_PARETO, ARG_SHAPE, 1, "pareto(100ms, 2.5)"},
};
static const size_t n_forms = sizeof forms / sizeof *forms;

static const struct form *find_form(const char *name)
{
    for (size_t i = 0; i < n_forms; i++)
        if (!strcmp(forms[i].name, name))
            return &forms[i];
    return NULL;
}

static int unknown_form(const char *name, struct err *err)
{
    const char *names[sizeof forms / sizeof *forms + 1] = {0};
    for (size_t i = 0; i < n_forms; i++)
        names[i] = forms[i].name;
    const char *near = units_nearest_word(name, names);
    if (near)
        return err_input(err, "unknown distribution '%s'; did you mean '%s'?", name, near);
    return err_input(err,
                     "unknown distribution '%s'; there are uniform, normal, lognormal, "
                     "exponential and pareto",
                     name);
}

static char *trim(char *text)
{
    while (*text == ' ')
        text++;
    size_t len = strlen(text);
    while (len && text[len - 1] == ' ')
        text[--len] = '\0';
    return text;
}

static int read_shape(const struct form *form, const char *text, double *shape, struct err *err)
{
    char *end;
    *shape = strtod(text, &end);
    if (end == text || *end || !isfinite(*shape) || *shape <= form->shape_min || *shape > 100)
        return err_input(err,
                         "'%s' is not a shape for %s; it must be above %g and at most 100, like %s",
                         text, form->name, form->shape_min, form->example);
    return 0;
}

static int read_form(const struct form *form, char *first, struct latency *latency, struct err *err)
{
    char *second = strchr(first, ',');
    if (second)
        *second++ = '\0';
    if (!second != (form->second == ARG_NONE))
        return err_input(err, "%s takes %s, like %s", form->name,
                         second ? "one value" : "two values", form->example);
    latency->kind = form->kind;
    if (units_duration(trim(first), &latency->a_ns, err) < 0)
        return -1;
    if (!second)
        return 0;
    if (form->second == ARG_SHAPE)
        return read_shape(form, trim(second), &latency->shape, err);
    if (units_duration(trim(second), &latency->b_ns, err) < 0)
        return -1;
    if (form->kind == LATENCY_UNIFORM && latency->b_ns < latency->a_ns)
        return err_input(err, "uniform wants the lowest value first, like %s", form->example);
    return 0;
}

int latency_parse(const char *text, struct latency *latency, struct err *err)
{
    *latency = (struct latency){0};
    const char *open = strchr(text, '(');
    if (!open)
        return units_duration(text, &latency->a_ns, err);
    char copy[128];
    if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy)
        return err_input(err, "'%.40s...' is too long for a duration", text);
    char *arguments = copy + (open - text);
    *arguments++ = '\0';
    char *close = strrchr(arguments, ')');
    if (!close && !strchr(arguments, ',')) // YAML has cut it there
        return err_input(err, "'%s' does not end in ')'; in { } it needs quotes, like \"%s\"", text,
                         "lognormal(150ms, 0.5)");
    if (!close || *trim(close + 1))
        return err_input(err, "'%s' does not end in ')'", text);
    *close = '\0';
    const struct form *form = find_form(trim(copy));
    if (!form)
        return unknown_form(trim(copy), err);
    return read_form(form, arguments, latency, err);
}

// The shortest text that reads back to the same number: 0.3, not 0.29999999999999999.
static void format_shape(double shape, char *text, size_t len)
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, len, "%.*g", digits, shape);
        if (strtod(text, NULL) == shape)
            return;
    }
}

char *latency_format(const struct latency *latency, char *buf, size_t len)
{
    char a[32];
    char b[32];
    char shape[32];
    units_format_duration(latency->a_ns, a, sizeof a);
    units_format_duration(latency->b_ns, b, sizeof b);
    format_shape(latency->shape, shape, sizeof shape);
    switch (latency->kind) {
    case LATENCY_CONSTANT:
        snprintf(buf, len, "%s", a);
        break;
    case LATENCY_UNIFORM:
        snprintf(buf, len, "uniform(%s, %s)", a, b);
        break;
    case LATENCY_NORMAL:
        snprintf(buf, len, "normal(%s, %s)", a, b);
        break;
    case LATENCY_LOGNORMAL:
        snprintf(buf, len, "lognormal(%s, %s)", a, shape);
        break;
    case LATENCY_EXPONENTIAL:
        snprintf(buf, len, "exponential(%s)", a);
        break;
    case LATENCY_PARETO:
        snprintf(buf, len, "pareto(%s, %s)", a, shape);
        break;
    }
    return buf;
}

// Box and Muller's transform; the second value is thrown away so that a draw has no memory.
static double standard_normal(struct rng *rng)
{
    double u = 1 - rng_uniform(rng); // (0, 1]
    double angle = 6.283185307179586 * rng_uniform(rng);
    return sqrt(-2 * log(u)) * cos(angle);
}

uint64_t latency_draw(const struct latency *latency, struct rng *rng)
{
    double a = (double)latency->a_ns;
    double value = 0;
    switch (latency->kind) {
    case LATENCY_CONSTANT:
        return latency->a_ns;
    case LATENCY_UNIFORM:
        value = a + ((double)latency->b_ns - a) * rng_uniform(rng);
        break;
    case LATENCY_NORMAL:
        value = a + (double)latency->b_ns * standard_normal(rng);
        break;
    case LATENCY_LOGNORMAL:
        value = a * exp(latency->shape * standard_normal(rng));
        break;
    case LATENCY_EXPONENTIAL:
        value = -a * log(1 - rng_uniform(rng));
        break;
    case LATENCY_PARETO:
        value = a * pow(1 - rng_uniform(rng), -1 / latency->shape);
        break;
    }
    if (!(value > 0)) // nor is it a number where 0 was stretched without end
        return 0;
    if (value > (double)UNITS_DURATION_MAX_NS)
        return UNITS_DURATION_MAX_NS;
    return (uint64_t)value;
}

bool latency_is_zero(const struct latency *latency)
{
    return latency->a_ns == 0 && latency->b_ns == 0;
}
