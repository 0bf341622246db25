#include "emulator/server.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "emulator/host_key.h"
#include "emulator/places.h"
#include "emulator/ssh_profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/resource.h>

// What the process has open besides sessions and listening sockets: a loop's epoll, timer, wake-up
// and spare, files, libraries.
enum { FDS_OTHER = 64, FDS_A_LOOP = 8, FDS_A_LONG_PATH = 3 };

struct server {
    const struct emulate_options *options;
    uint64_t begun_ns;
    double aaa_rate_per_s;
    struct transport_settings transport;
    struct loop_settings loop_settings;
    struct platform_set *platforms;
    struct device_set *devices;
    struct limits_state *limits;
    struct host_keys host_keys;
    struct authorized_keys *authorized_keys; // NULL: none
    struct loop **loops;
    uint32_t n_loops;
};

static bool has_long_path(const struct experiment *experiment)
{
    for (uint32_t i = 0; i <= experiment->devices.named.len; i++)
        if (experiment_device_settings(experiment, i)->latency.rtt_ns)
            return true;
    return false;
}

// The soft limit is raised to the hard one: a session is a descriptor.
static int check_descriptors(const struct emulate_options *options, struct err *err)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 0;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    uint64_t fds_a_session = has_long_path(options->experiment) ? FDS_A_LONG_PATH : 1;
    uint64_t need =
        FDS_OTHER + (uint64_t)FDS_A_LOOP * options->threads + fds_a_session * options->sessions;
    if (options->serves_ssh)
        need += listener_sockets(&options->ssh, options->threads);
    if (options->serves_telnet)
        need += listener_sockets(&options->telnet, options->threads);
    if (limit.rlim_cur == RLIM_INFINITY || need <= limit.rlim_cur)
        return 0;
    return err_input(err,
                     "%" PRIu64 " file descriptors are needed, but the limit is %" PRIu64
                     "; raise it with `ulimit -Hn %" PRIu64 "` as root, or ask for less",
                     need, (uint64_t)limit.rlim_cur, need);
}

static int make_devices(struct server *server, struct emulate_options *options,
                        const char *host_key, const char *overlay, struct err *err)
{
    const struct experiment *experiment = options->experiment;
    server->platforms = platform_set_load(experiment, overlay, err);
    if (!server->platforms)
        return -1;
    unsigned kinds;
    unsigned any_kinds;
    ssh_profile_key_kinds(experiment, &kinds, &any_kinds);
    if (options->serves_ssh &&
        host_keys_open(&server->host_keys, host_key, kinds, any_kinds, err) < 0)
        return -1;
    if (options->serves_ssh && *experiment->devices.authorized_keys &&
        !(server->authorized_keys = authorized_keys_read(experiment->devices.authorized_keys, err)))
        return -1;
    server->devices = device_set_new(experiment, NULL, options->devices);
    device_set_platforms(server->devices, server->platforms);
    device_set_authorize(server->devices, server->authorized_keys);
    server->limits = limits_new(experiment->devices.aaa_rate_per_s);
    server->transport = (struct transport_settings){
        .ssh = experiment->devices.settings.ssh,
        .host_keys = &server->host_keys,
    };
    server->loop_settings = (struct loop_settings){
        .experiment = experiment,
        .devices = server->devices,
        .limits = server->limits,
        .transport = &server->transport,
        .n_loops = options->threads,
        .login_timeout_ns = options->login_timeout_ns,
        .idle_timeout_ns = options->idle_timeout_ns,
    };
    return 0;
}

static int make_loops(struct server *server, struct emulate_options *options, struct err *err)
{
    server->loops = alloc_zero(options->threads, sizeof(struct loop *));
    for (; server->n_loops < options->threads; server->n_loops++)
        if (!(server->loops[server->n_loops] =
                  loop_new(&server->loop_settings, server->n_loops, err)))
            return -1;
    if (options->serves_ssh &&
        listener_open(&options->ssh, &transport_ssh, server->loops, server->n_loops, err) < 0)
        return -1;
    if (options->serves_telnet &&
        listener_open(&options->telnet, &transport_telnet, server->loops, server->n_loops, err) < 0)
        return -1;
    for (uint32_t i = 0; i < server->n_loops; i++)
        if (loop_start(server->loops[i], err) < 0)
            return -1;
    return 0;
}

struct server *server_start(struct emulate_options *options, const char *host_key,
                            const char *platform, struct err *err)
{
    if (check_descriptors(options, err) < 0)
        return NULL;
    struct server *server = alloc_zero(1, sizeof *server);
    server->options = options;
    server->begun_ns = clock_now_ns();
    server->aaa_rate_per_s = options->experiment->devices.aaa_rate_per_s;
    if (make_devices(server, options, host_key, platform, err) < 0 ||
        make_loops(server, options, err) < 0) {
        server_stop(server, NULL);
        return NULL;
    }
    return server;
}

const struct emulate_options *server_options(const struct server *server)
{
    return server->options;
}

struct device_set *server_devices(const struct server *server)
{
    return server->devices;
}

uint64_t server_age_ns(const struct server *server)
{
    return clock_now_ns() - server->begun_ns;
}

double server_aaa_rate(const struct server *server)
{
    return server->aaa_rate_per_s;
}

void server_set_aaa_rate(struct server *server, double per_s)
{
    server->aaa_rate_per_s = per_s;
    limits_set_aaa_rate(server->limits, per_s, clock_now_ns());
}

static void pass(struct loop *loop, void *data)
{
    (void)loop, (void)data;
}

// A loop that has been called is between two turns of its sessions.
void server_sweep_settings(struct server *server)
{
    for (size_t i = 0; i < server->n_loops; i++)
        loop_call(server->loops[i], pass, NULL);
    device_set_sweep(server->devices);
}

static void add_counts(struct loop *loop, void *counts)
{
    counts_add(counts, loop_counts(loop));
}

void server_count(struct server *server, struct counts *counts)
{
    *counts = (struct counts){0};
    for (uint32_t i = 0; i < server->n_loops; i++)
        loop_call(server->loops[i], add_counts, counts);
}

// What loop_call hands to every loop in turn.
struct inquiry {
    const struct session_choice *choice;
    bool reset;
    struct session_info *found;
    size_t n_found;
    size_t room;
};

static bool is_chosen(const struct session_choice *choice, const struct session_info *info)
{
    return info->device >= choice->devices.first && info->device <= choice->devices.last &&
           (!choice->id || info->id == choice->id);
}

static void note_session(struct session *session, uint64_t id, void *data)
{
    struct inquiry *inquiry = data;
    struct session_info info = {.id = id};
    session_describe(session, &info);
    if (!is_chosen(inquiry->choice, &info))
        return;
    if (inquiry->n_found == inquiry->room) {
        inquiry->room = inquiry->room ? inquiry->room * 2 : 64;
        inquiry->found = alloc_resize(inquiry->found, inquiry->room, sizeof *inquiry->found);
    }
    inquiry->found[inquiry->n_found++] = info;
}

static void drop_session(struct session *session, uint64_t id, void *data)
{
    struct inquiry *inquiry = data;
    struct session_info info = {.id = id};
    session_describe(session, &info);
    if (!is_chosen(inquiry->choice, &info))
        return;
    inquiry->n_found++;
    if (inquiry->reset)
        session_break(session, SESSION_END_DROPPED);
    else
        session_end(session, SESSION_END_DROPPED);
}

static void note_sessions(struct loop *loop, void *inquiry)
{
    loop_each_session(loop, note_session, inquiry);
}

static void drop_sessions(struct loop *loop, void *inquiry)
{
    loop_each_session(loop, drop_session, inquiry);
}

static int by_id(const void *a, const void *b)
{
    uint64_t left = ((const struct session_info *)a)->id;
    uint64_t right = ((const struct session_info *)b)->id;
    return left < right ? -1 : left > right;
}

struct session_info *server_sessions(struct server *server, const struct session_choice *choice,
                                     size_t *count)
{
    struct inquiry inquiry = {.choice = choice};
    for (uint32_t i = 0; i < server->n_loops; i++)
        loop_call(server->loops[i], note_sessions, &inquiry);
    if (inquiry.n_found)
        qsort(inquiry.found, inquiry.n_found, sizeof *inquiry.found, by_id);
    *count = inquiry.n_found;
    return inquiry.found;
}

size_t server_drop(struct server *server, const struct session_choice *choice, bool reset)
{
    struct inquiry inquiry = {.choice = choice, .reset = reset};
    for (uint32_t i = 0; i < server->n_loops; i++)
        loop_call(server->loops[i], drop_sessions, &inquiry);
    return inquiry.n_found;
}

void server_stop(struct server *server, struct counts *counts)
{
    for (uint32_t i = 0; i < server->n_loops; i++)
        loop_stop(server->loops[i]);
    for (uint32_t i = 0; i < server->n_loops; i++) {
        loop_join(server->loops[i]);
        if (counts)
            add_counts(server->loops[i], counts);
        loop_free(server->loops[i]);
    }
    free(server->loops);
    limits_free(server->limits);
    if (server->devices)
        device_set_free(server->devices);
    platform_set_free(server->platforms);
    host_keys_fini(&server->host_keys);
    authorized_keys_free(server->authorized_keys);
    free(server);
}

static void print_place(const char *name, const struct listen_place *place, FILE *out)
{
    char text[LISTEN_PLACE_TEXT];
    struct listen_place first = *place;
    if (place->n_named == place->devices) // none is where its number puts it
        places_find(place, 1, &first.address, &first.port);
    fprintf(out, " %s=%s", name, listen_place_text(&first, text));
}

void server_print_ready(const struct emulate_options *options, FILE *out)
{
    const struct listen_place *place = options->serves_ssh ? &options->ssh : &options->telnet;
    fprintf(out, "ready mode=%s", place->ports ? "ports" : "address");
    if (options->serves_ssh)
        print_place("ssh", &options->ssh, out);
    if (options->serves_telnet)
        print_place("telnet", &options->telnet, out);
    fprintf(out, " devices=%u", options->devices);
    if (options->experiment->devices.named.len)
        fprintf(out, " named=%zu", options->experiment->devices.named.len);
    fputc('\n', out);
    fflush(out);
}
