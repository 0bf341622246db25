#include "emulator/transport_ssh_bind.h"

#include "base/alloc.h"
#include "emulator/ssh_profile.h"

#include <errno.h>
#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What libssh accepts of a peer's own key, too. It tells the peer so after the key exchange.
static const char public_keys[] =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
    "rsa-sha2-512,rsa-sha2-256,ssh-rsa";

// For group exchange, as a line of moduli(5): the only one is group 14 of RFC 3526. From a file of
// many, and without any, libssh takes the largest that the peer bears, of 8192 bits as a rule, and
// computes for 250 ms, while the loop's other sessions wait.
static const char primes[] = "20030501000000 2 6 100 2047 2 "
                             "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1"
                             "29024E088A67CC74020BBEA63B139B22514A08798E3404DD"
                             "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"
                             "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                             "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D"
                             "C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
                             "83655D23DCA3AD961C62F356208552BB9ED529077096966D"
                             "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
                             "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9"
                             "DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
                             "15728E5A8AACAA68FFFFFFFFFFFFFFFF\n";

struct binds {
    const struct transport_settings *settings;
    FILE *primes; // libssh opens it by its name at each exchange
    char primes_path[32];
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

static int set_profile(ssh_bind shared, const struct ssh_profile *ssh, const char *primes_path,
                       struct err *err)
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
        {SSH_BIND_OPTIONS_MODULI, primes_path},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (set(shared, options[i].option, options[i].value, err) < 0)
            return -1;
    return 0;
}

static ssh_bind make(const struct ssh_profile *ssh, const struct binds *binds, struct err *err)
{
    const struct host_keys *keys = binds->settings->host_keys;
    bool no_config = false;
    ssh_bind shared = ssh_bind_new();
    if (!shared)
        abort(); // out of memory, like base/alloc
    if (set(shared, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no_config, err) < 0 ||
        set_keys(shared, keys, kinds_of(ssh, keys), err) < 0 ||
        set_profile(shared, ssh, binds->primes_path, err) < 0) {
        ssh_bind_free(shared);
        return NULL;
    }
    return shared;
}

static int open_primes(struct binds *binds, struct err *err)
{
    binds->primes = tmpfile();
    if (!binds->primes || fputs(primes, binds->primes) < 0 || fflush(binds->primes) != 0)
        return err_set(err, "cannot write a temporary file: %s", strerror(errno));
    snprintf(binds->primes_path, sizeof binds->primes_path, "/dev/fd/%d", fileno(binds->primes));
    return 0;
}

void *transport_ssh_bind_new(const struct transport_settings *settings, struct err *err)
{
    struct binds *binds = alloc_zero(1, sizeof *binds);
    binds->settings = settings;
    if (open_primes(binds, err) == 0)
        binds->profiles[settings->ssh] = make(&ssh_profiles[settings->ssh], binds, err);
    if (binds->profiles[settings->ssh])
        return binds;
    transport_ssh_bind_free(binds);
    return NULL;
}

void transport_ssh_bind_free(void *shared)
{
    struct binds *binds = shared;
    for (int i = 0; i < SSH_PROFILES; i++)
        ssh_bind_free(binds->profiles[i]);
    if (binds->primes)
        fclose(binds->primes);
    free(binds);
}

ssh_bind transport_ssh_bind_of(void *shared, uint32_t profile, const struct platform *platform)
{
    struct binds *binds = shared;
    struct err err;
    if (!kinds_of(&ssh_profiles[profile], binds->settings->host_keys))
        profile = binds->settings->ssh;
    if (!binds->profiles[profile])
        binds->profiles[profile] = make(&ssh_profiles[profile], binds, &err);
    ssh_bind bind = binds->profiles[profile];
    // What the device calls itself is its platform's to say; the connection copies it.
    if (bind && !ssh_profiles[profile].version &&
        set(bind, SSH_BIND_OPTIONS_BANNER, platform_ssh_version(platform), &err) < 0)
        return NULL;
    return bind;
}
