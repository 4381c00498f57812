/** \file
 * The sequential model: what tables hold after a list of operations, one at a time, in plain double
 * precision. Short enough to be checked by eye; whatever the library does must come to the same.
 */
#ifndef TERN_TESTS_MODEL_H
#define TERN_TESTS_MODEL_H

#include "model/operation.h"

typedef struct model_table {
    double *values; /* [number of keys][width] */
    double *state;  /* the same shape; what it means is the rule's affair */
} model_table_t;

typedef struct model {
    model_table_t tables[NUM_TABLES];
} model_t;

void model_init(model_t *model);
void model_fini(model_t *model);

/* A push, a set or their range forms; pulls change nothing. */
void model_apply(model_t *model, const operation_t *operation);

/* The row of a key. */
const double *model_row(const model_t *model, int table, tern_key_t key);

#endif
