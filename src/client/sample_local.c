/** \file
 * Scheme local: draws from the distribution restricted to the rows that are on this node.
 *
 * By rejection: drawn from the whole distribution until the row is here. Where few rows are here, or light ones only,
 * that takes long; then a census is taken, a list of the rows that are here with their weights summed up, and
 * draws that rejection does not make are made of it by bisection. A census costs a look at every key and ages as
 * rows move, so it serves one draw for each KEYS_PER_USE keys. The other way, to keep a list up to date with every
 * move, would tax all moves for the sake of this scheme.
 */
#include "base/alloc.h"
#include "client/access.h"
#include "client/policy.h"
#include "client/sample.h"

#define MAX_TRIES    32u
#define KEYS_PER_USE 16u

typedef struct census {
    size_t      num_rows, capacity;
    tern_key_t *keys; /* [num_rows] of what was here */
    double     *sums; /* [num_rows] of the weights up to and with it */
    uint64_t    num_uses_left;
} census_t;

typedef struct local {
    double  *weights; /* one a key; NULL: uniform */
    uint64_t num_tries;
    census_t census;
} local_t;

static bool is_here(const tern_sampler_t *sampler, tern_key_t key)
{
    return sampler->table->access->has(sampler->table, key);
}

/* --- the census --- */

static double weight_of(const tern_sampler_t *sampler, tern_key_t key)
{
    const local_t *local = sampler->scheme;

    return local->weights == NULL ? 1 : local->weights[key - sampler->keys.first];
}

static bool counts(const tern_sampler_t *sampler, tern_key_t key)
{
    return weight_of(sampler, key) > 0 && is_here(sampler, key);
}

static bool make_room(census_t *census, size_t num_rows)
{
    if (num_rows <= census->capacity)
        return true;
    tern_free(TERN_LOG_CLIENT, census->keys);
    tern_free(TERN_LOG_CLIENT, census->sums);
    census->keys     = tern_alloc(TERN_LOG_CLIENT, num_rows * sizeof *census->keys);
    census->sums     = tern_alloc(TERN_LOG_CLIENT, num_rows * sizeof *census->sums);
    census->capacity = census->keys != NULL && census->sums != NULL ? num_rows : 0;
    return census->capacity > 0;
}

/* Rows may come between the two passes; there is no room for them. */
static void take_census(const tern_sampler_t *sampler, census_t *census)
{
    size_t num = 0;
    double sum = 0;

    for (tern_key_t key = sampler->keys.first; key < sampler->keys.end; key++)
        num += counts(sampler, key);
    census->num_rows      = 0;
    census->num_uses_left = (sampler->keys.end - sampler->keys.first) / KEYS_PER_USE;
    if (!make_room(census, num))
        return;
    for (tern_key_t key = sampler->keys.first;
         key < sampler->keys.end && census->num_rows < num; key++)
        if (counts(sampler, key)) {
            sum += weight_of(sampler, key);
            census->keys[census->num_rows]   = key;
            census->sums[census->num_rows++] = sum;
        }
}

/* The first row whose sum is above `point`. */
static tern_key_t find(const census_t *census, double point)
{
    size_t first = 0, last = census->num_rows - 1;

    while (first < last) {
        size_t middle = first + (last - first) / 2;

        if (census->sums[middle] > point)
            last = middle;
        else
            first = middle + 1;
    }
    return census->keys[first];
}

/* --- draws --- */

static uint64_t next_try(const tern_sampler_t *sampler)
{
    return ((local_t *)sampler->scheme)->num_tries++;
}

static bool reject_until_here(const tern_sampler_t *sampler, tern_key_t *key_p)
{
    for (uint32_t i = 0; i < MAX_TRIES; i++) {
        *key_p = tern_sample_draw(sampler, TERN_SAMPLE_TRIES, next_try(sampler));
        if (is_here(sampler, *key_p))
            return true;
    }
    return false;
}

static bool try_census(const tern_sampler_t *sampler, const census_t *census,
                       tern_key_t *key_p)
{
    for (uint32_t i = 0; i < MAX_TRIES && census->num_rows > 0; i++) {
        uint64_t random =
            tern_sample_random(sampler, TERN_SAMPLE_TRIES, next_try(sampler));
        double unit = (double)(random >> 11) * 0x1p-53;

        *key_p = find(census, unit * census->sums[census->num_rows - 1]);
        if (is_here(sampler, *key_p))
            return true;
    }
    return false;
}

/* A census that says nothing is here holds as long as others; one whose rows are gone does not. */
static bool draw_from_census(const tern_sampler_t *sampler, tern_key_t *key_p)
{
    census_t *census = &((local_t *)sampler->scheme)->census;

    if (census->num_uses_left > 0) {
        census->num_uses_left--;
        if (census->num_rows == 0 || try_census(sampler, census, key_p))
            return census->num_rows > 0;
    }
    take_census(sampler, census);
    return try_census(sampler, census, key_p);
}

/* A row that is here; else, where there is none, any row and false. */
static bool draw(const tern_sampler_t *sampler, tern_key_t *key_p)
{
    if (reject_until_here(sampler, key_p) || draw_from_census(sampler, key_p))
        return true;
    *key_p = tern_sample_draw(sampler, TERN_SAMPLE_TRIES, next_try(sampler));
    return false;
}

/* Rows that left between draw and reading: drawn again. Returns how many could not be read here. */
static size_t draw_again(tern_sampler_t *sampler, size_t num_missing, tern_key_t keys[],
                         char *values)
{
    tern_table_t *table    = sampler->table;
    size_t        num_left = 0;

    for (size_t i = 0; i < num_missing; i++) {
        uint32_t at      = table->client->missing[i], none;
        bool     is_read = false;

        for (uint32_t n = 0; n < MAX_TRIES && !is_read && draw(sampler, &keys[at]); n++)
            is_read =
                table->access->read_here(table, 1, &keys[at],
                                         values + at * table->row_bytes, &none) == 0;
        num_left += !is_read;
    }
    return num_left;
}

static tern_status_t pull(tern_sampler_t *sampler, size_t num, tern_key_t keys[],
                          void *values, tern_request_t **request_p)
{
    tern_table_t    *table = sampler->table;
    size_t           num_missing;
    tern_status_t    status = tern_access_check_call(table, num, keys, keys);
    tern_counters_t *counters;

    if (status != TERN_OK)
        return status;
    for (size_t i = 0; i < num; i++)
        (void)draw(sampler, &keys[i]);
    if (values == NULL)
        return tern_sample_fetch(sampler, num, keys, NULL, request_p);
    num_missing =
        table->access->read_here(table, num, keys, values, table->client->missing);
    if (draw_again(sampler, num_missing, keys, values) > 0)
        return tern_pull(table, num, keys, values, request_p);
    counters = table->client->counters;
    counters->pull_keys += num;
    counters->local_keys += num;
    if (request_p != NULL)
        *request_p = NULL;
    return TERN_OK;
}

/* --- the scheme --- */

static tern_status_t create(tern_sampler_t *sampler, const tern_sample_desc_t *desc)
{
    size_t   num_keys = sampler->keys.end - sampler->keys.first;
    local_t *local    = tern_alloc_zeroed(TERN_LOG_CLIENT, sizeof *local);

    sampler->scheme = local;
    if (local == NULL)
        return TERN_ERR_NO_MEMORY;
    if (desc->weights == NULL)
        return TERN_OK;
    local->weights = tern_alloc(TERN_LOG_CLIENT, num_keys * sizeof *local->weights);
    if (local->weights == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_keys; i++)
        local->weights[i] = desc->weights[i];
    return TERN_OK;
}

static void destroy(tern_sampler_t *sampler)
{
    local_t *local = sampler->scheme;

    if (local == NULL)
        return;
    tern_free(TERN_LOG_CLIENT, local->census.keys);
    tern_free(TERN_LOG_CLIENT, local->census.sums);
    tern_free(TERN_LOG_CLIENT, local->weights);
    tern_free(TERN_LOG_CLIENT, local);
}

const tern_sample_ops_t tern_sample_local = {
    .name = "local", .create = create, .destroy = destroy, .pull = pull};
