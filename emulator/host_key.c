#include "emulator/host_key.h"

#include "base/alloc.h"
#include "base/buf.h"

#include <errno.h>
#include <libssh/libssh.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The first one's name is older than the others.
static const struct {
    const char *name; // of ssh-keygen -t
    const char *file;
    enum ssh_keytypes_e type;
    int bits;
} key_kinds[HOST_KEY_KINDS] = {
    [HOST_KEY_ED25519] = {"ed25519", "ssh_host_key", SSH_KEYTYPE_ED25519, 0},
    [HOST_KEY_ECDSA] = {"ecdsa", "ssh_host_ecdsa_key", SSH_KEYTYPE_ECDSA, 256},
    [HOST_KEY_RSA] = {"rsa", "ssh_host_rsa_key", SSH_KEYTYPE_RSA, 2048},
};

static char *data_folder(struct err *err)
{
    const char *data = getenv("XDG_DATA_HOME");
    if (data && *data == '/') // a relative one is to be ignored (XDG base directory specification)
        return alloc_printf("%s/netbaton", data);
    const char *home = getenv("HOME");
    if (home && *home)
        return alloc_printf("%s/.local/share/netbaton", home);
    err_input(err, "no place for the host key: neither XDG_DATA_HOME nor HOME is set; "
                   "name a key with --host-key FILE");
    return NULL;
}

static int make_folders(char *path, struct err *err)
{
    for (char *slash = path + 1;; slash++) {
        if (*slash != '/' && *slash)
            continue;
        char was = *slash;
        *slash = '\0';
        bool failed = mkdir(path, 0700) < 0 && errno != EEXIST;
        if (failed)
            err_input(err,
                      "cannot make the folder '%s': %s; name a key with --host-key FILE, or a "
                      "folder to keep one in with XDG_DATA_HOME",
                      path, strerror(errno));
        *slash = was;
        if (failed)
            return -1;
        if (!was)
            return 0;
    }
}

static int write_new_key(const char *path, enum host_key_kind kind, struct err *err)
{
    ssh_key key = NULL;
    if (ssh_pki_generate(key_kinds[kind].type, key_kinds[kind].bits, &key) != SSH_OK)
        return err_set(err, "cannot make an %s host key", key_kinds[kind].name);
    mode_t before = umask(077);
    int failed = ssh_pki_export_privkey_file(key, NULL, NULL, NULL, path) != SSH_OK;
    umask(before);
    ssh_key_free(key);
    if (failed)
        return err_input(err, "cannot write the host key '%s'; name one with --host-key FILE",
                         path);
    return 0;
}

// Written beside its place, then linked to it: who comes second finds the first one's key, never
// half of it.
static int make_key(const char *path, enum host_key_kind kind, struct err *err)
{
    char *draft = alloc_printf("%s.%ld", path, (long)getpid());
    int result = write_new_key(draft, kind, err);
    if (result == 0 && link(draft, path) < 0 && errno != EEXIST)
        result = err_input(err, "cannot write the host key '%s': %s; name one with --host-key FILE",
                           path, strerror(errno));
    unlink(draft);
    free(draft);
    return result;
}

// The lowest kind of a set.
static enum host_key_kind first_kind(unsigned kinds)
{
    enum host_key_kind kind = 0;
    while (kind < HOST_KEY_RSA && !(kinds & 1U << kind))
        kind++;
    return kind;
}

static int kind_of(ssh_key key)
{
    switch (ssh_key_type(key)) {
    case SSH_KEYTYPE_ED25519:
        return HOST_KEY_ED25519;
    case SSH_KEYTYPE_ECDSA_P256:
    case SSH_KEYTYPE_ECDSA_P384:
    case SSH_KEYTYPE_ECDSA_P521:
        return HOST_KEY_ECDSA;
    case SSH_KEYTYPE_RSA:
        return HOST_KEY_RSA;
    default:
        return -1;
    }
}

// The kind of a usable key, which must be one of kinds; -1 with an error.
static int check_key(const char *path, unsigned kinds, struct err *err)
{
    const char *name = key_kinds[first_kind(kinds)].name;
    if (access(path, R_OK) < 0)
        return err_input(
            err, "cannot read the host key '%s': %s; `ssh-keygen -t %s -N '' -f FILE` makes one",
            path, strerror(errno), name);
    ssh_key key = NULL;
    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) != SSH_OK)
        return err_input(err,
                         "'%s' is not a private key without a passphrase; "
                         "`ssh-keygen -t %s -N '' -f FILE` makes one",
                         path, name);
    int kind = kind_of(key);
    if (kind < 0 || !(kinds & 1U << kind))
        err_input(err,
                  "the host key '%s' is of type %s, which the SSH profile does not have; "
                  "`ssh-keygen -t %s -N '' -f FILE` makes one",
                  path, ssh_key_type_to_char(ssh_key_type(key)), name);
    ssh_key_free(key);
    return kind < 0 || !(kinds & 1U << kind) ? -1 : kind;
}

static int open_named(struct host_keys *keys, const char *path, unsigned kinds, struct err *err)
{
    int kind = check_key(path, kinds, err);
    if (kind < 0)
        return -1;
    keys->paths[kind] = alloc_strdup(path);
    return 0;
}

static int open_kept(struct host_keys *keys, const char *folder, enum host_key_kind kind,
                     struct err *err)
{
    char *path = alloc_printf("%s/%s", folder, key_kinds[kind].file);
    keys->paths[kind] = path;
    if (access(path, F_OK) < 0 && make_key(path, kind, err) < 0)
        return -1;
    return check_key(path, 1U << kind, err) < 0 ? -1 : 0;
}

int host_keys_open(struct host_keys *keys, const char *option, unsigned kinds, unsigned any_kinds,
                   struct err *err)
{
    *keys = (struct host_keys){0};
    if (option)
        return open_named(keys, option, any_kinds, err);
    char *folder = data_folder(err);
    int result = folder ? make_folders(folder, err) : -1;
    for (int kind = 0; result == 0 && kind < HOST_KEY_KINDS; kind++)
        if (kinds & 1U << kind)
            result = open_kept(keys, folder, (enum host_key_kind)kind, err);
    free(folder);
    return result;
}

void host_keys_fini(struct host_keys *keys)
{
    for (int kind = 0; kind < HOST_KEY_KINDS; kind++)
        free(keys->paths[kind]);
    *keys = (struct host_keys){0};
}

static int put_public(const char *path, struct buf *out, struct err *err)
{
    ssh_key key = NULL;
    char *base64 = NULL;
    int result = 0;
    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) == SSH_OK &&
        ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK)
        buf_printf(out, "%s %s\n", ssh_key_type_to_char(ssh_key_type(key)), base64);
    else
        result = err_set(err, "cannot read the public key of '%s'", path);
    ssh_string_free_char(base64);
    ssh_key_free(key);
    return result;
}

char *host_keys_public(const struct host_keys *keys, struct err *err)
{
    struct buf text = {0};
    for (int kind = 0; kind < HOST_KEY_KINDS; kind++)
        if (keys->paths[kind] && put_public(keys->paths[kind], &text, err) < 0) {
            buf_fini(&text);
            return NULL;
        }
    return buf_take(&text);
}
