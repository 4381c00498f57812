/** \file
 * A data shard at work, see shard.h.
 */
#include "shard.h"

#include "memory.h"
#include "proximal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void lr_shard_init(lr_shard_t *shard, const lr_examples_t *examples, size_t num_blocks,
                   bool marks_filtered)
{
    size_t num = 0;

    lr_columns_init(&shard->columns, examples, num_blocks);
    lr_margins_init(&shard->margins, &shard->columns);
    num                   = shard->columns.num_features;
    shard->marks_filtered = marks_filtered;
    shard->values         = APP_NEW(double, num);
    shard->trusts         = APP_NEW(double, num);
    shard->is_filtered    = APP_NEW(bool, num);
    for (size_t i = 0; i < num; i++)
        shard->trusts[i] = LR_FIRST_TRUST;
}

void lr_shard_fini(lr_shard_t *shard)
{
    lr_columns_fini(&shard->columns);
    lr_margins_fini(&shard->margins);
    free(shard->values);
    free(shard->trusts);
    free(shard->is_filtered);
    *shard = (lr_shard_t){.values = NULL};
}

static void make_room(lr_batch_t *batch, size_t num)
{
    if (num <= batch->capacity)
        return;
    batch->features  = app_resize(batch->features, num, sizeof(*batch->features));
    batch->keys      = app_resize(batch->keys, num, sizeof(*batch->keys));
    batch->gradients = app_resize(batch->gradients, num, 2 * sizeof(*batch->gradients));
    batch->weights   = app_resize(batch->weights, num, sizeof(*batch->weights));
    batch->capacity  = num;
}

void lr_shard_compute(const lr_shard_t *shard, size_t block, lr_batch_t *batch)
{
    size_t first = shard->columns.blocks[block], end = shard->columns.blocks[block + 1];

    make_room(batch, end - first);
    batch->num = 0;
    for (size_t f = first; f < end; f++) {
        double *gradient = &batch->gradients[2 * batch->num];

        if (shard->is_filtered[f]) {
            if (!shard->marks_filtered)
                continue;
            gradient[0] = gradient[1] = NAN;
        } else {
            lr_kernel_gradient(&shard->columns, &shard->margins, f, shard->trusts[f],
                               &gradient[0], &gradient[1]);
        }
        batch->features[batch->num] = (uint32_t)f;
        batch->keys[batch->num++]   = shard->columns.keys[f];
    }
}

double lr_shard_apply(lr_shard_t *shard, const lr_batch_t *batch, double penalty,
                      double *expected)
{
    double fall = 0;

    for (size_t i = 0; i < batch->num; i++) {
        uint32_t feature = batch->features[i];
        double   change  = batch->weights[i] - shard->values[feature];
        double   slope = batch->gradients[2 * i], curvature = batch->gradients[2 * i + 1];
        double   lighter =
            penalty * (fabs(shard->values[feature]) - fabs(batch->weights[i]));

        if (isnan(batch->weights[i])) {
            shard->is_filtered[feature] = true;
            continue;
        }
        if (change != 0)
            fall += lr_kernel_apply(&shard->columns, &shard->margins, feature, change);
        fall += lighter;
        if (!isnan(slope))
            *expected += lighter - change * (slope + curvature * change / 2);
        shard->values[feature] = batch->weights[i];
        shard->trusts[feature] = lr_proximal_trust(change);
    }
    return fall;
}

void lr_shard_reset(lr_shard_t *shard)
{
    memset(shard->is_filtered, 0,
           shard->columns.num_features * sizeof(*shard->is_filtered));
}

void lr_batch_fini(lr_batch_t *batch)
{
    free(batch->features);
    free(batch->keys);
    free(batch->gradients);
    free(batch->weights);
    *batch = (lr_batch_t){0};
}
