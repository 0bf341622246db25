// A routing table as routers print it: sorted, the routes of one classful network together under a
// heading.
#ifndef EMULATOR_ROUTES_H
#define EMULATOR_ROUTES_H

#include "base/buf.h"

// Arranges the lines of text that are routes ("C   10.0.0.0/30 is directly connected, ..."); what
// stands in front of the first of them stays in front, what is behind the last behind.
void routes_arrange(struct buf *text);

#endif
