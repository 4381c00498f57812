/** \file
 * The server's side of a segment: which slots are free, placing and removing rows.
 *
 * Removal, so that a reader or writer that comes late never touches a row that is no longer the one it
 * looked up: latch; key := TERN_KEY_NONE; seal := none; index := absent; release; then the bytes may be sent away and
 * the slot goes to the free list. Sequence counters never restart.
 */
#ifndef TERN_STORE_SHARD_H
#define TERN_STORE_SHARD_H

#include "store/view.h"

typedef struct tern_shard tern_shard_t;

/* `segment` is the number of the caller's segment in `view`. */
tern_status_t tern_shard_create(tern_view_t *view, uint32_t segment,
                                tern_ledger_t *ledger, tern_shard_t **shard_p);
void          tern_shard_destroy(tern_shard_t **shard_p);

/* Fill the segment's slots with `keys` in order (slot = key - first), initialised by `fill`;
 * entered in the paged index if the view has one. TERN_ERR_NO_MEMORY as tern_segment_commit(). */
tern_status_t tern_shard_fill(tern_shard_t *shard, tern_range_t keys,
                              tern_row_fill_fn *fill, void *context);

/* Views with a paged or a hash index: give a row a slot. `value`, `state` copied (NULL: zero).
 * TERN_ERR_NO_MEMORY: the store is full; TERN_ERR_ARG: the key has a row. */
tern_status_t tern_shard_insert(tern_shard_t *shard, tern_key_t key, const void *value,
                                const void *state);

/* Views with a hash index only: the same with the view's initial values. */
tern_status_t tern_shard_insert_filled(tern_shard_t *shard, tern_key_t key);

/* Begin to fetch what a look-up of `key` in a hash index will see. */
void tern_shard_prefetch_key(const tern_shard_t *shard, tern_key_t key);

/* Views with a paged or a hash index: take a row out; its last value and state go to the buffers (may be NULL).
 * TERN_ERR_ARG: this shard has no such row. */
tern_status_t tern_shard_remove(tern_shard_t *shard, tern_key_t key, void *value,
                                void *state);

/* Rows are to move to another node, in two steps. First nobody finds them any more; their bytes and their slots,
 * `slots` [num_keys], stay for those who have them borrowed (store/lending.h). Returns how many this shard has;
 * stops at the first that it has not. */
size_t tern_shard_let_go(tern_shard_t *shard, size_t num_keys, const tern_key_t keys[],
                         uint64_t slots[]);

/* Then their bodies go to `bodies` [num_slots][tern_row_body_bytes()], and their slots are free. */
void tern_shard_take_away(tern_shard_t *shard, size_t num_slots, const uint64_t slots[],
                          char *bodies);

/* They have come: the index words of the keys say that they are arriving in this segment, where slots were promised
 * to them. */
void tern_shard_take_in(tern_shard_t *shard, size_t num_keys, const tern_key_t keys[],
                        const char *bodies);

/* Views with a hash index only: the keys that have, or had, rows here, in rising order; at most half of them have
 * none any more. Valid until a row is inserted. TERN_ERR_NO_MEMORY. */
struct tern_order;
tern_status_t tern_shard_order(tern_shard_t *shard, const struct tern_order **order_p);

/* Of these, the next that have rows, of `range`, at most `max_keys`; *is_end_p: there are no more. TERN_ERR_NO_MEMORY. */
tern_status_t tern_shard_list(tern_shard_t *shard, tern_range_t range, size_t max_keys,
                              tern_key_t keys[], size_t *num_keys_p, bool *is_end_p);

/* Views with a hash index only: how many keys of `range` have rows. */
uint64_t tern_shard_count(const tern_shard_t *shard, tern_range_t range);

uint32_t tern_shard_segment(const tern_shard_t *shard); /* its number in the view */
uint64_t tern_shard_num_rows(const tern_shard_t *shard);
uint64_t tern_shard_num_free(
    const tern_shard_t *shard); /* slots below capacity that hold no row */

/* Walk the whole structure: every owned word points at a row with its key, no slot twice. */
bool tern_shard_check(const tern_shard_t *shard);

#endif
