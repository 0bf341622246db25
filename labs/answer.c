#include "labs/answer.h"

#include "base/alloc.h"
#include "base/results.h"
#include "base/spread.h"
#include "base/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int answer_read(const char *text, double *prediction, struct err *err)
{
    char *end;
    double value = strtod(text, &end);
    const char *unit = end + strspn(end, " ");
    if (end == text || !isfinite(value) || value <= 0)
        return err_input(err, "'%s' is not a prediction; it is a number above 0, like 2.5", text);
    uint64_t ns;
    if (!*unit || !strcmp(unit, "x")) {
        *prediction = value;
    } else if (units_duration(text, &ns, err) < 0) {
        return -1;
    } else {
        *prediction = (double)ns / 1e9;
    }
    return 0;
}

static bool is_row(const struct run_row *row, const struct lab_row *wanted, struct err *err)
{
    for (size_t i = 0; wanted->columns[i]; i++) {
        const char *text;
        double number;
        if (results_run_cell(row, wanted->columns[i], &text, &number, err) < 0)
            return false;
        bool same =
            text ? !strcmp(text, wanted->values[i]) : number == strtod(wanted->values[i], NULL);
        if (!same)
            return false;
    }
    return true;
}

// The median of a column over the rows that are meant; NAN when there is none.
static double median(const struct run_row *rows, size_t count, const char *column,
                     const struct lab_row *wanted, struct err *err)
{
    double *values = alloc_zero(count + 1, sizeof *values);
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        const char *text;
        double number;
        if (is_row(&rows[i], wanted, err) &&
            results_run_cell(&rows[i], column, &text, &number, err) == 0 && !text)
            values[len++] = number;
    }
    double result = spread_of(values, len).median;
    free(values);
    return result;
}

int answer_find(const struct lab *lab, const char *dir, double *answers, struct err *err)
{
    size_t count;
    struct run_row *rows = results_read_runs(dir, &count, err);
    if (!rows)
        return -1;
    int result = 0;
    for (size_t i = 0; i < lab->n_questions && result == 0; i++) {
        const struct lab_question *question = &lab->questions[i];
        *err = (struct err){0};
        answers[i] = median(rows, count, question->take, &question->of, err);
        if (question->over.columns[0])
            answers[i] /= median(rows, count, question->take, &question->over, err);
        if (isnan(answers[i]))
            result = *err->text
                         ? -1
                         : err_input(err, "'%s' has no run that answers: %s", dir, question->ask);
    }
    free(rows);
    return result;
}

// A quarter off is a good guess; a factor of two still has the right idea.
static const char *judge(double prediction, double answer)
{
    double factor = prediction > answer ? prediction / answer : answer / prediction;
    if (factor <= 1.25)
        return "close";
    return factor <= 2 ? "right size" : "think again";
}

void answer_print(const struct lab *lab, const double *predictions, const double *answers,
                  FILE *out)
{
    fprintf(out, "%10s %10s %8s  %s\n", "predicted", "answer", "off", "");
    for (size_t i = 0; i < lab->n_questions; i++) {
        double off = 100 * (predictions[i] / answers[i] - 1);
        fprintf(out, "%10.3g %10.3g %+7.0f%%  %-11s  %s\n", predictions[i], answers[i], off,
                judge(predictions[i], answers[i]), lab->questions[i].ask);
    }
}
