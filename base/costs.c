#include "base/costs.h"

#include "base/alloc.h"
#include "base/machine.h"
#include "base/units.h"
#include "base/yaml_doc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PYTHONS_MAX = 64, KEYS_MAX = 48 };

#define FIELD(member, unit, min, median, max, meaning)                                             \
    {                                                                                              \
#member unit, offsetof(struct costs, member), {min, median, max }, meaning                 \
    }
#define PYTHON_FIELD(member, unit, min, median, max, meaning)                                      \
    {                                                                                              \
#member unit, offsetof(struct python_costs, member), {min, median, max }, meaning          \
    }

static const char *const tick_locks[] = {"semaphore", "condvar", "mach_condvar", NULL};
static const char *const schedulers[] = {"fair", "timeshare", NULL};

// What of a machine is told by a word. words[0] is the default; NULL ends them, and the table.
static const struct cost_word {
    const char *name;
    size_t offset; // of the uint32_t in struct costs
    const char *const *words;
    const char *meaning;
} cost_words[] = {
    {"tick_lock", offsetof(struct costs, tick_lock), tick_locks, "what 2.7's lock is made of"},
    {"scheduler", offsetof(struct costs, scheduler), schedulers, "the operating system's"},
    {0},
};

// clang-format off
const struct cost_field cost_fields[] = {
    FIELD(os_quantum, "_ns", 3e6, 4e6, 8e6, "slice of a thread when more are ready than cores"),
    FIELD(os_slice, "_ns", 0.7e6, 1.4e6, 2.8e6, "who has run for less keeps its core at a tick"),
    FIELD(cache_hot, "_ns", 500e3, 500e3, 500e3, "who ran that lately is not moved to an idle core"),
    FIELD(wake_latency, "_ns", 5e3, 35.1e3, 60e3, "from waking a sleeping thread until it runs"),
    FIELD(wake_soon, "_ns", 4e3, 35.1e3, 60e3, "the same on a core that was idle for a moment"),
    FIELD(idle_moment, "_ns", 100e3, 150e3, 200e3, "after that an idle core sleeps deeper"),
    FIELD(wake_cpu, "_ns", 1.5e3, 3127, 10e3, "what a wake costs the one who wakes"),
    FIELD(wake_busy, "_ns", 1e3, 3127, 4e3, "the same if that core goes on with its thread"),
    FIELD(wake_own, "_ns", 400, 3127, 4e3, "the same on the waker's own core"),
    FIELD(syscall, "_ns", 180, 334, 1e3, "a short system call, a wake of nobody"),
    FIELD(sleep_entry, "_ns", 360, 668, 2e3, "who begins to wait takes a signal itself"),
    FIELD(datagram, "_ns", 1.2e3, 1241, 8e3, "sending or receiving a small datagram"),
    FIELD(datagram_cold, "_ns", 0, 0, 50e3, "more for sending one after a pause of 5 ms"),
    FIELD(socket_poll, "_ns", 300, 500, 2e3, "asking whether a socket is ready"),
    FIELD(poll_cold, "_ns", 0, 0, 8e3, "more for asking or receiving after that pause"),
    FIELD(timer_slack, "_ns", 55e3, 140e3, 180e3, "how late a timed wait ends"),
    FIELD(timer_cpu, "_ns", 2e3, 6e3, 15e3, "arming a timer and taking its interrupt"),
    FIELD(ctx_switch, "_ns", 700, 2369, 5e3, "switch between two threads of one core"),
    FIELD(handoff_penalty, "_ns", 200, 1366, 18e3, "extra work of a lock's new holder"),
    FIELD(waiter_cpu, "_ns", 1e3, 2184, 10e3, "CPU of a waiter for one timeout or lost wake"),
    FIELD(thread_start, "_ns", 10e3, 25e3, 60e3, "native thread: start and join"),
    FIELD(fork, "_ns", 100e3, 200e3, 400e3, "fork, exit and wait of this program"),
    FIELD(spawn, "_ns", 500e3, 1000e3, 2000e3, "start, exit and wait of a new program image"),
    FIELD(job, "_ns", 0.2e3, 1e3, 5e3, "harness time of a session with no wait"),
    FIELD(ssh_session, "_ns", 800e3, 1300e3, 2000e3, "client CPU of an SSH session"),
    FIELD(ssh_command, "_ns", 20e3, 50e3, 100e3, "client CPU of a command in it"),
    FIELD(ssh_first, "_ns", 2.5e6, 5e6, 7e6, "more for the first one of a process"),
    FIELD(ssh_device, "_ns", 900e3, 1500e3, 2200e3, "emulator CPU of an SSH session"),
    FIELD(ssh_device_command, "_ns", 50e3, 130e3, 300e3, "emulator CPU of a command in it"),
    FIELD(telnet_session, "_ns", 80e3, 150e3, 300e3, "client CPU of a Telnet session"),
    FIELD(telnet_command, "_ns", 10e3, 40e3, 80e3, "client CPU of a command in it"),
    FIELD(telnet_device, "_ns", 80e3, 150e3, 400e3, "emulator CPU of a Telnet session"),
    FIELD(telnet_device_command, "_ns", 30e3, 70e3, 200e3, "emulator CPU of a command in it"),
    FIELD(memory, "_kb", 4000, 6000, 8000, "this client before it starts a worker"),
    FIELD(thread_memory, "_kb", 10, 20, 60, "each worker thread"),
    FIELD(process_memory, "_kb", 200, 400, 800, "each worker process, its own pages"),
    FIELD(ssh_memory, "_kb", 20, 30, 60, "each open SSH session"),
    FIELD(telnet_memory, "_kb", 4, 8, 16, "each open Telnet session"),
    FIELD(core_pass, "_ns", 0, 0, 0, "a bare loop meanwhile: how fast the cores were"),
    {NULL, 0, {0, 0, 0}, NULL},
};

const struct cost_field python_cost_fields[] = {
    PYTHON_FIELD(loop, "_ns", 24, 27.08, 50, "one pass of `while n > 0: n -= 1`"),
    PYTHON_FIELD(tick, "_ns", 8, 9.03, 17, "one tick of the old lock in that loop"),
    PYTHON_FIELD(code_tick, "_ns", 30, 36, 80, "the same in code of libraries"),
    PYTHON_FIELD(check_gap, "_ns", 24, 30, 50, "work between two check points"),
    PYTHON_FIELD(check_free, "_ns", 10, 20, 40, "old lock: a check nobody waits for"),
    PYTHON_FIELD(check_contended, "_ns", 1e3, 3e3, 6e3, "old lock: a check others wait for"),
    PYTHON_FIELD(reacquire_gap, "_ns", 5, 20, 200, "old lock: from release to retake"),
    PYTHON_FIELD(thread_start, "_ns", 40e3, 112e3, 150e3, "thread: start and join"),
    PYTHON_FIELD(job, "_ns", 1e3, 2e3, 5e3, "taking a job from a pool's queue"),
    PYTHON_FIELD(telnet_session, "_ns", 190e3, 390e3, 650e3, "CPU of a Telnet session"),
    PYTHON_FIELD(telnet_command, "_ns", 60e3, 135e3, 185e3, "CPU of a command in it"),
    PYTHON_FIELD(telnet_first, "_ns", 2e6, 2.1e6, 4.6e6, "more for the first one of a process"),
    PYTHON_FIELD(async_session, "_ns", 700e3, 1e6, 1.45e6, "CPU of a Telnet session in an event loop"),
    PYTHON_FIELD(async_command, "_ns", 165e3, 250e3, 385e3, "CPU of a command in it"),
    PYTHON_FIELD(ssh_session, "_ns", 4.5e6, 6e6, 7.3e6, "CPU of an SSH session by paramiko"),
    PYTHON_FIELD(ssh_command, "_ns", 300e3, 600e3, 800e3, "CPU of a command in it"),
    PYTHON_FIELD(ssh_worker_session, "_ns", 0.95e6, 1.26e6, 1.55e6, "of the session, not in paramiko's thread"),
    PYTHON_FIELD(ssh_worker_command, "_ns", 190e3, 370e3, 500e3, "of the command, not in paramiko's thread"),
    PYTHON_FIELD(ssh_first, "_ns", 3e6, 4e6, 5.6e6, "more for the first one of a process"),
    PYTHON_FIELD(io_call, "_ns", 300, 1100, 4e3, "lock held around a blocking call"),
    PYTHON_FIELD(datagram, "_ns", 1.2e3, 2e3, 4e3, "lock held around sending or receiving a datagram"),
    PYTHON_FIELD(datagram_cold, "_ns", 0, 0, 30e3, "more for it after a pause of 5 ms"),
    PYTHON_FIELD(pool, "_ns", 5e6, 8e6, 15e6, "process pool: start and end"),
    PYTHON_FIELD(fork, "_ns", 0.6e6, 1.64e6, 3e6, "each forked worker"),
    PYTHON_FIELD(spawn, "_ns", 30e6, 45e6, 80e6, "each spawned worker"),
    PYTHON_FIELD(forkserver, "_ns", 1e6, 1.5e6, 3e6, "each worker of a fork server"),
    PYTHON_FIELD(forkserver_first, "_ns", 30e6, 50e6, 80e6, "starting the fork server"),
    PYTHON_FIELD(interpreter, "_ns", 8e6, 12e6, 30e6, "a sub-interpreter with its own lock"),
    PYTHON_FIELD(pickle, "_ns", 1e3, 2e3, 5e3, "a small job to bytes or back"),
    PYTHON_FIELD(pickle_byte, "_ns", 0.1, 0.3, 1, "more for each byte"),
    PYTHON_FIELD(pipe, "_ns", 3e3, 6e3, 12e3, "one message through a pool's pipe, one end"),
    PYTHON_FIELD(loop_step, "_ns", 5e3, 10e3, 20e3, "one step of an asyncio task"),
    PYTHON_FIELD(memory, "_kb", 8000, 9500, 12000, "bare interpreter"),
    PYTHON_FIELD(thread_memory, "_kb", 20, 40, 80, "each thread"),
    PYTHON_FIELD(fork_memory, "_kb", 1500, 3000, 6000, "each forked worker, its own pages"),
    PYTHON_FIELD(spawn_memory, "_kb", 9000, 14000, 20000, "each spawned worker"),
    PYTHON_FIELD(interpreter_memory, "_kb", 2000, 4000, 8000, "each sub-interpreter"),
    PYTHON_FIELD(core_pass, "_ns", 0, 0, 0, "a bare loop meanwhile: how fast the cores were"),
    {NULL, 0, {0, 0, 0}, NULL},
};
// clang-format on

static struct cost *cost_at(void *object, const struct cost_field *field)
{
    return (struct cost *)(void *)((char *)object + field->offset);
}

static const struct cost *cost_of(const void *object, const struct cost_field *field)
{
    return (const struct cost *)(const void *)((const char *)object + field->offset);
}

bool cost_is_standard(const void *object, const struct cost_field *field)
{
    const struct cost *cost = cost_of(object, field);
    const struct cost *standard = &field->standard;
    return cost->min == standard->min && cost->median == standard->median &&
           cost->max == standard->max;
}

static void set_standard(void *object, const struct cost_field *fields)
{
    for (; fields->name; fields++)
        *cost_at(object, fields) = fields->standard;
}

struct python_costs *costs_add_python(struct costs *costs, uint32_t major, uint32_t minor)
{
    costs->pythons = alloc_resize(costs->pythons, costs->n_pythons + 1, sizeof *costs->pythons);
    struct python_costs *python = &costs->pythons[costs->n_pythons++];
    *python =
        (struct python_costs){.major = major, .minor = minor, .has_lock = 1, .ssh_has_lock = 1};
    snprintf(python->path, sizeof python->path, "built-in");
    snprintf(python->version, sizeof python->version, "%u.%u", major, minor);
    set_standard(python, python_cost_fields);
    if (major < 3) // two thirds of what 3.11 takes, where both were measured
        python->datagram = (struct cost){700, 1050, 2e3};
    return python;
}

void costs_init(struct costs *costs)
{
    *costs = (struct costs){.cores = machine_cores()};
    set_standard(costs, cost_fields);
    costs_add_python(costs, 2, 7);
    costs_add_python(costs, 3, 11);
}

void costs_fini(struct costs *costs)
{
    free(costs->pythons);
    *costs = (struct costs){0};
}

char *costs_default_path(void)
{
    const char *data = getenv("XDG_DATA_HOME");
    if (data && *data == '/')
        return alloc_printf("%s/netbaton/machine.yaml", data);
    const char *home = getenv("HOME");
    if (!home || !*home)
        return NULL;
    return alloc_printf("%s/.local/share/netbaton/machine.yaml", home);
}

static int read_number(const struct yaml_node *node, const char *what, double *value,
                       struct err *err)
{
    if (yaml_expect(node, YAML_SCALAR, what, err) < 0)
        return -1;
    char *end = NULL;
    const char *text = yaml_text(node);
    *value = strtod(text, &end);
    // The first test refuses what strtod takes beyond decimal numbers: nan, inf, hex.
    if (strspn(text, "0123456789.eE+-") != strlen(text) || end == text || *end || *value < 0 ||
        *value > 1e15)
        return yaml_error(node, err, "'%s' is not a number from 0 to 1e15", text);
    return 0;
}

// {min: 1, median: 2, max: 3}, or one number for all three.
static int read_cost(const struct yaml_node *node, const char *what, struct cost *cost,
                     struct err *err)
{
    static const char *const names[] = {"min", "median", "max", NULL};
    if (yaml_kind(node) == YAML_SCALAR) {
        if (read_number(node, what, &cost->median, err) < 0)
            return -1;
        cost->min = cost->max = cost->median;
        return 0;
    }
    if (yaml_expect(node, YAML_MAP, what, err) < 0 || yaml_check_keys(node, names, err) < 0)
        return -1;
    double *places[] = {&cost->min, &cost->median, &cost->max};
    for (size_t i = 0; i < 3; i++) {
        const struct yaml_node *value = yaml_find(node, names[i]);
        if (!value)
            return yaml_error(node, err, "'%s' has no '%s'; write {min: 1, median: 2, max: 3}",
                              what, names[i]);
        if (read_number(value, names[i], places[i], err) < 0)
            return -1;
    }
    if (cost->min > cost->median || cost->median > cost->max)
        return yaml_error(node, err, "'%s' is out of order; min <= median <= max", what);
    return 0;
}

// others are the keys beside the costs, ended by NULL.
static int read_costs(const struct yaml_node *map, const struct cost_field *fields,
                      const char *const *others, void *object, struct err *err)
{
    const char *names[KEYS_MAX] = {0};
    size_t len = 0;
    for (const struct cost_field *field = fields; field->name; field++)
        names[len++] = field->name;
    for (; *others; others++)
        names[len++] = *others;
    if (yaml_check_keys(map, names, err) < 0)
        return -1;
    for (const struct cost_field *field = fields; field->name; field++) {
        const struct yaml_node *node = yaml_find(map, field->name);
        if (node && read_cost(node, field->name, cost_at(object, field), err) < 0)
            return -1;
    }
    return 0;
}

static int read_text(const struct yaml_node *map, const char *key, char *text, size_t len,
                     struct err *err)
{
    const struct yaml_node *node = yaml_find(map, key);
    if (!node)
        return yaml_error(map, err, "a python has no '%s'", key);
    if (yaml_expect(node, YAML_SCALAR, key, err) < 0)
        return -1;
    if (!*yaml_text(node) || strlen(yaml_text(node)) >= len)
        return yaml_error(node, err, "'%s' is empty or too long", key);
    snprintf(text, len, "%s", yaml_text(node));
    return 0;
}

static int read_lock(const struct yaml_node *map, const char *key, uint32_t *has_lock,
                     struct err *err)
{
    const struct yaml_node *node = yaml_find(map, key);
    double lock = *has_lock;
    if (node && read_number(node, key, &lock, err) < 0)
        return -1;
    *has_lock = lock != 0;
    return 0;
}

// In a file from before it was measured apart: the built-in share of the whole.
static void set_worker_share(const struct yaml_node *node, const char *whole_key, const char *key,
                             const struct cost *whole, struct cost *part, double share)
{
    if (yaml_find(node, whole_key) && !yaml_find(node, key))
        *part = (struct cost){share * whole->min, share * whole->median, share * whole->max};
}

static void set_worker_shares(const struct yaml_node *node, struct python_costs *python)
{
    set_worker_share(node, "ssh_session_ns", "ssh_worker_session_ns", &python->ssh_session,
                     &python->ssh_worker_session, 0.21);
    set_worker_share(node, "ssh_command_ns", "ssh_worker_command_ns", &python->ssh_command,
                     &python->ssh_worker_command, 0.62);
}

static int read_python(const struct yaml_node *node, struct costs *costs, struct err *err)
{
    static const char *const others[] = {"path", "version", "has_lock", "ssh_has_lock", NULL};
    char version[32];
    unsigned major;
    unsigned minor;
    if (yaml_expect(node, YAML_MAP, "pythons", err) < 0 ||
        read_text(node, "version", version, sizeof version, err) < 0)
        return -1;
    if (sscanf(version, "%2u.%3u", &major, &minor) != 2)
        return yaml_error(yaml_find(node, "version"), err,
                          "'%s' is not a version; write it like 3.11.7", version);
    struct python_costs *python = costs_add_python(costs, major, minor);
    memcpy(python->version, version, sizeof version);
    if (read_lock(node, "has_lock", &python->has_lock, err) < 0)
        return -1;
    python->ssh_has_lock = python->has_lock;
    if (read_lock(node, "ssh_has_lock", &python->ssh_has_lock, err) < 0)
        return -1;
    if (read_text(node, "path", python->path, sizeof python->path, err) < 0)
        return -1;
    if (read_costs(node, python_cost_fields, others, python, err) < 0)
        return -1;
    set_worker_shares(node, python);
    return 0;
}

static int read_word(const struct yaml_node *root, const struct cost_word *word, void *costs,
                     struct err *err)
{
    const struct yaml_node *node = yaml_find(root, word->name);
    if (!node)
        return 0;
    if (yaml_expect(node, YAML_SCALAR, word->name, err) < 0)
        return -1;
    char known[KEYS_MAX] = "";
    for (uint32_t i = 0; word->words[i]; i++) {
        if (!strcmp(yaml_text(node), word->words[i])) {
            *(uint32_t *)(void *)((char *)costs + word->offset) = i;
            return 0;
        }
        size_t len = strlen(known);
        snprintf(known + len, sizeof known - len, "%s%s", i ? ", " : "", word->words[i]);
    }
    return yaml_error(node, err, "'%s' is no '%s'; known are %s", yaml_text(node), word->name,
                      known);
}

static int read_machine(const struct yaml_doc *doc, struct costs *costs, struct err *err)
{
    static const char *const others[] = {"cores", "tick_lock", "scheduler", "pythons", NULL};
    const struct yaml_node *root = yaml_doc_root(doc);
    if (!root)
        return err_input(err, "'%s' is empty; `netbaton calibrate` writes a machine file",
                         yaml_doc_name(doc));
    if (yaml_expect(root, YAML_MAP, "a machine file", err) < 0 ||
        read_costs(root, cost_fields, others, costs, err) < 0)
        return -1;
    if (yaml_find(root, "syscall_ns") && !yaml_find(root, "sleep_entry_ns")) {
        const struct cost *call = &costs->syscall; // two of them
        costs->sleep_entry = (struct cost){2 * call->min, 2 * call->median, 2 * call->max};
    }
    const struct yaml_node *cores = yaml_find(root, "cores");
    uint64_t count = costs->cores;
    if (cores && units_count(yaml_text(cores), 1, 65536, &count, err) < 0)
        return yaml_place(cores, err);
    costs->cores = (uint32_t)count;
    for (const struct cost_word *word = cost_words; word->name; word++)
        if (read_word(root, word, costs, err) < 0)
            return -1;
    const struct yaml_node *pythons = yaml_find(root, "pythons");
    if (!pythons)
        return 0;
    if (yaml_expect(pythons, YAML_LIST, "pythons", err) < 0)
        return -1;
    if (yaml_len(pythons) > PYTHONS_MAX)
        return yaml_error(pythons, err, "more than %d pythons", PYTHONS_MAX);
    for (size_t i = 0; i < yaml_len(pythons); i++)
        if (read_python(yaml_item(pythons, i), costs, err) < 0)
            return -1;
    return 0;
}

int costs_load(const char *path, struct costs *costs, struct err *err)
{
    costs_init(costs);
    char *own = path ? NULL : costs_default_path();
    if (!path)
        path = own && access(own, R_OK) == 0 ? own : "builtin";
    int result = 0;
    if (strcmp(path, "builtin") != 0) {
        struct yaml_doc *doc = yaml_doc_load_file(path, err);
        result = doc ? read_machine(doc, costs, err) : -1;
        yaml_doc_free(doc);
    }
    if (result < 0)
        costs_fini(costs);
    free(own);
    return result;
}

static void write_costs(const void *object, const struct cost_field *fields, const char *indent,
                        FILE *out)
{
    for (; fields->name; fields++) {
        if (cost_is_standard(object, fields))
            continue;
        const struct cost *cost = cost_of(object, fields);
        char key[64];
        snprintf(key, sizeof key, "%s:", fields->name);
        fprintf(out, "%s%-22s {min: %.6g, median: %.6g, max: %.6g} # %s\n", indent, key, cost->min,
                cost->median, cost->max, fields->meaning);
    }
}

static void write_words(const struct costs *costs, FILE *out)
{
    for (const struct cost_word *word = cost_words; word->name; word++) {
        uint32_t value = *(const uint32_t *)(const void *)((const char *)costs + word->offset);
        if (value)
            fprintf(out, "%s: %s # %s\n", word->name, word->words[value], word->meaning);
    }
}

int costs_write(const struct costs *costs, FILE *out, const char *name, struct err *err)
{
    fputs("# What things cost on this machine, measured by `netbaton calibrate`.\n", out);
    fprintf(out, "cores: %u\n", costs->cores);
    write_words(costs, out);
    write_costs(costs, cost_fields, "", out);
    bool any = false;
    for (size_t i = 0; i < costs->n_pythons; i++) {
        const struct python_costs *python = &costs->pythons[i];
        if (!strcmp(python->path, "built-in"))
            continue; // every reader has them
        fputs(any ? "" : "pythons:\n", out);
        any = true;
        fputs("  - path: \"", out);
        for (const char *p = python->path; *p; p++)
            fprintf(out, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
        fprintf(out, "\"\n    version: \"%s\"\n    has_lock: %u\n", python->version,
                python->has_lock);
        if (python->ssh_has_lock != python->has_lock)
            fprintf(out, "    ssh_has_lock: %u # once paramiko is imported\n",
                    python->ssh_has_lock);
        write_costs(python, python_cost_fields, "    ", out);
    }
    if (fflush(out) != 0 || ferror(out))
        return err_set(err, "cannot write the machine file '%s': %s", name, strerror(errno));
    return 0;
}

// How far a python is from what is wanted; a measured one beats a built-in of the same version.
static uint32_t distance(const struct python_costs *python, const struct interpreter *interpreter)
{
    uint32_t far = 0;
    if (interpreter->major && python->major != (uint32_t)interpreter->major)
        far += 10000;
    int wanted = interpreter->major ? interpreter->minor : 99;
    far += 10 * (uint32_t)abs((int)python->minor - wanted);
    if (interpreter->gil != GIL_REAL &&
        (interpreter->major && interpreter->gil == GIL_NONE) != (python->has_lock == 0))
        far += 1000;
    return far + (strcmp(python->path, "built-in") == 0);
}

const struct python_costs *costs_python(const struct costs *costs,
                                        const struct interpreter *interpreter)
{
    const char *path = interpreter_python_path(interpreter);
    const struct python_costs *best = &costs->pythons[0];
    for (size_t i = 0; i < costs->n_pythons; i++) {
        const struct python_costs *python = &costs->pythons[i];
        if (path && !strcmp(path, python->path))
            return python;
        if (distance(python, interpreter) < distance(best, interpreter))
            best = python;
    }
    return best;
}

// The loop that was measured of a version's build, with the lock or without; 0 when none was.
static double measured_loop_ns(const struct costs *costs, const struct interpreter *interpreter,
                               bool free_threaded)
{
    for (size_t i = 0; i < costs->n_pythons; i++) {
        const struct python_costs *python = &costs->pythons[i];
        if (strcmp(python->path, "built-in") != 0 &&
            python->major == (uint32_t)interpreter->major &&
            python->minor == (uint32_t)interpreter->minor &&
            (strchr(python->version, 't') != NULL) == free_threaded)
            return python->loop.median;
    }
    return 0;
}

void costs_set_work_factors(const struct costs *costs, struct interpreter *interpreters, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        struct interpreter *interpreter = &interpreters[i];
        if (!interpreter->major || interpreter->gil != GIL_NONE)
            continue;
        double with_ns = measured_loop_ns(costs, interpreter, false);
        double without_ns = measured_loop_ns(costs, interpreter, true);
        if (with_ns > 0 && without_ns > 0)
            interpreter->work_factor = without_ns / with_ns;
    }
}
