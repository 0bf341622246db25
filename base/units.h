// Numbers with units, read and printed in one place. Reading is strict: the whole text must be the
// number, and the unit must be written (0 needs none). Every message says what would be right.
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define UNITS_DURATION_MAX_NS (UINT64_C(7) * 24 * 3600 * 1000000000)

int units_duration(const char *text, uint64_t *ns,
                   struct err *err); // 5us 150ms 1.5s 2m 1h; up to 7 days
int units_bandwidth(const char *text, uint64_t *bytes_per_s,
                    struct err *err); // 9600B/s 64kB/s 1MB/s 1GB/s, 0 = no limit
int units_rate(const char *text, double *per_s, struct err *err);  // 5/s 0.5/s, 0 = no limit
int units_share(const char *text, double *share, struct err *err); // 0.05 or 5%; 0 to 1
int units_count(const char *text, uint64_t min, uint64_t max, uint64_t *count, struct err *err);

// The shortest exact text of that form, e.g. "1.5s", "250us", "0"; returns buf.
char *units_format_duration(uint64_t ns, char *buf, size_t len);
char *units_format_bandwidth(uint64_t bytes_per_s, char *buf, size_t len);
// A time of a results table in nanoseconds, rounded. What is no time (below 0, NAN) is 0; the
// longest is 1e9 s.
uint64_t units_ns(double seconds);
// For people: three significant digits, e.g. "1.23 s", "45.6 ms".
char *units_human_duration(uint64_t ns, char *buf, size_t len);
char *units_human_bytes(uint64_t bytes, char *buf, size_t len); // "1.23 kB", "45 B"

// The entry of names (ended by NULL) nearest to word, by edit distance, or else one of whose parts
// it is ("workers" of "runs.workers"); NULL when none is near enough to suggest.
const char *units_nearest_word(const char *word, const char *const *names);

#endif
