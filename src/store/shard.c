/** \file
 * Placing and removing rows.
 *
 * Free slots are those above a high-water mark and, below it, a stack of removed ones in the server's
 * private memory: it alone hands out slots, so nobody else needs to see the list. A removed slot is
 * reused first, which keeps the committed slabs few.
 */
#include "store/shard.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "store/books.h"
#include "store/copy.h"
#include "store/seal.h"

/* Keys between asking for the index word or the row and using it; bytes of a row that are asked for, behind which the
 * processor sees what is going on. */
enum { INDEX_DISTANCE = 24, ROW_DISTANCE = 8, PREFETCH_BYTES = 1024 };

struct tern_shard {
    tern_view_t   *view;
    uint32_t       segment; /* number in the view */
    tern_ledger_t *ledger;
    uint64_t       num_used;  /* slots that ever held a row: [0, num_used) */
    uint32_t      *free_list; /* [num_listed], room for all; NULL: rows do not leave */
    size_t         num_listed;
};

tern_status_t tern_shard_create(tern_view_t *view, uint32_t segment,
                                tern_ledger_t *ledger, tern_shard_t **shard_p)
{
    tern_shard_t *shard = tern_alloc_zeroed(TERN_LOG_STORE, sizeof(*shard));

    assert(segment < view->num_segments);

    if (shard == NULL)
        return TERN_ERR_NO_MEMORY;
    shard->view    = view;
    shard->segment = segment;
    shard->ledger  = ledger;
    if (view->index != NULL) { /* pages of it that no slot returns to are never touched */
        uint64_t num_slots = view->segments[segment].header->num_slots;

        shard->free_list =
            tern_alloc(TERN_LOG_STORE, num_slots * sizeof *shard->free_list);
        if (shard->free_list == NULL) {
            tern_shard_destroy(&shard);
            return TERN_ERR_NO_MEMORY;
        }
    }
    *shard_p = shard;
    return TERN_OK;
}

void tern_shard_destroy(tern_shard_t **shard_p)
{
    if (*shard_p == NULL)
        return;
    tern_free(TERN_LOG_STORE, (*shard_p)->free_list);
    tern_free(TERN_LOG_STORE, *shard_p);
    *shard_p = NULL;
}

static tern_segment_t *segment_of(const tern_shard_t *shard)
{
    return &shard->view->segments[shard->segment];
}

static char *row_of(const tern_shard_t *shard, uint64_t slot)
{
    return segment_of(shard)->rows + slot * shard->view->layout.stride;
}

/* Slots numbered over the node. */
static uint32_t owned_word(const tern_shard_t *shard, uint64_t slot)
{
    return tern_index_word(TERN_ROW_OWNED,
                           shard->segment << shard->view->slot_shift | (uint32_t)slot);
}

/* Of a row that will be written. */
static void prefetch_row(const tern_shard_t *shard, uint64_t slot)
{
    const char *row = row_of(shard, slot);

    for (uint32_t at = 0; at < shard->view->layout.stride && at < PREFETCH_BYTES;
         at += 64)
        __builtin_prefetch(row + at, 1);
}

uint32_t tern_shard_segment(const tern_shard_t *shard)
{
    return shard->segment;
}

uint64_t tern_shard_num_rows(const tern_shard_t *shard)
{
    return shard->num_used - shard->num_listed;
}

uint64_t tern_shard_num_free(const tern_shard_t *shard)
{
    return segment_of(shard)->header->num_slots - tern_shard_num_rows(shard);
}

/* --- filling --- */

/* Nobody finds the rows yet, so no latch is needed. Marks stay clear: what is filled in is a function of key
 * and seed, not a change. */
tern_status_t tern_shard_fill(tern_shard_t *shard, tern_range_t keys,
                              tern_row_fill_fn *fill, void *context)
{
    const tern_view_t       *view     = shard->view;
    const tern_row_layout_t *layout   = &view->layout;
    uint64_t                 num_rows = keys.end - keys.first;
    tern_status_t            status;

    assert(shard->num_used == 0 && num_rows <= segment_of(shard)->header->num_slots);

    if (tern_segment_promise(segment_of(shard), num_rows, shard->ledger) < num_rows)
        return TERN_ERR_NO_MEMORY;
    for (uint64_t slot = 0; slot < num_rows; slot++) {
        char *row = row_of(shard, slot);

        memset(row + layout->value_offset, 0, layout->stride - layout->value_offset);
        fill(keys.first + slot, layout->width, layout->type, row + layout->value_offset,
             context);
        tern_row_set_key(row, keys.first + slot);
    }
    if (view->index != NULL) {
        status =
            tern_row_index_fill(view->index, keys, owned_word(shard, 0), shard->ledger);
        if (status != TERN_OK)
            return status;
    }
    shard->num_used = num_rows;
    return TERN_OK;
}

/* --- inserting --- */

/* A slot that was promised, and is committed therefore. */
static uint64_t take_slot(tern_shard_t *shard)
{
    assert(shard->num_listed > 0 ||
           shard->num_used < segment_of(shard)->header->committed_slots);

    return shard->num_listed > 0 ? shard->free_list[--shard->num_listed]
                                 : shard->num_used++;
}

static void give_slot(tern_shard_t *shard, uint64_t slot)
{
    shard->free_list[shard->num_listed++] = (uint32_t)slot;
    tern_segment_withdraw(segment_of(shard), 1);
}

static void copy_or_zero(char *row, const void *from, uint32_t bytes)
{
    if (bytes == 0)
        return;
    if (from == NULL)
        tern_zero_row(row, bytes);
    else
        tern_copy_to_row(row, from, bytes);
}

/* Late visitors of the slot's last row may still come, so even an unused slot is written under its latch. */
static void write_row(tern_shard_t *shard, uint64_t slot, tern_key_t key,
                      const void *value, const void *state)
{
    const tern_row_layout_t *layout = &shard->view->layout;
    char                    *row    = row_of(shard, slot);
    uint64_t before = tern_latch_acquire(tern_row_word(row), &shard->view->latch);

    tern_segment_mark(segment_of(shard), slot);
    copy_or_zero(row + 16, NULL, layout->value_offset - 16); /* the columns */
    copy_or_zero(row + layout->value_offset, value, layout->value_bytes);
    copy_or_zero(row + layout->state_offset, state, layout->state_bytes);
    tern_row_set_key(row, key);
    tern_latch_release(tern_row_word(row), before);
}

static void clear_key(tern_shard_t *shard, uint64_t slot)
{
    char    *row    = row_of(shard, slot);
    uint64_t before = tern_latch_acquire(tern_row_word(row), &shard->view->latch);

    tern_row_set_key(row, TERN_KEY_NONE);
    tern_seal_clear(&shard->view->layout, row);
    tern_latch_release(tern_row_word(row), before);
}

static tern_status_t refuse_full(const tern_shard_t *shard)
{
    tern_log(TERN_LOG_STORE, TERN_LOG_ERROR, "all %llu slots of a segment are taken",
             (unsigned long long)segment_of(shard)->header->num_slots);
    return TERN_ERR_NO_MEMORY;
}

static tern_status_t refuse_second_row(tern_key_t key)
{
    tern_log(TERN_LOG_STORE, TERN_LOG_ERROR, "key %llu already has a row on this node",
             (unsigned long long)key);
    return TERN_ERR_ARG;
}

tern_status_t tern_shard_insert(tern_shard_t *shard, tern_key_t key, const void *value,
                                const void *state)
{
    tern_row_index_t *index = shard->view->index;
    uint64_t          slot;
    tern_status_t     status;

    assert(index != NULL);

    if (tern_row_index_get(index, key) != 0)
        return refuse_second_row(key);
    status = tern_row_index_commit(index, (tern_range_t){key, key + 1}, shard->ledger);
    if (status != TERN_OK)
        return status;
    if (tern_segment_promise(segment_of(shard), 1, shard->ledger) == 0)
        return refuse_full(shard);
    slot = take_slot(shard);
    write_row(shard, slot, key, value, state);
    if (tern_row_index_swap(index, key, 0, owned_word(shard, slot)))
        return TERN_OK;
    clear_key(shard, slot); /* another server of the node was faster */
    give_slot(shard, slot);
    return refuse_second_row(key);
}

static void write_body(tern_shard_t *shard, uint64_t slot, tern_key_t key,
                       const void *body)
{
    const tern_row_layout_t *layout = &shard->view->layout;
    char                    *row    = row_of(shard, slot);
    uint64_t before = tern_latch_acquire(tern_row_word(row), &shard->view->latch);

    tern_segment_mark(segment_of(shard), slot);
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
                                     owned_word(shard, slot)))
                assert(!"only this server ends an arrival");
        }
        if (i < num_keys) {
            slots[i % ROW_DISTANCE] = take_slot(shard);
            prefetch_row(shard, slots[i % ROW_DISTANCE]);
            tern_index_view_prefetch(&shard->view->words, keys[i]);
        }
    }
}

/* --- removing --- */

static bool is_own_row(const tern_shard_t *shard, uint32_t word)
{
    return tern_index_state(word) == TERN_ROW_OWNED &&
           (word & TERN_INDEX_SLOT_MASK) >> shard->view->slot_shift == shard->segment;
}

/* From here on nobody finds the row: late visitors miss its key, new ones its index word. Its bytes stay under the
 * latch until the caller has copied them. Returns the latch's word. */
static uint64_t begin_leaving(tern_shard_t *shard, uint64_t slot, tern_key_t key)
{
    const tern_view_t *view   = shard->view;
    char              *row    = row_of(shard, slot);
    uint32_t           word   = owned_word(shard, slot);
    uint64_t           before = tern_latch_acquire(tern_row_word(row), &view->latch);

    tern_row_set_key(row, TERN_KEY_NONE);
    tern_seal_clear(&view->layout, row);
    if (!tern_row_index_swap(
            view->index, key, word,
            tern_index_word(TERN_ROW_LEAVING, word & TERN_INDEX_SLOT_MASK)))
        assert(!"only this server changes the word");
    return before;
}

static void end_leaving(tern_shard_t *shard, uint64_t slot, tern_key_t key,
                        uint64_t before)
{
    const tern_view_t *view = shard->view;
    char              *row  = row_of(shard, slot);

    tern_segment_mark(segment_of(shard), slot);
    if (view->has_books)
        tern_books_enter(view, row,
                         (tern_change_t){.kind   = TERN_CHANGE_REMOVE,
                                         .source = view->source,
                                         .key    = key});
    tern_latch_release(tern_row_word(row), before);
    if (!tern_row_index_swap(view->index, key,
                             tern_index_word(TERN_ROW_LEAVING, owned_word(shard, slot) &
                                                                   TERN_INDEX_SLOT_MASK),
                             0))
        assert(!"only this server changes the word");
}

/* The slot of an own row; false if the key has none here. */
static bool find_own(const tern_shard_t *shard, tern_key_t key, uint64_t *slot_p)
{
    uint32_t word = tern_row_index_get(shard->view->index, key);

    *slot_p = word & ((1u << shard->view->slot_shift) - 1);
    return is_own_row(shard, word);
}

tern_status_t tern_shard_remove(tern_shard_t *shard, tern_key_t key, void *value,
                                void *state)
{
    const tern_row_layout_t *layout = &shard->view->layout;
    uint64_t                 slot, before;
    const char              *row;

    if (!find_own(shard, key, &slot)) {
        tern_log(TERN_LOG_STORE, TERN_LOG_ERROR, "this server has no row of key %llu",
                 (unsigned long long)key);
        return TERN_ERR_ARG;
    }
    row    = row_of(shard, slot);
    before = begin_leaving(shard, slot, key);
    if (value != NULL)
        tern_copy_from_row(value, row + layout->value_offset, layout->value_bytes);
    if (state != NULL && layout->state_bytes > 0)
        tern_copy_from_row(state, row + layout->state_offset, layout->state_bytes);
    end_leaving(shard, slot, key, before);
    give_slot(shard, slot);
    return TERN_OK;
}

/* Random rows cost a miss for the index and several for the row; so they are asked for ahead. */
static void prefetch_owned(const tern_shard_t *shard, tern_key_t key)
{
    uint64_t slot;

    if (find_own(shard, key, &slot))
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
        if (!find_own(shard, keys[i], &slots[i]))
            break;
        before = begin_leaving(shard, slots[i], keys[i]);
        end_leaving(shard, slots[i], keys[i], before);
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
                           row_of(shard, slots[i]) + TERN_ROW_BODY_OFFSET, bytes);
        give_slot(shard, slots[i]);
    }
}

/* --- checking --- */

/* Count slot `slot` as seen; false if it was, or was never used. */
static bool see(const tern_shard_t *shard, uint8_t *seen, uint64_t slot)
{
    return slot < shard->num_used && !seen[slot] && (seen[slot] = 1);
}

static bool check_index(const tern_shard_t *shard, uint8_t *seen)
{
    const tern_view_t *view = shard->view;
    uint64_t           mask = (UINT64_C(1) << view->slot_shift) - 1;

    for (tern_key_t key = view->keys.first; key < view->keys.end; key++) {
        uint32_t word = tern_row_index_get(view->index, key);
        uint64_t slot = word & mask;

        if (is_own_row(shard, word) &&
            (!see(shard, seen, slot) || tern_row_key(row_of(shard, slot)) != key))
            return false;
    }
    return true;
}

static bool check_arithmetic(const tern_shard_t *shard, uint8_t *seen)
{
    tern_key_t first = shard->view->segment_keys[shard->segment].first;

    for (uint64_t slot = 0; slot < shard->num_used; slot++)
        if (!see(shard, seen, slot) || tern_row_key(row_of(shard, slot)) != first + slot)
            return false;
    return true;
}

static bool check_free_list(const tern_shard_t *shard, uint8_t *seen)
{
    for (size_t i = 0; i < shard->num_listed; i++) {
        uint64_t slot = shard->free_list[i];

        if (!see(shard, seen, slot) || tern_row_key(row_of(shard, slot)) != TERN_KEY_NONE)
            return false;
    }
    return true;
}

bool tern_shard_check(const tern_shard_t *shard)
{
    const tern_segment_header_t *header = segment_of(shard)->header;
    uint8_t *seen = tern_alloc_zeroed(TERN_LOG_STORE, shard->num_used + 1);
    bool     is_sound;

    if (seen == NULL)
        return false;
    is_sound = shard->num_used <= header->committed_slots &&
               header->committed_slots <= header->num_slots &&
               (shard->view->index != NULL ? check_index(shard, seen)
                                           : check_arithmetic(shard, seen)) &&
               check_free_list(shard, seen);
    for (uint64_t slot = 0; is_sound && slot < shard->num_used; slot++)
        is_sound = seen[slot];
    tern_free(TERN_LOG_STORE, seen);
    return is_sound;
}
