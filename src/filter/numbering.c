/** \file
 * Keys mostly come again in the order in which they first came: each is looked for behind the one
 * before, and looked up only if it is not there.
 */
#include "filter/numbering.h"

#include "base/alloc.h"

void tern_numbering_init(tern_numbering_t *numbering)
{
    *numbering = (tern_numbering_t){.num_keys = 0};
    tern_map_init(&numbering->map, TERN_LOG_FILTER);
}

void tern_numbering_fini(tern_numbering_t *numbering)
{
    tern_map_fini(&numbering->map);
    tern_free(TERN_LOG_FILTER, numbering->keys);
    tern_free(TERN_LOG_FILTER, numbering->found);
    tern_numbering_init(numbering);
}

static bool reserve_found(tern_numbering_t *numbering, size_t num)
{
    uint32_t *found;

    if (num <= numbering->max_found)
        return true;
    found = tern_realloc(TERN_LOG_FILTER, numbering->found, num * sizeof *found);
    if (found == NULL)
        return false;
    numbering->found     = found;
    numbering->max_found = num;
    return true;
}

/* Room for one further key. */
static bool reserve(tern_numbering_t *numbering)
{
    size_t      capacity = 2 * numbering->capacity + 64;
    tern_key_t *keys;

    if (numbering->num_keys == TERN_NUMBER_NONE ||
        tern_map_reserve(&numbering->map, numbering->num_keys + 1) != TERN_OK)
        return false;
    if (numbering->num_keys < numbering->capacity)
        return true;
    keys = tern_realloc(TERN_LOG_FILTER, numbering->keys, capacity * sizeof *keys);
    if (keys == NULL)
        return false;
    numbering->keys     = keys;
    numbering->capacity = capacity;
    return true;
}

static uint32_t look_up(const tern_numbering_t *numbering, tern_key_t key)
{
    const uint32_t *number = tern_map_find(&numbering->map, key);

    return number != NULL ? *number : TERN_NUMBER_NONE;
}

/* TERN_NUMBER_NONE: no memory. */
static uint32_t enter(tern_numbering_t *numbering, tern_key_t key)
{
    if (!reserve(numbering))
        return TERN_NUMBER_NONE;
    numbering->keys[numbering->num_keys] = key;
    return tern_map_enter(&numbering->map, key, (uint32_t)numbering->num_keys++);
}

enum { AHEAD = 16 }; /* keys whose entries are fetched beforehand */

static const uint32_t *find(tern_numbering_t *numbering, size_t num,
                            const tern_key_t keys[], bool may_enter)
{
    uint32_t next = 0; /* what the next key has, if it follows the one before */

    if (num == 0 || !reserve_found(numbering, num))
        return NULL;
    for (size_t i = 0; i < num; i++) {
        uint32_t number = next;

        if (next >= numbering->num_keys || numbering->keys[next] != keys[i]) {
            if (i + AHEAD < num)
                tern_map_prefetch(&numbering->map, keys[i + AHEAD]);
            number = look_up(numbering, keys[i]);
        }
        if (number == TERN_NUMBER_NONE && may_enter) {
            number = enter(numbering, keys[i]);
            if (number == TERN_NUMBER_NONE)
                return NULL;
        }
        numbering->found[i] = number;
        next                = number == TERN_NUMBER_NONE ? next : number + 1;
    }
    return numbering->found;
}

const uint32_t *tern_numbering_find(tern_numbering_t *numbering, size_t num,
                                    const tern_key_t keys[])
{
    return find(numbering, num, keys, false);
}

const uint32_t *tern_numbering_enter(tern_numbering_t *numbering, size_t num,
                                     const tern_key_t keys[])
{
    return find(numbering, num, keys, true);
}
