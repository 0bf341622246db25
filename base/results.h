// A results folder: what `run` and `simulate` write and `plot`, `compare` and `report` read.
//
//   experiment.yaml  as resolved        runs.csv      a row a run and repeat
//   machine.json     what it ran on     sessions.csv  a row a session
//
// Rows are appended and flushed as runs finish, so that an interrupt, a full disk or a crash loses
// the run in hand at most. Readers find columns by name: unknown ones are passed over, missing ones
// are unknown values, so old folders stay readable.
#ifndef BASE_RESULTS_H
#define BASE_RESULTS_H

#include "base/err.h"
#include "base/experiment.h"

#include <stddef.h>
#include <stdint.h>

// How a session ended; the phase it failed in.
enum job_end {
    JOB_OK,
    JOB_CONNECT,   // refused, unreachable, closed before the handshake
    JOB_HANDSHAKE, // SSH key exchange, Telnet's login prompt
    JOB_AUTH,      // the password was refused
    JOB_PROMPT,    // logged in, but no prompt
    JOB_COMMAND,   // broke in a command or its answer was an error
    JOB_TIMEOUT,
    JOB_WORKER, // the worker process died
    JOB_ENDS,   // how many there are
};
extern const char *const job_end_names[]; // "ok", "connect" ..., ended by NULL

// Where a thread's time went, summed over the workers. Measured runs know only part of it.
enum thread_state {
    STATE_RUNNING,
    STATE_WAIT_GIL,
    STATE_WAIT_CORE,
    STATE_WAIT_DEVICE,
    STATE_IDLE,
    STATES
};

// A row of runs.csv. Unknown numbers are NAN, and empty in the file. Times in seconds.
struct run_row {
    char source[64]; // "netbaton", "python 3.11.7", "model"
    char kind[16];   // "measured" or "predicted"
    char strategy[16];
    char interpreter[256];
    char transport[16];
    char start_method[16];
    double devices;
    double workers;
    double processes;
    double background;
    double switch_interval_s;
    double check_interval;
    double repeat; // from 0
    double wall_s;
    double sessions_ok;
    double sessions_failed;
    double failed[JOB_ENDS]; // by phase; [JOB_OK] is not used
    double p50_s;            // of the time of a session that ended well
    double p90_s;
    double p99_s;
    double max_s;
    double cpu_user_s; // of the client with its children, the emulator apart
    double cpu_sys_s;
    double emulator_cpu_s;
    double ctx_voluntary;
    double ctx_involuntary;
    double peak_rss_kb;
    double gil_held_s;
    double gil_wait_s;
    double gil_switches;
    double gil_forced;    // forced switches
    double gil_requests;  // drop requests
    double answers_per_s; // of work.echo
    double state_s[STATES];
    double cores;
};

// Sets the numbers to NAN and the texts to "", then fills in what the spec says.
void run_row_init(struct run_row *row, const struct run_spec *spec);
// p50_s to max_s from the durations of the sessions that ended well; sorts them.
void run_row_percentiles(struct run_row *row, uint64_t *session_ns, size_t len);

// A row of sessions.csv. Times in ns from the start of the run; 0 for a phase that was not reached.
struct session_row {
    uint32_t run;    // row of runs.csv, from 0
    uint32_t device; // from 1
    uint32_t worker; // from 0
    enum job_end end;
    uint64_t start_ns;
    uint64_t connected_ns; // TCP is open
    uint64_t secured_ns;   // SSH: key exchange done; Telnet: login prompt seen
    uint64_t login_ns;     // the password was taken
    uint64_t ready_ns;     // first prompt
    uint64_t worked_ns;    // last command answered
    uint64_t end_ns;
};

struct results;

// Makes the folder (its parents too) with experiment.yaml and machine.json. dir NULL:
// results/NAME-YYYYMMDD-HHMMSS. An existing folder that is not empty is refused (input error):
// nothing is ever overwritten. machine_json is a JSON text.
struct results *results_create(const char *dir, const struct experiment *experiment,
                               const char *machine_json, struct err *err);
const char *results_dir(const struct results *results);
// Append rows and flush them. On failure the file is cut back to its last whole row.
int results_add_sessions(struct results *results, const struct session_row *rows, size_t count,
                         struct err *err);
int results_add_run(struct results *results, const struct run_row *row, struct err *err);
void results_close(struct results *results);

// Read back. The caller frees the arrays with free().
struct run_row *results_read_runs(const char *dir, size_t *count, struct err *err);
struct session_row *results_read_sessions(const char *dir, size_t *count, struct err *err);

// The cell of a column, by the column's name: *text points into the row, or is NULL and *number is
// set. An unknown column is an input error that tells the nearest.
int results_run_cell(const struct run_row *row, const char *column, const char **text,
                     double *number, struct err *err);

#endif
