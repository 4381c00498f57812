/** \file
 * Chain: the filters of one kind of message, in order.
 *
 * A chain belongs to one table and one rank. Its steps remember what they need as senders (sums
 * that are held back, errors that are owed, how many random numbers were drawn); what they do as
 * receivers depends on the message alone.
 */
#ifndef TERN_FILTER_CHAIN_H
#define TERN_FILTER_CHAIN_H

#include "filter/registry.h"

typedef struct tern_chain {
    tern_filter_step_t steps[TERN_MAX_FILTERS];
    uint32_t           num_steps;
    bool               is_for_pulls;
    bool               chooses_rows;    /* some step of a chain for pushes does */
    bool               remembers_keys;  /* some step wants to know whose the rows are */
    size_t             key_cache_bytes; /* 0: no such step */
    tern_section_t     rows, keys;      /* scratch */
} tern_chain_t;

/** Parse `text`. TERN_ERR_ARG, logged: `where` says whose chain it is. TERN_ERR_UNSUPPORTED,
 * logged: this build lacks a library. TERN_ERR_NO_MEMORY. */
tern_status_t tern_chain_create(const tern_filter_registry_t *registry, const char *where,
                                const char *text, bool is_for_pulls,
                                const tern_filter_shape_t *shape, tern_chain_t **chain_p);
void          tern_chain_destroy(tern_chain_t **chain_p);

/** The step of that name; NULL: none. */
tern_filter_step_t *tern_chain_find(tern_chain_t *chain, const char *name);

/** Of a push, `keys` [num_rows] and their rows, keep what is to go, in place. Returns how many;
 * SIZE_MAX: memory is exhausted. */
size_t tern_chain_choose(tern_chain_t *chain, size_t num_rows, tern_key_t keys[],
                         char *rows, tern_traffic_t *traffic);

/** Rows of `width` values that the worker has pulled, for filters that watch them. */
bool          tern_chain_watches_pulls(const tern_chain_t *chain);
tern_status_t tern_chain_note_pulled(tern_chain_t *chain, uint32_t width, size_t num_rows,
                                     const tern_key_t keys[], const char *rows);

/** What choosing filters hold back, entry *next_p and on: up to `most` keys and rows that are
 * not zero, which are then not held back any more. Returns how many; 0: that was all. */
size_t tern_chain_take_held(tern_chain_t *chain, size_t *next_p, size_t most,
                            tern_key_t keys[], char *rows);

/** What kind of message it is. */
typedef struct tern_chain_use {
    bool is_exact;   /* only exact filters may touch it */
    bool was_chosen; /* its rows have been through tern_chain_choose() */
} tern_chain_use_t;

/** Encode `rows` [num_rows], `num_bytes` in all, into chain->rows. `keys` as in section.h. Bytes
 * behind each filter are added to `traffic`. TERN_ERR_NO_MEMORY. */
tern_status_t tern_chain_encode(tern_chain_t *chain, const char *rows, size_t num_bytes,
                                size_t num_rows, const tern_key_t keys[],
                                const tern_chain_use_t *use, tern_traffic_t *traffic);

/** Decode `wire` [bytes], which tern_section_write() wrote. The rows, which must be `num_bytes`,
 * are then chain->rows.values, at any address. TERN_ERR_FORMAT, TERN_ERR_NO_MEMORY. */
tern_status_t tern_chain_decode(tern_chain_t *chain, const char *wire, size_t bytes,
                                size_t num_bytes, const tern_chain_use_t *use,
                                tern_traffic_t *traffic);

/** The same for the keys (of answers: the positions) of a message, by filters that compress
 * bytes; they are in chain->keys. */
tern_status_t tern_chain_encode_keys(tern_chain_t *chain, const char *bytes,
                                     size_t num_bytes);
tern_status_t tern_chain_decode_keys(tern_chain_t *chain, const char *wire, size_t bytes,
                                     size_t num_bytes);

/** Bytes of a message's keys. */
typedef struct tern_chain_keys {
    size_t coded; /* as messages without filters write them */
    size_t sent;
    bool   is_hashed;
} tern_chain_keys_t;

/** Add them to `traffic`, filter by filter. */
void tern_chain_count_keys(const tern_chain_t *chain, const tern_chain_keys_t *sizes,
                           bool was_chosen, tern_traffic_t *traffic);

#endif
