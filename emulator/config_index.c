#include "emulator/config_index.h"

#include "emulator/config.h"

#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_MIN = 512,
    WORDS_MAX = 8, // of a line that are counted one by one, and then the whole line
};

// How many lines begin with words of this hash. Two beginnings may have the same: then they are
// counted together, and nobody is misled, as what is found is looked at once more.
struct slot {
    uint32_t hash; // 0: a free slot
    uint32_t count;
    struct config_line *line; // with count 1; NULL: it is not known any more which one is left
};

struct config_index {
    struct slot *slots;
    size_t n_slots; // a power of two
    size_t n_used;
};

struct config_index *config_index_new(void)
{
    struct config_index *index = alloc_zero(1, sizeof *index);
    index->n_slots = SLOTS_MIN;
    index->slots = alloc_zero(index->n_slots, sizeof *index->slots);
    return index;
}

void config_index_free(struct config_index *index)
{
    if (!index)
        return;
    free(index->slots);
    free(index);
}

// FNV-1a, a byte at a time: http://www.isthe.com/chongo/tech/comp/fnv/
static const uint32_t hash_start = UINT32_C(2166136261);

static uint32_t hash_byte(uint32_t hash, char c)
{
    return (hash ^ (unsigned char)c) * UINT32_C(16777619);
}

static bool ends_word(char c)
{
    return c == '\0' || c == ' ' || c == '\n';
}

static struct slot *slot_of(const struct config_index *index, uint32_t hash)
{
    hash += hash == 0;
    // The low bits of FNV alone are poor: the high ones are mixed in.
    size_t at = (hash ^ hash >> 15) & (index->n_slots - 1);
    while (index->slots[at].hash && index->slots[at].hash != hash)
        at = (at + 1) & (index->n_slots - 1);
    return &index->slots[at];
}

static void grow(struct config_index *index)
{
    struct config_index larger = {.n_slots = index->n_slots * 2};
    larger.slots = alloc_zero(larger.n_slots, sizeof *larger.slots);
    for (size_t i = 0; i < index->n_slots; i++)
        if (index->slots[i].count) {
            *slot_of(&larger, index->slots[i].hash) = index->slots[i];
            larger.n_used++;
        }
    free(index->slots);
    *index = larger;
}

static void count_up(struct config_index *index, uint32_t hash, struct config_line *line)
{
    if (index->n_used >= index->n_slots / 2)
        grow(index);
    struct slot *slot = slot_of(index, hash);
    if (!slot->hash) {
        slot->hash = hash + (hash == 0);
        index->n_used++;
    }
    slot->count++;
    slot->line = slot->count == 1 ? line : NULL;
}

static void count_down(struct config_index *index, uint32_t hash)
{
    struct slot *slot = slot_of(index, hash);
    slot->count--;
    slot->line = NULL;
}

void config_index_add(struct config_index *index, struct config_line *line)
{
    uint32_t hash = hash_start;
    size_t words = 0;
    for (const char *text = line->text;; text++) {
        if (ends_word(*text) && (words++ < WORDS_MAX || !*text))
            count_up(index, hash, line);
        if (!*text)
            return;
        hash = hash_byte(hash, *text);
    }
}

void config_index_remove(struct config_index *index, const struct config_line *line)
{
    uint32_t hash = hash_start;
    size_t words = 0;
    for (const char *text = line->text;; text++) {
        if (ends_word(*text) && (words++ < WORDS_MAX || !*text))
            count_down(index, hash);
        if (!*text)
            return;
        hash = hash_byte(hash, *text);
    }
}

// Of more words than are counted only the first so many can be asked for: if no line begins with
// them, none does with all.
struct config_line *config_index_find(const struct config_index *index, const char *words,
                                      bool *known)
{
    uint32_t hash = hash_start;
    size_t n = 0;
    for (const char *at = words; *at && !(ends_word(*at) && ++n == WORDS_MAX); at++)
        hash = hash_byte(hash, *at);
    const struct slot *slot = slot_of(index, hash);
    *known = slot->count == 0;
    if (slot->count == 1 && slot->line && config_begins(slot->line->text, words)) {
        *known = true;
        return slot->line;
    }
    return NULL;
}
