/** \file
 * Sampler: a distribution over keys, a worker's stream of random numbers, and a scheme that makes draws of them.
 *
 * Draws are counted, and random numbers are functions of a count (tern/random.h): what is prepared but not yet
 * pulled needs no queue, since draws num_pulled to num_prepared can be made again when they are pulled.
 */
#ifndef TERN_CLIENT_SAMPLE_H
#define TERN_CLIENT_SAMPLE_H

#include "client/client.h"
#include "keys/alias.h"
#include "tern/random.h"
#include "tern/sample.h"

/** What a scheme does. */
typedef struct tern_sample_ops {
    const char *name;
    /* What the scheme needs beside the sampler, in sampler->scheme. NULL, here and below: nothing. */
    tern_status_t (*create)(tern_sampler_t *sampler, const tern_sample_desc_t *desc);
    void (*destroy)(tern_sampler_t *sampler);
    /* Draws num_prepared to num_prepared + num will be wanted. */
    tern_status_t (*prepare)(tern_sampler_t *sampler, size_t num);
    /* Draws num_pulled to num_pulled + num; arguments as those of tern_pull_sample(). */
    tern_status_t (*pull)(tern_sampler_t *sampler, size_t num, tern_key_t keys[],
                          void *values, tern_request_t **request_p);
} tern_sample_ops_t;

extern const tern_sample_ops_t tern_sample_naive, tern_sample_prelocalized,
    tern_sample_pool, tern_sample_local;

/** Independent sequences of a worker's random numbers. */
typedef enum tern_sample_sequence {
    TERN_SAMPLE_DRAWS,    /* by number of the draw */
    TERN_SAMPLE_SHUFFLES, /* by number of the use */
    TERN_SAMPLE_TRIES,    /* one after the other */
    TERN_SAMPLE_NUM_SEQUENCES
} tern_sample_sequence_t;

struct tern_sampler {
    tern_table_t            *table;
    const tern_sample_ops_t *ops;
    tern_range_t             keys;
    tern_alias_t             alias; /* no cells: uniform */
    uint64_t                 seed;
    uint64_t                 first_stream; /* of the worker */
    uint64_t                 num_prepared, num_pulled;
    void                    *scheme;
};

static inline uint64_t tern_sample_random(const tern_sampler_t  *sampler,
                                          tern_sample_sequence_t sequence,
                                          uint64_t               number)
{
    return tern_random_u64(sampler->seed, sampler->first_stream + sequence, number);
}

/** A draw from the whole distribution. */
static inline tern_key_t tern_sample_draw(const tern_sampler_t  *sampler,
                                          tern_sample_sequence_t sequence,
                                          uint64_t               number)
{
    uint64_t random   = tern_sample_random(sampler, sequence, number);
    uint64_t num_keys = sampler->keys.end - sampler->keys.first;

    if (sampler->alias.cells != NULL)
        return sampler->keys.first + tern_alias_outcome(&sampler->alias, random);
    return sampler->keys.first + (uint64_t)(((unsigned __int128)random * num_keys) >> 64);
}

/** Pull what was drawn; `values` may be NULL. */
tern_status_t tern_sample_fetch(tern_sampler_t *sampler, size_t num,
                                const tern_key_t keys[], void *values,
                                tern_request_t **request_p);

/** True if rows can come to this node: the policy moves them, and there is a server to keep them. */
bool tern_sample_can_localize(const tern_sampler_t *sampler);

/** Localize rows without waiting. Nobody depends on it: what cannot come is pulled from where it is. */
void tern_sample_localize(tern_sampler_t *sampler, size_t num, const tern_key_t keys[]);

#endif
