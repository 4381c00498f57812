/** \file
 * Sorting positions by a key, see order.h.
 */
#include "order.h"

#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS = 11, NUM_DIGITS = 6, NUM_VALUES = 1 << DIGIT_BITS };

static size_t digit_of(uint64_t key, int digit)
{
    return (size_t)(key >> digit * DIGIT_BITS) & (NUM_VALUES - 1);
}

/* Where the items of each value of a digit begin; false if all items have the same. */
static bool find_places(size_t num, const mf_ordered_t items[], int digit,
                        size_t places[])
{
    size_t before = 0;

    memset(places, 0, NUM_VALUES * sizeof(places[0]));
    for (size_t i = 0; i < num; i++)
        places[digit_of(items[i].key, digit)]++;
    if (places[digit_of(items[0].key, digit)] == num)
        return false;
    for (size_t value = 0; value < NUM_VALUES; value++) {
        size_t count = places[value];

        places[value] = before;
        before += count;
    }
    return true;
}

void mf_order_sort(size_t num, mf_ordered_t items[])
{
    mf_ordered_t *from = items;
    mf_ordered_t *to   = APP_NEW(mf_ordered_t, num);
    mf_ordered_t *room = to;
    size_t        places[NUM_VALUES];

    for (int digit = 0; digit < NUM_DIGITS && num > 0; digit++) {
        mf_ordered_t *sorted = to;

        if (!find_places(num, from, digit, places))
            continue;
        for (size_t i = 0; i < num; i++)
            to[places[digit_of(from[i].key, digit)]++] = from[i];
        to   = from;
        from = sorted;
    }
    if (from != items)
        memcpy(items, from, num * sizeof(items[0]));
    free(room);
}
