/** \file
 * Order: the keys of a sparse shard in rising order, for those who scan them.
 *
 * Made when it is first asked for, at 8 bytes a key, and kept up from then on: keys of new rows wait unsorted until the
 * next question and are merged in then. Keys whose rows have gone stay until half of the list is of that kind; whoever
 * goes through the list looks each row up.
 */
#ifndef TERN_STORE_ORDER_H
#define TERN_STORE_ORDER_H

#include "tern/types.h"

/* All zero is an order that nobody has asked for. */
typedef struct tern_order {
    tern_key_t *keys;       /* [num] */
    size_t      num_sorted; /* of these, without repeats; the others have come since */
    size_t      num, capacity;
    bool        is_kept;
} tern_order_t;

void tern_order_fini(tern_order_t *order);

/* A row has come. Where memory ends the order is given up, to be made anew when it is asked for. */
void tern_order_add(tern_order_t *order, tern_key_t key);

/* Begin anew, with room for `num` keys, which are to be added. TERN_ERR_NO_MEMORY. */
TERN_CHECK_RESULT tern_status_t tern_order_begin(tern_order_t *order, size_t num);

/* Sort what has come; all keys are in keys[0], ... [num_sorted - 1] then. TERN_ERR_NO_MEMORY. */
TERN_CHECK_RESULT tern_status_t tern_order_settle(tern_order_t *order);

/* The position of the first key that is not below `key`. */
size_t tern_order_find(const tern_order_t *order, tern_key_t key);

#endif
