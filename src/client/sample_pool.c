/** \file
 * Scheme pool: sample reuse with postponing.
 *
 * A pool is a list of rows, drawn independently and localized. Its uses are made in rounds, in each of which each row
 * comes once, in a new random order. A use whose row is not here is postponed: past the rounds, where it has a
 * second chance, and then past the others that were postponed, where it is made wherever the row is. A row
 * that was postponed because it left is localized again at the end of the round. So each pool uses each of its rows
 * exactly `reuse` times, whatever moves.
 *
 * \code
 *   round 0       round 1             round reuse - 1   second chance   last
 *   c a d b e  |  b e a c d  |  ...  |  d c e b a     |  the postponed |  those again
 * \endcode
 *
 * The next pool is drawn half a pool before the last one is used up, so that its rows have time to come.
 *
 * Source: Renz-Wieland et al., SIGMOD 2022, section 4.
 */
#include "base/alloc.h"
#include "client/policy.h"
#include "client/sample.h"

#define DEFAULT_ROWS  250u
#define DEFAULT_REUSE 16u

typedef struct pool {
    struct pool *next;
    tern_key_t  *keys;      /* [num_rows] */
    uint32_t    *order;     /* [num_rows] of the round */
    uint32_t    *postponed; /* [num_rows * reuse] rows; NULL: nothing is postponed */
    uint64_t     number;
    uint64_t     num_left;                    /* uses */
    uint32_t     round, at;                   /* the next use is order[at] */
    uint64_t     num_postponed, num_rejoined; /* those before were localized again */
    uint64_t     second;                      /* the next second chance */
    uint64_t     num_last, last; /* those without luck, kept where they were postponed */
} pool_t;

typedef struct pools {
    uint32_t    num_rows, reuse;
    bool        postpones;
    uint64_t    num_pools;     /* drawn so far */
    pool_t     *first, *spare; /* in use, oldest first; to be used again */
    pool_t    **end_p;
    tern_key_t *gone; /* [num_rows] scratch */
} pools_t;

static uint64_t num_uses(const pools_t *pools)
{
    return (uint64_t)pools->num_rows * pools->reuse;
}

/* --- pools come and go --- */

static void free_pool(pool_t *pool)
{
    tern_free(TERN_LOG_CLIENT, pool->keys);
    tern_free(TERN_LOG_CLIENT, pool->order);
    tern_free(TERN_LOG_CLIENT, pool->postponed);
    tern_free(TERN_LOG_CLIENT, pool);
}

static pool_t *make_pool(const pools_t *pools)
{
    pool_t *pool = tern_alloc_zeroed(TERN_LOG_CLIENT, sizeof *pool);

    if (pool == NULL)
        return NULL;
    pool->keys  = tern_alloc(TERN_LOG_CLIENT, pools->num_rows * sizeof *pool->keys);
    pool->order = tern_alloc(TERN_LOG_CLIENT, pools->num_rows * sizeof *pool->order);
    if (pools->postpones)
        pool->postponed =
            tern_alloc(TERN_LOG_CLIENT, num_uses(pools) * sizeof *pool->postponed);
    if (pool->keys != NULL && pool->order != NULL &&
        (pool->postponed != NULL || !pools->postpones))
        return pool;
    free_pool(pool);
    return NULL;
}

/* Fisher and Yates 1938; Durstenfeld 1964. */
static void shuffle(const tern_sampler_t *sampler, const pools_t *pools, pool_t *pool)
{
    uint64_t first = pool->number * num_uses(pools) + pool->round * pools->num_rows;

    for (uint32_t i = pools->num_rows - 1; i > 0; i--) {
        uint64_t random = tern_sample_random(sampler, TERN_SAMPLE_SHUFFLES, first + i);
        uint32_t j      = (uint32_t)(((unsigned __int128)random * (i + 1)) >> 64);
        uint32_t row    = pool->order[i];

        pool->order[i] = pool->order[j];
        pool->order[j] = row;
    }
}

static tern_status_t add_pool(tern_sampler_t *sampler, pools_t *pools)
{
    pool_t *pool = pools->spare;

    if (pool != NULL)
        pools->spare = pool->next;
    else if ((pool = make_pool(pools)) == NULL)
        return TERN_ERR_NO_MEMORY;
    *pool = (pool_t){.keys      = pool->keys,
                     .order     = pool->order,
                     .postponed = pool->postponed,
                     .number    = pools->num_pools++,
                     .num_left  = num_uses(pools)};
    for (uint32_t i = 0; i < pools->num_rows; i++) {
        pool->keys[i]  = tern_sample_draw(sampler, TERN_SAMPLE_DRAWS,
                                          pool->number * pools->num_rows + i);
        pool->order[i] = i;
    }
    shuffle(sampler, pools, pool);
    tern_sample_localize(sampler, pools->num_rows, pool->keys);
    *pools->end_p = pool;
    pools->end_p  = &pool->next;
    return TERN_OK;
}

static void retire_first(pools_t *pools)
{
    pool_t *pool = pools->first;

    pools->first = pool->next;
    if (pools->first == NULL)
        pools->end_p = &pools->first;
    pool->next   = pools->spare;
    pools->spare = pool;
}

/* --- uses --- */

static bool is_here(const tern_sampler_t *sampler, const pool_t *pool, uint32_t row)
{
    return pool->postponed == NULL ||
           sampler->table->access->has(sampler->table, pool->keys[row]);
}

/* What this round postponed and has left this node is called back. */
static void call_back(tern_sampler_t *sampler, const pools_t *pools, pool_t *pool)
{
    uint32_t num_gone = 0;

    for (; pool->num_rejoined < pool->num_postponed; pool->num_rejoined++) {
        uint32_t row = pool->postponed[pool->num_rejoined];

        if (!is_here(sampler, pool, row))
            pools->gone[num_gone++] = pool->keys[row];
    }
    if (num_gone > 0)
        tern_sample_localize(sampler, num_gone, pools->gone);
}

static uint32_t next_of_round(tern_sampler_t *sampler, const pools_t *pools, pool_t *pool)
{
    uint32_t row = pool->order[pool->at++];

    if (pool->at == pools->num_rows) {
        call_back(sampler, pools, pool);
        pool->at = 0;
        if (++pool->round < pools->reuse)
            shuffle(sampler, pools, pool);
    }
    return row;
}

/* The row of the next use. */
static uint32_t next_row(tern_sampler_t *sampler, const pools_t *pools, pool_t *pool)
{
    while (pool->round < pools->reuse) {
        uint32_t row = next_of_round(sampler, pools, pool);

        if (is_here(sampler, pool, row))
            return row;
        pool->postponed[pool->num_postponed++] = row;
    }
    while (pool->second < pool->num_postponed) {
        uint32_t row = pool->postponed[pool->second++];

        if (is_here(sampler, pool, row))
            return row;
        pool->postponed[pool->num_last++] = row;
    }
    return pool->postponed[pool->last++];
}

static tern_key_t next_key(tern_sampler_t *sampler, pools_t *pools)
{
    pool_t    *pool = pools->first;
    tern_key_t key  = pool->keys[next_row(sampler, pools, pool)];

    if (--pool->num_left == 0)
        retire_first(pools);
    return key;
}

/* --- the scheme --- */

static void destroy(tern_sampler_t *sampler)
{
    pools_t *pools = sampler->scheme;

    if (pools == NULL)
        return;
    while (pools->first != NULL)
        retire_first(pools);
    for (pool_t *pool = pools->spare, *next; pool != NULL; pool = next) {
        next = pool->next;
        free_pool(pool);
    }
    tern_free(TERN_LOG_CLIENT, pools->gone);
    tern_free(TERN_LOG_CLIENT, pools);
}

static tern_status_t create(tern_sampler_t *sampler, const tern_sample_desc_t *desc)
{
    pools_t *pools = tern_alloc_zeroed(TERN_LOG_CLIENT, sizeof *pools);

    sampler->scheme = pools;
    if (pools == NULL)
        return TERN_ERR_NO_MEMORY;
    pools->num_rows  = desc->pool_size > 0 ? desc->pool_size : DEFAULT_ROWS;
    pools->reuse     = desc->reuse > 0 ? desc->reuse : DEFAULT_REUSE;
    pools->postpones = tern_sample_can_localize(sampler);
    pools->end_p     = &pools->first;
    pools->gone      = tern_alloc(TERN_LOG_CLIENT, pools->num_rows * sizeof *pools->gone);
    return pools->gone != NULL ? TERN_OK : TERN_ERR_NO_MEMORY;
}

static tern_status_t prepare(tern_sampler_t *sampler, size_t num)
{
    pools_t *pools  = sampler->scheme;
    uint64_t wanted = sampler->num_prepared + num + num_uses(pools) / 2;

    while (pools->num_pools * num_uses(pools) < wanted) {
        tern_status_t status = add_pool(sampler, pools);

        if (status != TERN_OK)
            return status;
    }
    return TERN_OK;
}

static tern_status_t pull(tern_sampler_t *sampler, size_t num, tern_key_t keys[],
                          void *values, tern_request_t **request_p)
{
    for (size_t i = 0; i < num; i++)
        keys[i] = next_key(sampler, sampler->scheme);
    return tern_sample_fetch(sampler, num, keys, values, request_p);
}

const tern_sample_ops_t tern_sample_pool = {.name    = "pool",
                                            .create  = create,
                                            .destroy = destroy,
                                            .prepare = prepare,
                                            .pull    = pull};
