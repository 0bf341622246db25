// Several sections at once: `interface range Gi0/0 - 3 , lo1`, `vlan 10,20-30`, `line vty 0 15`.
// The first becomes the place that is being configured, the others get the same lines.
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { SECTIONS_MAX = 256, VLAN_MAX = 4094 };

// The headings a range stands for, '\n' between.
struct range {
    struct buf headings;
    size_t n;
};

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

static void add_heading(struct range *range, const char *kind, const char *name, unsigned long n)
{
    buf_printf(&range->headings, "%s%s %s%lu", range->n ? "\n" : "", kind, name, n);
    range->n++;
}

static bool may_be(struct shell *shell, const char *name)
{
    return shell_has_interface(shell, name) || shell_is_made_on_use(shell->platform, name);
}

// The last number of a name: behind the last slash, or behind the letters.
static const char *last_number(const char *name)
{
    const char *end = name + strlen(name);
    while (end > name && isdigit((unsigned char)end[-1]))
        end--;
    return end;
}

// The first name of an item ends where its number does: "Port-channel 1 - 3".
static size_t name_len(const char *item)
{
    size_t at = 0;
    while (isalpha((unsigned char)item[at]) || item[at] == '-')
        at++;
    at += strspn(item + at, " ");
    return at + strspn(item + at, "0123456789/.:");
}

static bool add_interfaces(struct shell *shell, struct range *range, const char *item)
{
    char *typed = alloc_strndup(item, name_len(item));
    struct buf name = {0};
    bool good = parser_interface(shell->platform, typed, &name) == strlen(typed) && name.len;
    free(typed);
    const char *number = good ? last_number(buf_text(&name)) : "";
    unsigned long first = strtoul(number, NULL, 10);
    unsigned long last = first;
    const char *rest = skip_blanks(item + name_len(item));
    if (good && *rest == '-') {
        const char *end = skip_blanks(rest + 1);
        while (*end && !isdigit((unsigned char)*last_number(end)))
            end++;
        good = isdigit((unsigned char)*last_number(end)) != 0;
        last = strtoul(last_number(end), NULL, 10);
    } else
        good = good && !*rest;
    good = good && last >= first && last - first < SECTIONS_MAX;
    char *front = alloc_strndup(buf_text(&name), (size_t)(number - buf_text(&name)) * good);
    for (unsigned long n = first; good && n <= last; n++) {
        char *one = alloc_printf("%s%lu", front, n);
        good = may_be(shell, one) && range->n < SECTIONS_MAX;
        if (good)
            add_heading(range, "interface", front, n);
        free(one);
    }
    free(front);
    buf_fini(&name);
    return good;
}

static bool add_numbers(struct range *range, const char *kind, const char *item)
{
    char *end;
    unsigned long first = strtoul(item, &end, 10);
    unsigned long last = first;
    bool good = end != item;
    end += strspn(end, " ");
    if (good && *end == '-') {
        const char *from = skip_blanks(end + 1);
        last = strtoul(from, &end, 10);
        good = end != from;
    }
    good = good && !*skip_blanks(end) && first >= 1 && last >= first && last <= VLAN_MAX;
    for (unsigned long n = first; good && n <= last; n++)
        add_heading(range, kind, "", n);
    return good;
}

// Fills the range; on a mistake *bad is the item's offset in the argument.
static bool read_range(struct shell *shell, const struct parsed *parsed, struct range *range,
                       size_t *bad)
{
    const struct parsed_argument *argument = &parsed->arguments[parsed->n_arguments - 1];
    const char *text = buf_text(&parsed->text);
    char *kind = alloc_strndup(text, strcspn(text, " "));
    char *list = alloc_strndup(text + argument->at, argument->len);
    bool good = true;
    for (char *item = list; good && item;) {
        char *comma = strchr(item, ',');
        if (comma)
            *comma = '\0';
        const char *start = skip_blanks(item);
        char *word = alloc_strndup(start, strlen(start));
        for (size_t len = strlen(word); len && word[len - 1] == ' '; len--)
            word[len - 1] = '\0';
        *bad = (size_t)(start - list);
        good = isalpha((unsigned char)*word) ? add_interfaces(shell, range, word)
                                             : add_numbers(range, kind, word);
        free(word);
        item = comma ? comma + 1 : NULL;
    }
    free(list);
    free(kind);
    return good;
}

bool shell_check_range(struct shell *shell, const struct parsed *parsed, size_t *bad)
{
    if (parsed->command->store != STORE_RANGE || !parsed->n_arguments)
        return true;
    struct range range = {0};
    bool good = read_range(shell, parsed, &range, bad);
    *bad += parsed->arguments[parsed->n_arguments - 1].column;
    buf_fini(&range.headings);
    return good;
}

// The first is configured, and with it the others.
static void go_to(struct shell *shell, struct range *range)
{
    free(shell->path);
    free(shell->others);
    const char *all = buf_text(&range->headings);
    size_t first = strcspn(all, "\n");
    shell->path = alloc_strndup(all, first);
    shell->others = all[first] ? alloc_strdup(all + first + 1) : NULL;
    buf_fini(&range->headings);
}

// Ports stay: they are hardware.
static void remove_all(struct shell *shell, struct config *config, struct range *range)
{
    char *more;
    char *all = alloc_strdup(buf_text(&range->headings));
    for (char *heading = strtok_r(all, "\n", &more); heading;
         heading = strtok_r(NULL, "\n", &more)) {
        const char *name = heading + strlen("interface ");
        if (!config_begins(heading, "interface") || strchr(name, '.') ||
            shell_is_made_on_use(shell->platform, name))
            config_remove(&config->top, heading);
    }
    free(all);
    buf_fini(&range->headings);
}

void shell_store_range(struct shell *shell, const struct parsed *parsed)
{
    struct range range = {0};
    size_t bad;
    struct config *config = shell_edited_config(shell);
    if (!parsed->n_arguments) // `no` of the bare word: nothing is named
        return;
    read_range(shell, parsed, &range, &bad);
    shell_add_effort(shell, range.n, config->top.n_lines, parsed->negated);
    if (parsed->negated) {
        remove_all(shell, config, &range);
        return;
    }
    char *more;
    char *all = alloc_strdup(buf_text(&range.headings));
    for (char *heading = strtok_r(all, "\n", &more); heading; heading = strtok_r(NULL, "\n", &more))
        shell_make_section(shell, config, &config->top, heading, parsed->command);
    free(all);
    go_to(shell, &range);
}

// Terminal lines. A section stands for some lines in a row; one that is only partly meant is split.

static void copy_section(struct shell *shell, struct config *config, const char *kind,
                         unsigned long first, unsigned long last, const struct config_line *from)
{
    char *heading = first == last ? alloc_printf("%s %lu", kind, first)
                                  : alloc_printf("%s %lu %lu", kind, first, last);
    struct config_line *line =
        config_set(config, &config->top, shell->platform, heading, strlen(heading));
    line->section = true;
    for (size_t i = 0; from && i < from->n_lines; i++)
        config_set(config, line, shell->platform, from->lines[i]->text,
                   strlen(from->lines[i]->text));
    free(heading);
}

// The numbers of "line vty 0 4"; false when the section is of another kind.
static bool line_numbers(const char *heading, const char *kind, unsigned long *first,
                         unsigned long *last)
{
    if (!config_begins(heading, kind))
        return false;
    char *end;
    *first = strtoul(heading + strlen(kind), &end, 10);
    const char *rest = skip_blanks(end);
    *last = *rest ? strtoul(rest, NULL, 10) : *first;
    return true;
}

static void split_lines(struct shell *shell, struct config *config, const char *kind,
                        unsigned long low, unsigned long high)
{
    for (size_t i = 0; i < config->top.n_lines; i++) {
        struct config_line *line = config->top.lines[i];
        unsigned long first, last;
        if (!line_numbers(line->text, kind, &first, &last) || last < low || first > high ||
            (first >= low && last <= high))
            continue;
        struct config *old = config_new();
        config_copy_lines(&old->top, line);
        char *heading = alloc_strdup(line->text);
        config_remove(&config->top, heading);
        free(heading);
        if (first < low)
            copy_section(shell, config, kind, first, low - 1, &old->top);
        copy_section(shell, config, kind, first < low ? low : first, last > high ? high : last,
                     &old->top);
        if (last > high)
            copy_section(shell, config, kind, high + 1, last, &old->top);
        config_free(old);
        i--; // what followed has taken its place, or stands further on
    }
}

void shell_store_lines(struct shell *shell, const struct parsed *parsed)
{
    const char *text = buf_text(&parsed->text);
    char *kind = alloc_strndup(text, parsed->literal_len);
    unsigned long low = strtoul(text + parsed->arguments[0].at, NULL, 10);
    unsigned long high = low;
    if (parsed->n_arguments > 1)
        high = strtoul(text + parsed->arguments[1].at, NULL, 10);
    high = high < low ? low : high;
    struct config *config = shell_edited_config(shell);
    split_lines(shell, config, kind, low, high);
    struct range range = {0};
    unsigned long covered = low; // the first number that no section has yet
    for (size_t i = 0; i < config->top.n_lines; i++) {
        const char *heading = config->top.lines[i]->text;
        unsigned long first, last;
        if (!line_numbers(heading, kind, &first, &last) || first < low || last > high)
            continue;
        buf_printf(&range.headings, "%s%s", range.n++ ? "\n" : "", heading);
        covered = last + 1 > covered ? last + 1 : covered;
    }
    if (covered <= high) {
        copy_section(shell, config, kind, covered, high, NULL);
        if (covered == high)
            add_heading(&range, kind, "", high);
        else {
            char *numbers = alloc_printf("%lu ", covered);
            add_heading(&range, kind, numbers, high);
            free(numbers);
        }
    }
    free(kind);
    if (parsed->negated)
        remove_all(shell, config, &range);
    else
        go_to(shell, &range);
}
