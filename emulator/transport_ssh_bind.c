#include "emulator/transport_ssh_bind.h"

#include "base/alloc.h"

#include <libssh/libssh.h>
#include <stdlib.h>

// What libssh accepts of a peer's own key, too. It tells the peer so after the key exchange.
static const char public_keys[] =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
    "rsa-sha2-512,rsa-sha2-256,ssh-rsa";

struct binds {
    const struct transport_settings *settings;
    ssh_bind profiles[SSH_PROFILES]; // NULL: not made yet
};

static int set(ssh_bind shared, enum ssh_bind_options_e option, const void *value, struct err *err)
{
    if (value && ssh_bind_options_set(shared, option, value) < 0)
        return err_set(err, "cannot set up SSH: %s", ssh_get_error(shared));
    return 0;
}

// The kinds of a profile that there are keys of.
static unsigned kinds_of(const struct ssh_profile *ssh, const struct host_keys *keys)
{
    unsigned there = 0;
    for (int kind = 0; kind < HOST_KEY_KINDS; kind++)
        there |= keys->paths[kind] ? 1U << kind : 0;
    return there & ssh->host_keys ? there & ssh->host_keys : there & ssh->any_host_keys;
}

static int set_keys(ssh_bind shared, const struct host_keys *keys, unsigned kinds, struct err *err)
{
    for (int kind = 0; kind < HOST_KEY_KINDS; kind++) {
        ssh_key key = NULL;
        const char *path = keys->paths[kind];
        if (!(kinds & 1U << kind))
            continue;
        if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) != SSH_OK)
            return err_input(err, "cannot read the host key '%s'", path);
        if (set(shared, SSH_BIND_OPTIONS_IMPORT_KEY, key, err) < 0) { // else it is taken
            ssh_key_free(key);
            return -1;
        }
    }
    return 0;
}

static int set_profile(ssh_bind shared, const struct ssh_profile *ssh, struct err *err)
{
    const struct {
        enum ssh_bind_options_e option;
        const char *value;
    } options[] = {
        {SSH_BIND_OPTIONS_BANNER, ssh->version},
        {SSH_BIND_OPTIONS_KEY_EXCHANGE, ssh->key_exchange},
        {SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, ssh->host_key_algorithms},
        {SSH_BIND_OPTIONS_CIPHERS_C_S, ssh->ciphers},
        {SSH_BIND_OPTIONS_CIPHERS_S_C, ssh->ciphers},
        {SSH_BIND_OPTIONS_HMAC_C_S, ssh->macs},
        {SSH_BIND_OPTIONS_HMAC_S_C, ssh->macs},
        {SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, public_keys},
        // A group exchange would read the machine's file of primes in the middle of the loop;
        // without one libssh takes the groups of RFC 3526.
        {SSH_BIND_OPTIONS_MODULI, "/dev/null/none"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (set(shared, options[i].option, options[i].value, err) < 0)
            return -1;
    return 0;
}

static ssh_bind make(const struct ssh_profile *ssh, const struct transport_settings *settings,
                     struct err *err)
{
    bool no_config = false;
    ssh_bind shared = ssh_bind_new();
    if (!shared)
        abort(); // out of memory, like base/alloc
    if (set(shared, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no_config, err) < 0 ||
        set_keys(shared, settings->host_keys, kinds_of(ssh, settings->host_keys), err) < 0 ||
        set_profile(shared, ssh, err) < 0) {
        ssh_bind_free(shared);
        return NULL;
    }
    return shared;
}

void *transport_ssh_bind_new(const struct transport_settings *settings, struct err *err)
{
    struct binds *binds = alloc_zero(1, sizeof *binds);
    binds->settings = settings;
    ssh_bind first = make(&ssh_profiles[settings->ssh], settings, err);
    if (!first) {
        free(binds);
        return NULL;
    }
    binds->profiles[settings->ssh] = first;
    return binds;
}

void transport_ssh_bind_free(void *shared)
{
    struct binds *binds = shared;
    for (int i = 0; i < SSH_PROFILES; i++)
        ssh_bind_free(binds->profiles[i]);
    free(binds);
}

ssh_bind transport_ssh_bind_of(void *shared, uint32_t profile, const struct platform *platform)
{
    struct binds *binds = shared;
    struct err err;
    if (!kinds_of(&ssh_profiles[profile], binds->settings->host_keys))
        profile = binds->settings->ssh;
    if (!binds->profiles[profile])
        binds->profiles[profile] = make(&ssh_profiles[profile], binds->settings, &err);
    ssh_bind bind = binds->profiles[profile];
    // What the device calls itself is its platform's to say; the connection copies it.
    if (bind && !ssh_profiles[profile].version &&
        set(bind, SSH_BIND_OPTIONS_BANNER, platform_ssh_version(platform), &err) < 0)
        return NULL;
    return bind;
}
