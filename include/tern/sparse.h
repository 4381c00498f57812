/** \file
 * Sparse tables: tables with TERN_INDEX_HASH, whose rows come with the first change of their key.
 *
 * Any 64-bit key below tern_table_desc_t.keys.end may come. A key without a row reads as its initial value, the function of
 * seed, table and key that every table has, so that a program cannot tell whether a row is there: tern_pull() of it gives
 * that value and makes no row. tern_push(), tern_set() and tern_push_pull() make the row first, on the server that
 * the table's placement names. Rows are made there alone, because two ranks that made one at once would lose a push; so
 * the first push of a key costs a message even within a node, later ones do not. Reading makes none, because a model
 * should take the memory of what it has learned, not of what was looked at.
 *
 * tern_pull_range() and tern_push_range() of a sparse table are the pull and push of all keys of the range, which may
 * have at most 2^24; a range push makes rows for all of them. tern_borrow() lends rows that exist. One-sided pulls are not
 * used. Policy "static" only; the table stays as large as it was at its largest, since evicted rows leave room for others
 * and not for other tables.
 *
 * A server that has no room for a row (tern_table_desc_t.max_rows, or shared memory, is exhausted) answers
 * TERN_ERR_NO_MEMORY: the other keys of the call are changed, existing rows stay as they are.
 */
#ifndef TERN_SPARSE_H
#define TERN_SPARSE_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of shared memory of one row: word, key, columns, values, state. In sparse tables its place in the index comes
 * on top: 7.1 bytes when the index grows, 14.2 right after. */
TERN_API size_t tern_table_bytes_per_row(const tern_table_t *table);

/** Count the rows of `range` that exist, on all servers.
 *
 * Blocking, not collective, workers only. Of dense tables all keys of the range have rows. Counted server by server:
 * rows that come or go meanwhile may or may not be counted.
 *
 * \return  TERN_OK; TERN_ERR_ARG (a range outside the table); TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_num_rows(tern_table_t *table,
                                                       tern_range_t  range,
                                                       uint64_t     *num_rows_p);

/** The next existing keys of a range, in rising order, from all servers.
 *
 * \code
 * tern_range_t rest = tern_table_keys(table);
 *
 * while (tern_scan(table, &rest, 1000, keys, values, &num_keys) == TERN_OK && num_keys > 0)
 *     use(num_keys, keys, values);
 * \endcode
 * Blocking, not collective, workers only, sparse tables only. Each key that has a row throughout is given once; rows that
 * come or go meanwhile may or may not be. The first scan of a table makes each server sort its keys and keep the list, at
 * 8 bytes a row; later ones sort only what has come since.
 *
 * \param [in,out] range     What is left to scan; its `first` moves behind the last key given, to `end` at the end.
 * \param [in]     max_keys  At least 1. Fewer may be given though more exist.
 * \param [out]    keys      [max_keys].
 * \param [out]    values    [max_keys][W], or NULL: not wanted.
 * \param [out]    num_keys_p  Zero at the end of the range only.
 *
 * \return  TERN_OK; TERN_ERR_ARG (a dense table, a range outside it); TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_scan(tern_table_t *table,
                                                   tern_range_t *range, size_t max_keys,
                                                   tern_key_t keys[], void *values,
                                                   size_t *num_keys_p);

/** Which rows are evicted. */
typedef enum tern_evict_by {
    /** Rows that were last changed at least `limit` clocks before the calling worker's clock, by the clocks of
     * those who changed them. Needs TERN_COLUMN_CLOCK. */
    TERN_EVICT_AGE = 0,
    /** Rows that were changed at most `limit` times. Needs TERN_COLUMN_VERSION. */
    TERN_EVICT_FREQUENCY = 1,
    /** Rows whose Euclidean norm is at most `limit`. */
    TERN_EVICT_SCORE = 2,
} tern_evict_by_t;

typedef struct tern_eviction {
    tern_range_t    range; /**< of keys; empty: all of the table */
    tern_evict_by_t by;
    double          limit;      /**< not negative */
    bool            is_dry_run; /**< only tell how much would go */
} tern_eviction_t;

/** What an eviction did, or would do. */
typedef struct tern_evicted {
    uint64_t num_rows_before; /**< of the range */
    uint64_t num_rows;        /**< evicted */
    uint64_t num_bytes;       /**< num_rows times tern_table_bytes_per_row() */
} tern_evicted_t;

/** Evict rows: their keys have none afterwards and read as their initial values; values and state are gone.
 *
 * Blocking, not collective, workers only, sparse tables only. Pushes of this worker that were acknowledged before are looked
 * at; pushes of others that arrive meanwhile make their rows anew. Rows that somebody has borrowed should not be
 * evicted: their memory is not reused before they are returned, but what is written to them is lost.
 *
 * \param [out] evicted_p  Sums over all servers; may be NULL. Set on success.
 *
 * \return  TERN_OK; TERN_ERR_ARG (a dense table, a column that it lacks, a negative limit, a range outside the table);
 *          TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_evict(tern_table_t          *table,
                                                    const tern_eviction_t *eviction,
                                                    tern_evicted_t        *evicted_p);

#ifdef __cplusplus
}
#endif
#endif
