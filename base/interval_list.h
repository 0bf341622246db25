// Intervals of a timeline in bounded memory, however many there are: when the list is full, pieces
// too short to be seen are joined, as a flame chart does.
//
// A row's pieces shorter than the grain that begin in the same grain of time become one interval a
// name, one after the other from where the first began, each as long as its pieces together: the
// shares stay true to the nanosecond, the order within a grain is lost. What is as long as the
// grain stays as it is. The grain grows by doubling, and only as far as it must.
//
// The memory is the caller's, so that it can be shared with processes. One thread at a time.
#ifndef BASE_INTERVAL_LIST_H
#define BASE_INTERVAL_LIST_H

#include <stdint.h>

struct interval {
    uint64_t from_ns;
    uint64_t to_ns;
    uint32_t row;
    uint32_t name; // the caller's number for it
};

struct interval_list {
    struct interval *items; // not owned
    uint32_t len;
    uint32_t limit;
    uint64_t grain_ns; // 0: nothing is joined so far
};

// limit is at least twice as many as rows times names, else there may be no room: then the interval
// is left out.
void interval_list_add(struct interval_list *list, const struct interval *interval);

#endif
