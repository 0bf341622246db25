// What limited a run: the lock, the cores, the AAA server, the one thread of an event loop, or the
// wait for the devices.
//
// Each has a floor, the time that the run would take if nothing else cost any: the time the lock
// was held, the computing over the cores, the logins over the rate of the server, the sessions of
// one worker after each other. The highest floor limits; where none explains the run, nothing is
// named.
#ifndef PLOTS_LIMIT_H
#define PLOTS_LIMIT_H

#include "base/buf.h"
#include "plots/dataset.h"

// Sentences for a group, each with a space in front; nothing where the rows do not tell.
// one_by_one: the run with one worker that it is held against; may be NULL.
void limit_write(const struct dataset *dataset, const struct group *group,
                 const struct group *one_by_one, struct buf *out);

// Only what its workers did with their time.
void limit_write_states(const struct dataset *dataset, const struct group *group, struct buf *out);

#endif
