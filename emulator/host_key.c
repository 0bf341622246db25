#include "emulator/host_key.h"

#include "base/alloc.h"

#include <errno.h>
#include <libssh/libssh.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
            err_input(err, "cannot make the folder '%s': %s; name a key with --host-key FILE", path,
                      strerror(errno));
        *slash = was;
        if (failed)
            return -1;
        if (!was)
            return 0;
    }
}

static int write_new_key(const char *path, struct err *err)
{
    ssh_key key = NULL;
    if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK)
        return err_set(err, "cannot make an ed25519 host key");
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
static int make_key(const char *path, struct err *err)
{
    char *draft = alloc_printf("%s.%ld", path, (long)getpid());
    int result = write_new_key(draft, err);
    if (result == 0 && link(draft, path) < 0 && errno != EEXIST)
        result = err_input(err, "cannot write the host key '%s': %s; name one with --host-key FILE",
                           path, strerror(errno));
    unlink(draft);
    free(draft);
    return result;
}

static int check_key(const char *path, struct err *err)
{
    if (access(path, R_OK) < 0)
        return err_input(
            err,
            "cannot read the host key '%s': %s; `ssh-keygen -t ed25519 -N '' -f FILE` makes one",
            path, strerror(errno));
    ssh_key key = NULL;
    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) != SSH_OK)
        return err_input(err,
                         "'%s' is not a private key without a passphrase; "
                         "`ssh-keygen -t ed25519 -N '' -f FILE` makes one",
                         path);
    ssh_key_free(key);
    return 0;
}

char *host_key_path(const char *option, struct err *err)
{
    if (option)
        return check_key(option, err) < 0 ? NULL : alloc_strdup(option);
    char *folder = data_folder(err);
    if (!folder)
        return NULL;
    char *path = alloc_printf("%s/ssh_host_key", folder);
    bool failed =
        access(path, F_OK) < 0 && (make_folders(folder, err) < 0 || make_key(path, err) < 0);
    if (failed || check_key(path, err) < 0) {
        free(path);
        path = NULL;
    }
    free(folder);
    return path;
}

char *host_key_public(const char *path, struct err *err)
{
    ssh_key key = NULL;
    char *base64 = NULL;
    char *text = NULL;
    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) == SSH_OK &&
        ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK)
        text = alloc_printf("%s %s", ssh_key_type_to_char(ssh_key_type(key)), base64);
    else
        err_set(err, "cannot read the public key of '%s'", path);
    ssh_string_free_char(base64);
    ssh_key_free(key);
    return text;
}
