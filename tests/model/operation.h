/** \file
 * Random operations on a fixed set of tables, as a function of a seed alone: every worker can
 * generate every other worker's operations and so knows what the tables must hold.
 */
#ifndef TERN_TESTS_OPERATION_H
#define TERN_TESTS_OPERATION_H

#include "model/round.h"
#include "tern/tern.h"

enum { NUM_TABLES = 6, MAX_KEYS = 40, MAX_WIDTH = 17, MAX_VALUES = MAX_KEYS * MAX_WIDTH };

/* Of a worker in a round. */
enum { MAX_OPERATIONS = 12 };

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
