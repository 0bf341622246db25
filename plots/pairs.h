// Two results folders run by run: which run of one is which of the other, and how far apart they
// are.
#ifndef PLOTS_PAIRS_H
#define PLOTS_PAIRS_H

#include "plots/dataset.h"

struct pair {
    const struct group *reference; // of the folder that is held to be right
    const struct group *other;
    double reference_value; // medians: wall times in seconds, or answers a second
    double other_value;
    double error;     // (other - reference) / reference
    bool are_answers; // of work.echo, where the wall time is given
};

struct pairs {
    struct pair *items; // the largest error first
    size_t len;
    size_t reference;   // folder: the measured one when the other is predicted, else the first
    size_t unpaired[2]; // runs of that folder without a counterpart
};

// The dataset must have two folders. What is constant within each folder, but not the same in both
// (two pythons), does not keep runs apart. The caller frees with pairs_fini.
void pairs_of(const struct dataset *dataset, struct pairs *pairs);
void pairs_fini(struct pairs *pairs);

// The nearest-rank percentile of the absolute errors; share 0.5: the median. NAN without pairs.
double pairs_error(const struct pairs *pairs, double share);

#endif
