/** \file
 * Random operations on a fixed set of tables, as a function of a seed alone: every worker can
 * generate every other worker's operations and so knows what the tables must hold.
 */
#ifndef TERN_TESTS_OPERATION_H
#define TERN_TESTS_OPERATION_H

#include "tern/tern.h"

enum { NUM_TABLES = 6, MAX_KEYS = 40, MAX_WIDTH = 17, MAX_VALUES = MAX_KEYS * MAX_WIDTH };

/* Integers in floats wherever the rule is exact; `tolerance` for the others. */
extern const tern_table_desc_t table_descs[NUM_TABLES];
extern const double            table_tolerances[NUM_TABLES];

typedef enum operation_kind {
    OPERATION_PUSH,
    OPERATION_PUSH_RANGE,
    OPERATION_SET,
    OPERATION_PULL,
    OPERATION_PULL_RANGE,
    OPERATION_PULL_IF_LOCAL,
    OPERATION_PUSH_PULL,
    OPERATION_LOCALIZE,
    OPERATION_LOCALIZE_RANGE,
    OPERATION_INTENT
} operation_kind_t;

typedef struct operation {
    operation_kind_t kind;
    int              table;
    tern_range_t     range; /* of the range kinds; `keys` then lists its keys */
    size_t           num_keys;
    tern_key_t       keys[MAX_KEYS];     /* any order, with duplicates */
    double           values[MAX_VALUES]; /* [num_keys][width], integers */
    uint64_t first_clock, end_clock;     /* of an intent, from the worker's clock on */
} operation_t;

static inline bool operation_changes(const operation_t *operation)
{
    return operation->kind <= OPERATION_SET || operation->kind == OPERATION_PUSH_PULL;
}

static inline bool operation_reads(const operation_t *operation)
{
    return operation->kind >= OPERATION_PULL && operation->kind <= OPERATION_PUSH_PULL;
}

/* Why the outcome of a round does not depend on who comes first. */
typedef enum round_mode {
    ROUND_COMMUTES, /* all workers push to any key of the additive tables */
    ROUND_DISJOINT, /* each worker does anything to blocks of keys that are its own for the round */
    ROUND_TURN, /* one worker does anything, the others nothing */
    NUM_ROUND_MODES
} round_mode_t;

typedef struct round {
    uint64_t     seed, number;
    round_mode_t mode;
    uint32_t     num_workers;
} round_t;

/* The mode of a round, and how many operations a worker has in it. */
round_t  round_of(uint64_t seed, uint64_t number, uint32_t num_workers);
uint32_t round_num_operations(const round_t *round, uint32_t worker);

/* The worker's operation number `index` of a round. */
void operation_generate(const round_t *round, uint32_t worker, uint32_t index,
                        operation_t *operation);

/* Any keys of a table, for checks. */
size_t random_keys(uint64_t seed, uint64_t stream, int table, size_t max_keys,
                   tern_key_t keys[]);

/* One value of a row of either type. */
static inline double value_at(tern_type_t type, const void *row, size_t index)
{
    return type == TERN_FLOAT32 ? ((const float *)row)[index]
                                : ((const double *)row)[index];
}

static inline void value_put(tern_type_t type, void *row, size_t index, double value)
{
    if (type == TERN_FLOAT32)
        ((float *)row)[index] = (float)value;
    else
        ((double *)row)[index] = value;
}

#endif
