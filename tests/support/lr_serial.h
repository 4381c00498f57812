/** \file
 * Block proximal gradient in one thread, without a parameter server: what the sequential mode of tern-lr must equal, bit by
 * bit. Data shards are kept apart, because sums are taken shard by shard.
 */
#ifndef TERN_TESTS_SERIAL_H
#define TERN_TESTS_SERIAL_H

#include "sparse_lr/examples.h"
#include "sparse_lr/keymap.h"
#include "sparse_lr/proximal.h"

typedef struct serial_settings {
    size_t   num_blocks, max_passes;
    uint64_t seed;
    double   l1, eta, epsilon;
    double   kkt_ratio; /* 0: nothing is filtered */
    bool     is_loud;   /* print a line per pass */
} serial_settings_t;

typedef struct serial_model {
    lr_keymap_t  features;
    lr_weight_t *weights; /* [features.num] */
    double       loss, objective;
    size_t       num_passes, num_nonzeros, num_filtered;
} serial_model_t;

/* `model` is to be given to serial_fini(). */
void serial_solve(const serial_settings_t *settings, size_t num_shards,
                  const lr_examples_t shards[], serial_model_t *model);
void serial_fini(serial_model_t *model);

#endif
