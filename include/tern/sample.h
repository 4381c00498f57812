/** \file
 * Sampling access: rows drawn from a distribution, where the program needs *some* rows and not particular ones, as
 * for negative examples. The library may then choose rows that are near.
 *
 * | scheme         | draws                                                              | conformity  |
 * |----------------|--------------------------------------------------------------------|-------------|
 * | `naive`        | independently from the distribution, wherever the rows are         | CONFORM     |
 * | `prelocalized` | the same; their rows are localized when they are prepared          | CONFORM     |
 * | `pool`         | rows are drawn a pool at a time and localized; each is used `reuse` times | BOUNDED, with postponing LONG-TERM |
 * | `local`        | from the distribution restricted to the rows of this node          | NON-CONFORM |
 *
 * CONFORM: draws are independent, each has the distribution. BOUNDED: each draw has the distribution and depends
 * on those of its pool, which are at most pool_size * reuse, and on no others. LONG-TERM: the same holds for
 * whole pools, each of which uses each of its rows `reuse` times; within a pool rows that are not here are
 * postponed, and so which draw meets a row depends on where it is. Uses are postponed only under
 * policies that can localize, on nodes that can keep rows: past the other uses of the pool, then once more past those
 * that were postponed, and then made wherever the row is. NON-CONFORM: what is drawn depends on where rows are.
 *
 * Source: Renz-Wieland et al., SIGMOD 2022 (NuPS), section 4.
 */
#ifndef TERN_SAMPLE_H
#define TERN_SAMPLE_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tern_sample_scheme {
    TERN_SAMPLE_NAIVE        = 0,
    TERN_SAMPLE_PRELOCALIZED = 1,
    TERN_SAMPLE_POOL         = 2,
    TERN_SAMPLE_LOCAL        = 3,
} tern_sample_scheme_t;

/** What to draw and how; zero means the default of each field. */
typedef struct tern_sample_desc {
    tern_range_t  keys;    /**< to draw from; empty: all keys of the table */
    const double *weights; /**< one a key, need not sum to 1; copied. NULL: uniform */
    tern_sample_scheme_t scheme;
    uint32_t             pool_size; /**< `pool`: rows; default 250 */
    uint32_t             reuse;     /**< `pool`: uses of each row; default 16 */
    uint64_t seed; /**< default: the run's; the worker's number is mixed in. Samplers
                        with one seed draw alike: give each its own */
} tern_sample_desc_t;

typedef struct tern_sampler tern_sampler_t;

/** A sampler of the calling worker over the rows of `table`. Not collective, workers only.
 *
 * Weights take 8 bytes a key (an alias table: each draw takes constant time), with `local` 16.
 *
 * \param [in]  desc       Copied.
 * \param [out] sampler_p  Destroy it before tern_finalize(). Unchanged on error.
 * \return  TERN_OK; TERN_ERR_ARG (range outside the table, a negative or not finite weight, all weights zero, more
 *          than 2^32 - 1 of them, unknown scheme, no worker); TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_sampler_create(
    tern_table_t *table, const tern_sample_desc_t *desc, tern_sampler_t **sampler_p);

/** NULL is accepted; the pointer is set to NULL. */
TERN_API void tern_sampler_destroy(tern_sampler_t **sampler_p);

/** The scheme that an option names: naive, prelocalized, pool, local. False if there is none of that name. */
TERN_API bool tern_sample_scheme_parse(const char *name, tern_sample_scheme_t *scheme_p);

/** Announce that `num` more draws will be pulled. Nonblocking. Prepare early: what has to come from other nodes
 * comes meanwhile. Rows for which there is no room here are pulled from where they are.
 *
 * `naive` and `prelocalized`: draw number i of a worker is a function of seed, worker and i alone. `pool`: the same
 * for the pools and the order of each without postponing.
 *
 * \return  TERN_OK; TERN_ERR_ARG (no sampler); TERN_ERR_NO_MEMORY (nothing was prepared). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_sample_prepare(tern_sampler_t *sampler,
                                                             size_t          num);

/** Pull the next `num` prepared draws, any number at a time.
 *
 * `local` looks where rows are now: a draw is tried 32 times from the whole distribution; if no row so drawn is here,
 * all are looked at, which costs some ns for each key of the range, and the list of those that are here is
 * used for one such draw in 16 keys before it is made anew. It sends no message, unless no row with a weight is here:
 * then the call draws and pulls as `naive`.
 *
 * \param [out] keys       [num]: what was drawn; valid at once. Borrowed until completion.
 * \param [out] values     [num][W], undefined until completion; NULL: the keys alone are wanted, which completes at once.
 * \param [out] request_p  As tern_pull().
 * \return  As tern_pull(); TERN_ERR_ARG if fewer are prepared (none is used up). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_pull_sample(tern_sampler_t *sampler,
                                                          size_t num, tern_key_t keys[],
                                                          void            *values,
                                                          tern_request_t **request_p);

#ifdef __cplusplus
}
#endif
#endif
