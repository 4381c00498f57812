/** \file
 * A data shard at work: computes the gradients of a block, and takes over its new weights.
 *
 * A shard keeps the weights of its own features as it pulled them last, and which of them are filtered. What goes
 * over the wire for a block is a batch: the keys of its features with their {gradient, curvature}, and later
 * their weights. Filtered features are left out, or, where message filters know that mark, sent as NaN: then the keys of a
 * block never change, and a cached list of them stays good.
 */
#ifndef LR_SHARD_H
#define LR_SHARD_H

#include "kernel.h"

typedef struct lr_shard {
    lr_columns_t columns;
    lr_margins_t margins;
    double      *values;         /* [num_features] */
    double      *trusts;         /* [num_features] */
    bool        *is_filtered;    /* [num_features] */
    bool         marks_filtered; /* sends NaN for them */
} lr_shard_t;

/* Grows to what the largest block needs. Zero-initialise it. */
typedef struct lr_batch {
    size_t      num, capacity;
    uint32_t   *features;  /* [num] of the shard */
    tern_key_t *keys;      /* [num] */
    double     *gradients; /* [num][2] */
    double     *weights;   /* [num] */
} lr_batch_t;

void lr_shard_init(lr_shard_t *shard, const lr_examples_t *examples, size_t num_blocks,
                   bool marks_filtered);
void lr_shard_fini(lr_shard_t *shard);

/* Fill keys and gradients of a batch with those of a block. */
void lr_shard_compute(const lr_shard_t *shard, size_t block, lr_batch_t *batch);

/* Take over the batch's weights: margins of examples change, and the shard learns what is filtered. Returns by how much the
 * loss of the shard falls, and `penalty` times the sum of absolute weights; adds to *expected what the batch's gradients
 * foretold of it, by blocks that change nothing for each other. */
double lr_shard_apply(lr_shard_t *shard, const lr_batch_t *batch, double penalty,
                      double *expected);

/* Make all features active. */
void lr_shard_reset(lr_shard_t *shard);

void lr_batch_fini(lr_batch_t *batch);

#endif
