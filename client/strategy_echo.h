// The run of an experiment with work.echo: one worker answers the UDP messages of a client process
// for that long, beside the background threads and under their lock. How many answers a second it
// gives shows the convoy: every answer is a blocking call, and after each the lock must be had
// again.
#ifndef CLIENT_STRATEGY_ECHO_H
#define CLIENT_STRATEGY_ECHO_H

#include "client/strategy.h"

// In place of the run's strategy; sets answers_per_s of the board. cpu.command is burnt for each
// answer.
int strategy_echo(struct run *run, struct err *err);

#endif
