/** \file
 * The sequential model of sparse tables: which rows exist, what they hold, how often and when they were changed; and
 * random operations on them as a function of a seed, so that every worker knows what all have done.
 *
 * Keys are a fixed list in rising order, extreme ones and a stretch of neighbours among them; a key is named by its number in it.
 */
#ifndef TERN_TESTS_SPARSE_MODEL_H
#define TERN_TESTS_SPARSE_MODEL_H

#include "model/round.h"
#include "tern/tern.h"

enum {
    SPARSE_TABLES     = 3,
    SPARSE_KEYS       = 500,
    SPARSE_NEIGHBOURS = 48, /* keys that follow each other */
    SPARSE_WIDTH      = 3,
    SPARSE_CALL_KEYS  = 24,
    SPARSE_OPERATIONS = 10 /* of a worker in a round, at most */
};

#define SPARSE_FIRST_NEIGHBOUR ((tern_key_t)1 << 62)

extern const tern_table_desc_t sparse_descs[SPARSE_TABLES];

typedef struct sparse_row {
    bool     exists;
    uint32_t num_sightings; /* pushes that found no row */
    uint64_t version, clock;
    double   value[SPARSE_WIDTH], state[SPARSE_WIDTH];
} sparse_row_t;

typedef struct sparse_model {
    tern_key_t   keys[SPARSE_KEYS];
    uint32_t     first_neighbour; /* its number */
    sparse_row_t rows[SPARSE_TABLES][SPARSE_KEYS];
} sparse_model_t;

/* Those from DISJOINT on are not for rounds in which others work, too. */
typedef enum sparse_kind {
    SPARSE_PUSH,
    SPARSE_SET,
    SPARSE_PUSH_PULL,
    SPARSE_PULL,
    SPARSE_NUM_DISJOINT,
    SPARSE_PUSH_RANGE = SPARSE_NUM_DISJOINT,
    SPARSE_PULL_RANGE,
    SPARSE_EVICT,
    SPARSE_CALL,
    SPARSE_NUM_KINDS
} sparse_kind_t;

typedef struct sparse_operation {
    sparse_kind_t   kind;
    int             table;
    size_t          num_keys;
    uint32_t        which[SPARSE_NEIGHBOURS]; /* [num_keys] */
    double          rows[SPARSE_NEIGHBOURS][SPARSE_WIDTH];
    uint32_t        first, end; /* of evictions and calls: keys first to end - 1 */
    tern_eviction_t eviction;
    bool            waits;
} sparse_operation_t;

void sparse_model_init(sparse_model_t *model);

void sparse_operation_draw(const round_t *round, const sparse_model_t *model,
                           uint32_t worker, uint32_t index,
                           sparse_operation_t *operation);

/* Keys `first` to `end` - 1 of the list as a range. */
tern_range_t sparse_range(const sparse_model_t *model, uint32_t first, uint32_t end);

/* By a worker at `clock`. What an eviction or a call tells goes to *told. */
void sparse_model_apply(sparse_model_t *model, const sparse_operation_t *operation,
                        uint64_t clock, tern_evicted_t *told);

/* What a pull of the key gives: of a key without a row its initial value. */
const double *sparse_model_value(const sparse_model_t *model, int table, uint32_t which);

uint64_t sparse_model_count(const sparse_model_t *model, int table, uint32_t first,
                            uint32_t end);

#endif
