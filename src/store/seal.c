/** \file
 * The checksum, and who is sealed when.
 */
#include "store/seal.h"

#include <assert.h>

#include "store/pipeline.h"
#include "tern/random.h"

#define PRIME_1 UINT64_C(0x9e3779b185ebca87) /* XXH64's */
#define PRIME_2 UINT64_C(0xc2b2ae3d27d4eb4f)

#define CHECK_BITS 48
#define CHECK_MASK ((UINT64_C(1) << CHECK_BITS) - 1)

enum { NUM_LANES = 4, ENOUGH_SEALED = 64 };

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline uint64_t round_of(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * PRIME_2, 31) * PRIME_1;
}

/* 8 bytes of values that others may be changing. */
static inline uint64_t load_word(const char *values)
{
    uint64_t word;

#ifdef __SANITIZE_THREAD__
    tern_copy_from_row(&word, values, sizeof word);
#else
    memcpy(&word, values, sizeof word);
#endif
    return word;
}

static inline uint64_t load_half(const char *values)
{
    return __atomic_load_n((const uint32_t *)values, __ATOMIC_RELAXED);
}

/* Never zero, which is the column of a row that was never sealed. */
static uint64_t checksum(uint64_t word, uint64_t key, const char *values, uint32_t bytes)
{
    uint64_t lanes[NUM_LANES] = {word ^ PRIME_1, key ^ PRIME_2, PRIME_2, ~PRIME_1};
    uint64_t sum;
    uint32_t at = 0;

    for (; at + 8 * NUM_LANES <= bytes; at += 8 * NUM_LANES)
        for (uint32_t l = 0; l < NUM_LANES; l++)
            lanes[l] = round_of(lanes[l], load_word(values + at + 8 * l));
    for (uint32_t l = 0; at + 8 <= bytes; at += 8, l++)
        lanes[l] = round_of(lanes[l], load_word(values + at));
    if (at < bytes)
        lanes[NUM_LANES - 1] = round_of(lanes[NUM_LANES - 1], load_half(values + at));
    sum = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) +
          rotate(lanes[3], 18);
    sum = tern_random_mix(sum ^ tern_random_mix(word ^ rotate(key, 32))) & CHECK_MASK;
    return sum != 0 ? sum : 1;
}

/* The part of a word's counter that a seal repeats. */
static inline uint64_t tick_of(uint64_t word)
{
    return word / TERN_LATCH_COUNTER_ONE << CHECK_BITS;
}

static uint64_t seal_of(const tern_row_layout_t *layout, uint64_t word, const char *row,
                        tern_key_t key)
{
    return tick_of(word) |
           checksum(word, key, row + layout->value_offset, layout->value_bytes);
}

static inline bool is_sealed(uint64_t seal, uint64_t word)
{
    return (seal & CHECK_MASK) != 0 && (seal & ~CHECK_MASK) == tick_of(word);
}

tern_seal_verdict_t tern_seal_check(const tern_row_layout_t *layout, const char *copy,
                                    tern_key_t key)
{
    uint64_t word, seal;

    memcpy(&word, copy, sizeof word);
    if ((word & TERN_LATCH_LOCKED) || tern_row_key(copy) != key)
        return TERN_SEAL_MISMATCH;
    if (layout->checksum_offset == 0)
        return TERN_SEAL_GOOD;
    memcpy(&seal, copy + layout->checksum_offset, sizeof seal);
    if (!is_sealed(seal, word))
        return TERN_SEAL_UNSEALED;
    return seal == seal_of(layout, word, copy, key) ? TERN_SEAL_GOOD : TERN_SEAL_MISMATCH;
}

bool tern_seal_row(const tern_row_layout_t *layout, char *row)
{
    uint64_t  word   = __atomic_load_n(tern_row_word(row), __ATOMIC_ACQUIRE);
    uint64_t *column = (uint64_t *)(row + layout->checksum_offset);
    uint64_t  seal;

    assert(layout->checksum_offset != 0);

    if ((word & TERN_LATCH_LOCKED) ||
        is_sealed(__atomic_load_n(column, __ATOMIC_RELAXED), word))
        return false;
    seal = seal_of(layout, word, row, tern_row_key(row));
    if (!tern_latch_read_validate(tern_row_word(row), word))
        return false;
    __atomic_store_n(column, seal, __ATOMIC_RELAXED);
    return true;
}

size_t tern_seal_keys(tern_view_t *view, size_t num_keys, const tern_key_t keys[])
{
    tern_batch_t batch      = {.view = view, .num_keys = num_keys, .keys = keys};
    size_t       num_sealed = 0;
    tern_hot_t   hot;

    tern_view_refresh(view);
    hot = tern_batch_hot(&batch);
    for (size_t i = 0; i < num_keys; i++) {
        char *row = tern_place_find(&hot, view->finder, keys[i]).row;

        num_sealed += row != NULL && tern_seal_row(&view->layout, row);
    }
    return num_sealed;
}

void tern_seal_slots(const tern_row_layout_t *layout, const tern_segment_t *segment,
                     uint64_t first, uint64_t end)
{
    for (uint64_t slot = first; slot < end; slot++)
        tern_seal_row(layout, segment->rows + slot * layout->stride);
}

bool tern_seal_walk(const tern_row_layout_t *layout, const tern_segment_t *segment,
                    uint64_t *word_p, uint64_t max_words)
{
    uint64_t num_slots =
        __atomic_load_n(&segment->header->committed_slots, __ATOMIC_ACQUIRE);
    uint64_t num_words = (num_slots + 63) / 64;
    uint64_t end = *word_p + max_words < num_words ? *word_p + max_words : num_words;
    unsigned num_sealed = 0;

    for (; *word_p < end && num_sealed < ENOUGH_SEALED; ++*word_p) {
        uint64_t marks = __atomic_load_n(&segment->dirty[*word_p], __ATOMIC_RELAXED);

        for (; marks != 0; marks &= marks - 1) {
            uint64_t slot = *word_p * 64 + (uint64_t)__builtin_ctzll(marks);

            num_sealed += tern_seal_row(layout, segment->rows + slot * layout->stride);
        }
    }
    if (*word_p < num_words)
        return false;
    *word_p = 0;
    return true;
}
