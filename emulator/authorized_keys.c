#include "emulator/authorized_keys.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct authorized_keys {
    char **keys;
    size_t len;
};

static const char *const key_types[] = {"ssh-ed25519",         "ssh-rsa",
                                        "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                        "ecdsa-sha2-nistp521", NULL};
static const char blanks[] = " \t\r\n";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

static bool is_key_type(const char *word, size_t len)
{
    for (size_t i = 0; key_types[i]; i++)
        if (strlen(key_types[i]) == len && !strncmp(key_types[i], word, len))
            return true;
    return false;
}

// What stands where the type of a key should.
static int wrong_type(const char *word, size_t len, struct err *err)
{
    char *type = alloc_strndup(word, len);
    const char *near = units_nearest_word(type, key_types);
    if (near)
        err_input(err, "there is no key type '%s'; did you mean '%s'?", type, near);
    else if (strstr(word, "PRIVATE KEY"))
        err_input(err, "this is a private key; name the file with its public half (.pub)");
    else
        err_input(err,
                  "a line must begin with ssh-ed25519, ssh-rsa or ecdsa-sha2-nistp256, 384 or 521, "
                  "not with '%.40s'; options in front of a key are not understood",
                  type);
    free(type);
    return -1;
}

// column: of what is wrong, from 1.
static int take_line(struct authorized_keys *keys, const char *line, size_t *column,
                     struct err *err)
{
    const char *type = line + strspn(line, blanks);
    *column = (size_t)(type - line) + 1;
    if (!*type || *type == '#')
        return 0;
    size_t type_len = strcspn(type, blanks);
    if (!is_key_type(type, type_len))
        return wrong_type(type, type_len, err);
    const char *key = type + type_len + strspn(type + type_len, blanks);
    size_t len = strcspn(key, blanks);
    *column = (size_t)(key - line) + 1;
    if (strspn(key, base64) != len || len % 4 != 0 || strncmp(key, "AAAA", 4) != 0)
        return err_input(err, "behind the type stands no whole public key, 'AAAA...'");
    keys->keys = alloc_resize(keys->keys, keys->len + 1, sizeof *keys->keys);
    keys->keys[keys->len++] = alloc_strndup(key, len);
    return 0;
}

static int read_lines(struct authorized_keys *keys, FILE *file, const char *path, struct err *err)
{
    char *line = NULL;
    size_t size = 0;
    int result = 0;
    for (size_t number = 1; result == 0 && getline(&line, &size, file) >= 0; number++) {
        size_t column = 1;
        result = take_line(keys, line, &column, err);
        if (result < 0)
            err_prefix(err, "%s:%zu:%zu: ", path, number, column);
    }
    free(line);
    if (result == 0 && ferror(file))
        return err_input(err, "cannot read the keys of '%s': %s", path, strerror(errno));
    if (result == 0 && !keys->len)
        return err_input(err, "there is no public key in '%s'; `ssh-keygen -t ed25519` makes one",
                         path);
    return result;
}

struct authorized_keys *authorized_keys_read(const char *path, struct err *err)
{
    const char *home = getenv("HOME");
    char *full =
        !strncmp(path, "~/", 2) && home ? alloc_printf("%s%s", home, path + 1) : alloc_strdup(path);
    FILE *file = fopen(full, "r");
    struct authorized_keys *keys = NULL;
    if (!file) {
        err_input(err, "cannot read the keys of '%s': %s", full, strerror(errno));
    } else {
        keys = alloc_zero(1, sizeof *keys);
        if (read_lines(keys, file, full, err) < 0) {
            authorized_keys_free(keys);
            keys = NULL;
        }
        fclose(file);
    }
    free(full);
    return keys;
}

void authorized_keys_free(struct authorized_keys *keys)
{
    if (!keys)
        return;
    for (size_t i = 0; i < keys->len; i++)
        free(keys->keys[i]);
    free(keys->keys);
    free(keys);
}

bool authorized_keys_hold(const struct authorized_keys *keys, const char *key)
{
    for (size_t i = 0; keys && i < keys->len; i++)
        if (!strcmp(keys->keys[i], key))
            return true;
    return false;
}

const struct config_line *authorized_keys_chain(const struct config *config)
{
    return config_exact(&config->top, "ip ssh pubkey-chain");
}

bool authorized_keys_chain_holds(const struct config *config, const char *user, const char *key)
{
    const struct config_line *chain = authorized_keys_chain(config);
    char *heading = alloc_printf("username %s", user);
    const struct config_line *owner = chain ? config_exact(chain, heading) : NULL;
    const struct config_line *data = owner ? config_exact(owner, "key-string") : NULL;
    struct buf joined = {0};
    for (size_t i = 0; data && i < data->n_lines; i++)
        for (const char *at = data->lines[i]->text; *at; at++)
            if (*at != ' ')
                buf_putc(&joined, *at);
    bool holds = strstr(buf_text(&joined), key) != NULL;
    buf_fini(&joined);
    free(heading);
    return holds;
}
