#include "emulator/scp.h"

#include "base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1024 };

enum state {
    TAKES_LINE, // "C0644 1234 name\n"
    TAKES_DATA,
    TAKES_END,   // the 0 behind the data
    GIVES_START, // waits for the peer's 0
    GIVES_DATA,  // the same, after the line
    GIVES_END,   // the same, after the data
};

struct scp {
    enum state state;
    char *name;
    scp_keep keep;
    void *owner;
    char *peer_name; // of the file that comes
    uint64_t wanted; // bytes of it still to come
    struct buf line;
    struct buf text; // what has come, or what is given
};

bool scp_parse(const char *command, bool *gives, char **name)
{
    const char *last = strrchr(command, ' ');
    bool takes = strstr(command, " -t") != NULL;
    *gives = strstr(command, " -f") != NULL;
    if (strncmp(command, "scp ", 4) != 0 || !last || last[1] == '-' || takes == *gives)
        return false;
    last++;
    size_t len = strlen(last);
    bool quoted = len >= 2 && (*last == '\'' || *last == '"') && last[len - 1] == *last;
    *name = alloc_strndup(last + quoted, len - 2 * (size_t)quoted);
    return true;
}

struct scp *scp_taker(const char *name, scp_keep keep, void *owner, struct buf *out)
{
    struct scp *scp = alloc_zero(1, sizeof *scp);
    scp->state = TAKES_LINE;
    scp->name = alloc_strdup(name);
    scp->keep = keep;
    scp->owner = owner;
    buf_putc(out, '\0');
    return scp;
}

struct scp *scp_giver(const char *name, struct buf *text)
{
    struct scp *scp = alloc_zero(1, sizeof *scp);
    scp->state = GIVES_START;
    scp->name = alloc_strdup(name);
    scp->text = *text;
    *text = (struct buf){0};
    return scp;
}

void scp_free(struct scp *scp)
{
    if (!scp)
        return;
    free(scp->name);
    free(scp->peer_name);
    buf_fini(&scp->line);
    buf_fini(&scp->text);
    free(scp);
}

static bool refuse(struct buf *out, const char *why, bool *failed)
{
    buf_printf(out, "\1scp: %s\n", why);
    *failed = true;
    return false;
}

// "C0644 1234 name"; times ("T...") are taken and forgotten.
static bool take_line(struct scp *scp, struct buf *out, bool *failed)
{
    const char *line = buf_text(&scp->line);
    unsigned long long bytes = 0;
    int at = 0;
    if (*line == 'T') {
        buf_putc(out, '\0');
        buf_clear(&scp->line);
        return true;
    }
    if (sscanf(line, "C%*o %llu %n", &bytes, &at) != 1 || !at || !line[at])
        return refuse(out, "only files, please", failed);
    if (bytes > SCP_FILE_MAX_BYTES)
        return refuse(out, "no space left on device", failed);
    free(scp->peer_name);
    scp->peer_name = alloc_strdup(line + at);
    scp->wanted = bytes;
    scp->state = bytes ? TAKES_DATA : TAKES_END;
    buf_clear(&scp->line);
    buf_putc(out, '\0');
    return true;
}

static bool keep_file(struct scp *scp, struct buf *out, bool *failed)
{
    size_t len = strlen(scp->name);
    bool folder = len == 0 || scp->name[len - 1] == ':' || scp->name[len - 1] == '/';
    char *name = folder ? alloc_printf("%s%s", scp->name, scp->peer_name) : alloc_strdup(scp->name);
    bool kept = scp->keep(scp->owner, name, &scp->text);
    free(name);
    if (!kept)
        return refuse(out, "no space left on device", failed);
    scp->state = TAKES_LINE;
    buf_putc(out, '\0');
    return true;
}

static bool take_byte(struct scp *scp, char c, struct buf *out, bool *failed)
{
    switch (scp->state) {
    case TAKES_LINE:
        if (c == '\n')
            return take_line(scp, out, failed);
        if (scp->line.len == LINE_MAX_BYTES)
            return refuse(out, "a line without end", failed);
        buf_putc(&scp->line, c);
        return true;
    case TAKES_DATA:
        buf_putc(&scp->text, c);
        if (--scp->wanted == 0)
            scp->state = TAKES_END;
        return true;
    case TAKES_END:
        return c == '\0' ? keep_file(scp, out, failed) : refuse(out, "the peer failed", failed);
    case GIVES_START:
        buf_printf(out, "C0644 %zu %s\n", scp->text.len, scp->name);
        scp->state = GIVES_DATA;
        break;
    case GIVES_DATA:
        buf_add(out, buf_text(&scp->text), scp->text.len);
        buf_putc(out, '\0');
        scp->state = GIVES_END;
        break;
    case GIVES_END:
        *failed = c != '\0';
        return false;
    }
    *failed = c != '\0';
    return c == '\0';
}

bool scp_input(struct scp *scp, const char *bytes, size_t len, struct buf *out, bool *failed)
{
    *failed = false;
    for (size_t i = 0; i < len; i++)
        if (!take_byte(scp, bytes[i], out, failed))
            return false;
    return true;
}
