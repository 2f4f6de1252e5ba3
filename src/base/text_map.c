/* Hash map from text to a number: open addressing, linear probing, at most three quarters full. See text.h. */
#include "text.h"

struct text_map_slot {
    text key; /* ptr NULL: free */
    uint64_t hash;
    int64_t value;
};

enum { SLOTS_MIN = 16 };

static struct text_map_slot *slot_of(const text_map *m, text key, uint64_t hash)
{
    size_t at = hash & m->mask;
    while (m->slots[at].key.ptr && (m->slots[at].hash != hash || !text_equal(m->slots[at].key, key))) at = (at + 1) & m->mask;
    return &m->slots[at];
}

bool text_map_find(const text_map *m, text key, int64_t *ret_value)
{
    if (!m->slots) return false;
    const struct text_map_slot *s = slot_of(m, key, text_hash(key));
    if (!s->key.ptr) return false;
    *ret_value = s->value;
    return true;
}

static void map_grow(text_map *m)
{
    text_map old = *m;
    size_t slots = old.slots ? (old.mask + 1) * 2 : SLOTS_MIN;
    m->slots = NEW_ARRAY(m->a, slots, struct text_map_slot);
    m->mask = slots - 1;
    for (size_t i = 0; old.slots && i <= old.mask; i++)
        if (old.slots[i].key.ptr) *slot_of(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
}

void text_map_put(text_map *m, text key, int64_t value)
{
    if (!m->slots || (m->count + 1) * 4 > (m->mask + 1) * 3) map_grow(m);
    if (!key.ptr) key = TEXT("");
    uint64_t hash = text_hash(key);
    struct text_map_slot *s = slot_of(m, key, hash);
    m->count += !s->key.ptr;
    *s = (struct text_map_slot){key, hash, value};
}
