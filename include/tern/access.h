/** \file
 * Access to rows: pull, push, set, by key and by range, and borrowing rows in place.
 *
 * All operations are nonblocking, none is collective, all are called from the thread that called
 * tern_init(). `request_p` may be NULL: then the call waits for completion itself. Keys may come in
 * any order and may repeat. Rows that lie on the caller's node are served at once by loads and stores,
 * without allocation, system call or MPI call; the others by one message per server and call.
 *
 * Consistency: every operation is atomic per row. A rank's operations on one key take effect in the
 * order in which they were called; a pull that is not yet complete when later ones are called may
 * see them, since its answer can be lost and given again. For synchronous operations each key is
 * sequentially consistent. Tables of other policies than `static` and `relocate` promise what tern/locality.h says.
 */
#ifndef TERN_ACCESS_H
#define TERN_ACCESS_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Read rows by key.
 *
 * \param [in]  table      W below is its width.
 * \param [in]  num_keys   Number of keys N; zero completes at once.
 * \param [in]  keys       [N]. Borrowed until completion.
 * \param [out] values     [N][W] of the table's type, row i belongs to keys[i]. Undefined until completion.
 * \param [out] request_p  Complete it with tern_wait(); NULL when already complete. Unchanged on error.
 *
 * \return  TERN_OK; TERN_ERR_ARG (a key outside the table; nothing was read); TERN_ERR_NO_MEMORY.
 *          TERN_ERR_PEER_LOST may come later, from tern_wait().
 * Source: Li et al., OSDI 2014, section 3.2 (pull); Renz-Wieland et al., PVLDB 2020, section 3 (shared-memory access). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_pull(tern_table_t *table, size_t num_keys,
                                                   const tern_key_t keys[], void *values,
                                                   tern_request_t **request_p);

/** Apply the table's update rule to rows: `deltas` [N][W], row i goes to keys[i].
 * Repeated keys are applied in order; where the rule is additive, those that leave this node are summed first.
 * `keys` and `deltas` are borrowed until completion.
 * A completed push is applied exactly once, even if its message was sent again; under the policy `aggregate`, where rows
 * have the table's push width, it is then at its server, which applies it with the step.
 * Errors as tern_pull(); on TERN_ERR_ARG nothing was applied. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_push(tern_table_t *table, size_t num_keys,
                                                   const tern_key_t keys[],
                                                   const void      *deltas,
                                                   tern_request_t **request_p);

/** Overwrite rows with `values` [N][W] and clear their optimiser state, whatever the update rule. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_set(tern_table_t *table, size_t num_keys,
                                                  const tern_key_t keys[],
                                                  const void      *values,
                                                  tern_request_t **request_p);

/** Push and pull in one: apply the update rule to each row and read it.
 *
 * `deltas` [N][W] are pushed and `values` [N][W] are what the rows are afterwards; both may be the same array.
 * Rows on other nodes cost one message there and one back, where tern_push() and tern_pull() cost two
 * each. Exactly once, as tern_push(). Arguments are borrowed until completion; errors as
 * tern_push().
 *
 * Consistency: row i contains the caller's delta i and everything that this rank pushed to keys[i] before it in
 * program order; pushes of others, and later ones of the same call to the same key, may fall between the update
 * and the reading. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_push_pull(tern_table_t    *table,
                                                        size_t           num_keys,
                                                        const tern_key_t keys[],
                                                        const void *deltas, void *values,
                                                        tern_request_t **request_p);

/** As tern_pull() for all keys of `range`, in order; no keys go over the wire. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_pull_range(tern_table_t *table,
                                                         tern_range_t range, void *values,
                                                         tern_request_t **request_p);

/** As tern_push() for all keys of `range`, in order. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_push_range(tern_table_t    *table,
                                                         tern_range_t     range,
                                                         const void      *deltas,
                                                         tern_request_t **request_p);

/** How rows are borrowed. */
typedef enum tern_borrow_mode {
    /** Pointers for reading while others may write. tern_return() counts the rows that changed
     * meanwhile; whoever tolerates that, as Hogwild does, ignores the count. */
    TERN_BORROW_SHARED = 0,
    /** Pointers for reading and writing; each row's latch is held until tern_return(). Others wait,
     * so keep it short, and hold one latched borrow at a time. */
    TERN_BORROW_LATCHED = 1,
    /** Pointers for reading and writing without a latch: the caller declares that nobody else writes
     * these rows meanwhile (parameter blocking makes that natural). */
    TERN_BORROW_EXCLUSIVE = 2,
} tern_borrow_mode_t;

/** A borrowed row. Zero-copy: `value` and `state` point into the store. */
typedef struct tern_borrowed {
    void    *value; /**< [W], or NULL: the row is not on this node; pull it */
    void    *state; /**< [state width], or NULL */
    void    *word;  /**< internal */
    uint64_t seen;  /**< internal */
} tern_borrowed_t;

/** Borrow the rows that the caller's node owns, in place.
 *
 * Completes at once; never sends a message. With TERN_BORROW_LATCHED latches are taken in an order
 * that cannot deadlock, and a repeated key yields the same row again.
 *
 * \param [in]  keys      [num_keys].
 * \param [out] rows      [num_keys]; rows[i].value is NULL where keys[i] is not on this node.
 * \param [out] num_absent_p  How many are not on this node; may be NULL.
 *
 * \return  TERN_OK; TERN_ERR_ARG (a key outside the table; nothing is borrowed).
 * Consistency: the pointers stay valid until tern_return(), which every borrow needs. A row that another node localizes
 * meanwhile leaves when it is returned, with what was written; so do not wait for a localize while holding rows. An own
 * operation under way on one of the rows is waited for. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_borrow(tern_table_t *table, size_t num_keys,
                                                     const tern_key_t   keys[],
                                                     tern_borrow_mode_t mode,
                                                     tern_borrowed_t    rows[],
                                                     size_t            *num_absent_p);

/** Give borrowed rows back, with the arguments of their tern_borrow().
 * \param [out] num_changed_p  SHARED: rows that others changed while they were borrowed; may be NULL. */
TERN_API void tern_return(tern_table_t *table, size_t num_keys, tern_borrow_mode_t mode,
                          tern_borrowed_t rows[], size_t *num_changed_p);

#ifdef __cplusplus
}
#endif
#endif
