// The second thread of an SSH session by paramiko (its Transport), and the third.
//
// The worker's thread sends a question and waits on an event, which gives the lock up. The reader
// waits for the socket, takes the lock, reads packet by packet, and sets the event; where the
// protocol goes on without the worker (keys, the password after the service) it asks the next
// question itself. Around each short call, of the socket and of the library of ciphers, it gives
// the lock up and wants it back. The handshake's limit is a thread, too: threading.Timer, started
// after the first answer and cancelled after the next.
//
// In 2.7 a wait for an event with a limit is no wait: it looks, and sleeps for 1, 2, 4 ... 50 ms
// (threading.Condition.wait), up to the limit of 0.1 s, and anew.
//
// There is a reader for each worker; it begins anew with each session.
#ifndef SIM_READER_H
#define SIM_READER_H

#include "sim/thread.h"

#include <stdint.h>

struct run_row;
struct world;

// Computing with the lock held, and so many short calls in it that give the lock up.
struct stretch {
    uint64_t ns; // to come
    uint32_t calls;
    bool in_call; // one is next
};

struct reader {
    struct thread *thread;
    struct thread *timer;
    struct channel answered; // to the reader: its question is answered; without an emulator: asked
    struct channel started;  // from a new thread to who started it
    struct channel cancelled;
    struct channel renewed;  // to the timer: start again
    struct stretch question; // the worker's
    struct stretch answer;   // the reader's
    uint64_t slept_ns;       // of the worker's wait, and the last of its sleeps
    uint64_t delay_ns;
    uint32_t place; // the worker's, in its question
    bool begins;    // a session
    bool asks;      // the next question is the reader's
};

// Threads that the readers of that many workers need.
uint32_t readers_threads(uint32_t workers);
// threads[first ...] become the readers of the world's workers and get the locks of their threads.
void readers_init(struct world *world, uint32_t first);
void readers_fini(struct world *world);

// For the worker: asks what worker->action says and waits for the answer. STEP_EXIT when it is
// there.
enum verdict reader_question(struct engine *engine, struct thread *thread);
// For the emulator: the worker's question is answered.
void reader_answer(struct engine *engine, struct world *world, uint32_t worker, struct thread *by);

// What a session's second thread does is done while its first one waits: the one counts for the
// other. spent_ns: of the worker, by enum task_state.
void reader_add_states(const struct reader *reader, uint64_t *spent_ns);

#endif
