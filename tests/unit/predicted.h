// One run of an experiment, predicted.
#ifndef TESTS_UNIT_PREDICTED_H
#define TESTS_UNIT_PREDICTED_H

#include "base/experiment.h"
#include "sim/predict.h"
#include "tests/unit/harness.h"

#include <stdlib.h>

// overrides: as of --set, ended by NULL; they must make one run. costs: NULL for the ideal machine.
// The caller frees the sessions.
static inline struct prediction predict(const char *const *overrides, const struct costs *costs,
                                        uint32_t cores)
{
    struct err err = {0};
    size_t count;
    struct prediction prediction;
    struct experiment *experiment = experiment_load(NULL, overrides, &err);
    if (!experiment)
        fail_msg("%s", err.text);
    struct run_spec *specs = experiment_runs(experiment, &count);
    assert_int_equal(count, 1);
    struct predict_options options = {.costs = costs, .cores = cores, .sessions = true};
    if (predict_run(experiment, &specs[0], &options, &prediction, &err) < 0)
        fail_msg("%s", err.text);
    free(specs);
    experiment_free(experiment);
    return prediction;
}

#endif
