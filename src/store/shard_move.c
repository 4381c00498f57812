/** \file
 * Rows that move to and from other nodes, in batches.
 *
 * A random row costs a miss for its index word and several for itself; so both are asked for ahead.
 */
#include "store/copy.h"
#include "store/seal.h"
#include "store/shard_parts.h"

/* Keys between asking for the index word or the row and using it; bytes of a row that are asked for, behind which the
 * processor sees what is going on. */
enum { INDEX_DISTANCE = 24, ROW_DISTANCE = 8, PREFETCH_BYTES = 1024 };

/* Of a row that will be written. */
static void prefetch_row(const tern_shard_t *shard, uint64_t slot)
{
    const char *row = tern_shard_row(shard, slot);

    for (uint32_t at = 0; at < shard->view->layout.stride && at < PREFETCH_BYTES;
         at += 64)
        __builtin_prefetch(row + at, 1);
}

static void write_body(tern_shard_t *shard, uint64_t slot, tern_key_t key,
                       const void *body)
{
    const tern_row_layout_t *layout = &shard->view->layout;
    char                    *row    = tern_shard_row(shard, slot);
    uint64_t before = tern_latch_acquire(tern_row_word(row), &shard->view->latch);

    tern_segment_mark(tern_shard_segment_of(shard), slot);
    tern_copy_to_row(row + TERN_ROW_BODY_OFFSET, body, tern_row_body_bytes(layout));
    tern_seal_clear(layout, row);
    tern_row_set_key(row, key);
    tern_latch_release(tern_row_word(row), before);
}

void tern_shard_take_in(tern_shard_t *shard, size_t num_keys, const tern_key_t keys[],
                        const char *bodies)
{
    uint32_t arriving = tern_view_arriving_word(shard->view, shard->segment);
    uint32_t bytes    = tern_row_body_bytes(&shard->view->layout);
    uint64_t slots[ROW_DISTANCE]; /* taken ahead, in a ring */

    for (size_t i = 0; i < num_keys + ROW_DISTANCE; i++) {
        size_t at = i - ROW_DISTANCE; /* of the row whose turn it is */

        if (i >= ROW_DISTANCE) {
            uint64_t slot = slots[at % ROW_DISTANCE];

            write_body(shard, slot, keys[at], bodies + at * bytes);
            if (!tern_row_index_swap(shard->view->index, keys[at], arriving,
                                     tern_shard_owned_word(shard, slot)))
                assert(!"only this server ends an arrival");
        }
        if (i < num_keys) {
            slots[i % ROW_DISTANCE] = tern_shard_take_slot(shard);
            prefetch_row(shard, slots[i % ROW_DISTANCE]);
            tern_index_view_prefetch(&shard->view->words, keys[i]);
        }
    }
}

static void prefetch_owned(const tern_shard_t *shard, tern_key_t key)
{
    uint64_t slot;

    if (tern_shard_find(shard, key, &slot))
        prefetch_row(shard, slot);
}

size_t tern_shard_let_go(tern_shard_t *shard, size_t num_keys, const tern_key_t keys[],
                         uint64_t slots[])
{
    size_t i;

    for (i = 0; i < num_keys; i++) {
        uint64_t before;

        if (i + INDEX_DISTANCE < num_keys)
            tern_index_view_prefetch(&shard->view->words, keys[i + INDEX_DISTANCE]);
        if (i + ROW_DISTANCE < num_keys)
            prefetch_owned(shard, keys[i + ROW_DISTANCE]);
        if (!tern_shard_find(shard, keys[i], &slots[i]))
            break;
        before = tern_shard_begin_leaving(shard, slots[i], keys[i]);
        tern_shard_end_leaving(shard, slots[i], keys[i], before);
    }
    return i;
}

void tern_shard_take_away(tern_shard_t *shard, size_t num_slots, const uint64_t slots[],
                          char *bodies)
{
    uint32_t bytes = tern_row_body_bytes(&shard->view->layout);

    for (size_t i = 0; i < num_slots; i++) {
        if (i + ROW_DISTANCE < num_slots)
            prefetch_row(shard, slots[i + ROW_DISTANCE]);
        tern_copy_from_row(bodies + i * bytes,
                           tern_shard_row(shard, slots[i]) + TERN_ROW_BODY_OFFSET, bytes);
    }
    tern_shard_give_slots(shard, num_slots, slots);
}
