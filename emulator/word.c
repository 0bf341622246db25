#include "emulator/word.h"

#include "base/rng.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { IPV4_PARTS = 4, HOSTNAME_MAX = 63, NUMBER_DIGITS_MAX = 19 };

// Four numbers to 255 with dots between; the bytes read, or 0.
static size_t ipv4_len(const char *text, size_t len)
{
    size_t at = 0;
    for (int part = 0; part < IPV4_PARTS; part++) {
        unsigned value = 0;
        size_t digits = 0;
        while (at < len && digits < 3 && isdigit((unsigned char)text[at])) {
            value = value * 10 + (unsigned)(text[at++] - '0');
            digits++;
        }
        if (!digits || value > 255)
            return 0;
        if (part + 1 < IPV4_PARTS && (at >= len || text[at++] != '.'))
            return 0;
    }
    return at;
}

static bool is_prefix_text(const char *text, size_t len)
{
    size_t ip = ipv4_len(text, len);
    if (!ip || ip + 1 >= len || text[ip] != '/' || len - ip > 3)
        return false;
    int bits = 0;
    for (size_t i = ip + 1; i < len; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        bits = bits * 10 + (text[i] - '0');
    }
    return bits <= 32;
}

static bool is_number(const struct tree_node *node, const char *text, size_t len)
{
    if (len == 0 || len > NUMBER_DIGITS_MAX)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    return value >= node->min && value <= node->max;
}

static bool is_name(const char *text, size_t len)
{
    if (len == 0 || len > HOSTNAME_MAX || !isalpha((unsigned char)*text))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("_.-", text[i]))
            return false;
    return true;
}

static bool is_mac(const char *text, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        if (isxdigit((unsigned char)text[i]))
            digits++;
        else if (!strchr(".:-", text[i]))
            return false;
    }
    return digits == 12;
}

static const struct interface_kind *interface_kind(const struct platform *platform,
                                                   const char *text, size_t letters)
{
    for (size_t i = 0; i < platform->n_interfaces; i++)
        if (letters <= strlen(platform->interfaces[i].name) &&
            !strncasecmp(platform->interfaces[i].name, text, letters))
            return &platform->interfaces[i];
    return NULL;
}

// "0/1", "0/1.100", "0/RP0/CPU0/0": letters only behind a slash.
static size_t number_len(const char *text)
{
    size_t at = strspn(text, "0123456789/.:");
    while (at > 0 && text[at - 1] == '/' && isupper((unsigned char)text[at])) {
        while (isupper((unsigned char)text[at]))
            at++;
        at += strspn(text + at, "0123456789/.:");
    }
    return at;
}

static size_t interface_len(const struct platform *platform, const char *text, size_t len,
                            struct buf *value)
{
    size_t letters = 0;
    while (letters < len && (isalpha((unsigned char)text[letters]) || text[letters] == '-'))
        letters++;
    size_t at = letters;
    if (letters == len)
        at += strspn(text + at, " ");
    const struct interface_kind *kind = letters ? interface_kind(platform, text, letters) : NULL;
    size_t digits = number_len(text + at);
    bool ends = !text[at + digits] || isspace((unsigned char)text[at + digits]);
    if (!kind || !digits || !isdigit((unsigned char)text[at]) ||
        !isdigit((unsigned char)text[at + digits - 1]) || !ends)
        return 0;
    buf_puts(value, kind->name);
    buf_add(value, text + at, digits);
    return at + digits;
}

void word_scramble(const char *password, size_t len, struct buf *out)
{
    static const char alphabet[] =
        "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if (len > 5 && isdigit((unsigned char)*password) && password[1] == ' ' && password[2] == '$') {
        buf_add(out, password, len);
        return;
    }
    if (len > 2 && password[1] == ' ' && *password == '7' &&
        strspn(password + 2, "0123456789ABCDEFabcdef") == len - 2) {
        buf_add(out, password, len); // as another device shows it
        return;
    }
    if (len > 2 && password[1] == ' ' && *password == '0') {
        password += 2;
        len -= 2;
    }
    uint64_t hash = UINT64_C(14695981039346656037); // FNV-1a: no secret of value is kept here
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)password[i]) * UINT64_C(1099511628211);
    struct rng rng;
    rng_seed(&rng, hash);
    buf_puts(out, "9 $9$");
    for (int i = 0; i < 58; i++)
        buf_putc(out, i == 14 ? '$' : alphabet[rng_below(&rng, 64)]);
}

static size_t trimmed_rest(const char *text)
{
    size_t len = strlen(text);
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    return len;
}

static size_t keep(struct buf *value, const char *text, size_t len)
{
    buf_add(value, text, len);
    return len;
}

size_t word_match(const struct platform *platform, const struct tree_node *node, const char *text,
                  size_t len, struct buf *value)
{
    switch (node->kind) {
    case WORD_NUMBER:
        return is_number(node, text, len) ? keep(value, text, len) : 0;
    case WORD_WORD:
        return keep(value, text, len);
    case WORD_LINE:
        return keep(value, text, trimmed_rest(text));
    case WORD_NAME:
        return is_name(text, len) ? keep(value, text, len) : 0;
    case WORD_IPV4:
        return ipv4_len(text, len) == len ? keep(value, text, len) : 0;
    case WORD_PREFIX:
        return is_prefix_text(text, len) ? keep(value, text, len) : 0;
    case WORD_MAC:
        return is_mac(text, len) ? keep(value, text, len) : 0;
    case WORD_INTERFACE:
        return interface_len(platform, text, len, value);
    case WORD_SUBINTERFACE:
        return memchr(text, '.', strcspn(text, " ")) ? interface_len(platform, text, len, value)
                                                     : 0;
    case WORD_SECRET:
        len = trimmed_rest(text);
        word_scramble(text, len, value);
        return len;
    case WORD_LITERAL:
    case WORD_PATH: // the parser's business
        break;
    }
    return 0;
}

char *word_show(const struct tree_node *node, char *buf, size_t len)
{
    static const char *const shown[] = {
        [WORD_WORD] = "WORD",           [WORD_LINE] = "LINE",
        [WORD_NAME] = "WORD",           [WORD_IPV4] = "A.B.C.D",
        [WORD_PREFIX] = "A.B.C.D/n",    [WORD_MAC] = "H.H.H",
        [WORD_INTERFACE] = "INTERFACE", [WORD_SUBINTERFACE] = "INTERFACE.N",
        [WORD_SECRET] = "LINE",         [WORD_PATH] = "PATH",
    };
    if (node->kind == WORD_LITERAL)
        snprintf(buf, len, "%s", node->text);
    else if (node->kind == WORD_NUMBER)
        snprintf(buf, len, "<%llu-%llu>", (unsigned long long)node->min,
                 (unsigned long long)node->max);
    else
        snprintf(buf, len, "%s", shown[node->kind]);
    return buf;
}

const char *word_help(const struct tree_node *node)
{
    static const char *const helps[] = {
        [WORD_LITERAL] = "",
        [WORD_NUMBER] = "A number",
        [WORD_WORD] = "A word",
        [WORD_LINE] = "The rest of the line",
        [WORD_NAME] = "A name",
        [WORD_IPV4] = "IP address",
        [WORD_PREFIX] = "IP prefix",
        [WORD_MAC] = "MAC address",
        [WORD_INTERFACE] = "An interface: its type and number",
        [WORD_SUBINTERFACE] = "A part of an interface",
        [WORD_SECRET] = "The password",
        [WORD_PATH] = "A place in the configuration",
    };
    return helps[node->kind];
}
