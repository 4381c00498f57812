/** \file
 * Limbo: slots whose rows nobody finds any more, but some may still have borrowed.
 *
 * Slots that come while others are waited for are waited for after these, since a later borrower may have their rows.
 */
#ifndef TERN_STORE_LIMBO_H
#define TERN_STORE_LIMBO_H

#include "store/lending.h"
#include "tern/types.h"

/* All zero is empty. */
typedef struct tern_limbo {
    uint64_t       *slots; /* [num_slots] */
    size_t          num_slots, capacity;
    size_t          num_noted; /* of these, the first, which wait for `rounds` to pass */
    uint64_t       *rounds;    /* of those who had rows borrowed */
    tern_lending_t *lending;   /* of the node */
} tern_limbo_t;

/* Before slots are added. TERN_ERR_NO_MEMORY. */
TERN_CHECK_RESULT tern_status_t tern_limbo_open(tern_limbo_t   *limbo,
                                                tern_lending_t *lending);
void                            tern_limbo_fini(tern_limbo_t *limbo);

/* Room for one slot more. TERN_ERR_NO_MEMORY. */
TERN_CHECK_RESULT tern_status_t tern_limbo_reserve(tern_limbo_t *limbo);

/* Room was reserved. */
static inline void tern_limbo_add(tern_limbo_t *limbo, uint64_t slot)
{
    limbo->slots[limbo->num_slots++] = slot;
}

/* How many slots, the first, nobody can have borrowed any more; the caller then drops them. */
size_t tern_limbo_num_free(tern_limbo_t *limbo);
void   tern_limbo_drop(tern_limbo_t *limbo, size_t num_slots);

#endif
