/** \file
 * Locality: bring rows to where they are used, ahead of their use.
 *
 * A table's management policy says what may happen to its rows:
 *
 * | policy     | a row                                                              | source |
 * |------------|--------------------------------------------------------------------|--------|
 * | `static`   | stays on the server that the partition names                       | Li et al., OSDI 2014 |
 * | `relocate` | moves to the node that calls tern_localize()                       | Renz-Wieland et al., PVLDB 2020 (Lapse) |
 * | `ssp`      | stays; each node keeps a replica and refreshes it when it is too old  | Ho et al., NIPS 2013 |
 * | `essp`     | stays; servers push fresh rows to the nodes that have replicas          | Dai et al., AAAI 2015; Wei et al., SoCC 2015 |
 * | `adaptive` | moves or is replicated, as tern_intent() calls suggest             | Renz-Wieland et al., PVLDB 2023 (AdaPM) |
 * | `aggregate` | stays; what is pushed in a step is summed at its server and applied when all workers have ended it | Li et al., OSDI 2014, sections 3.4 to 3.6 |
 * | `dense`    | stays; what is pushed in a step is summed where the row is, whole tables as by an all-reduce | Li et al., OSDI 2014, section 3.1 (ranges); Thakur et al., IJHPCA 2005 |
 *
 * Guarantees of `ssp` and `essp`: a worker sees its own pushes and those of its node at once (where the rule is not additive, its own
 * after its next tern_clock()), the pushes of any one worker in order (PRAM), and after its clock c every push of clock
 * c - staleness - 1 or earlier. Neither causal nor sequential: pushes of different workers may be seen in different orders. A read may
 * wait for an answer of the owner; under `essp` rather for rows that the owner is about to send. What a node pushes to a row is summed
 * until a clock and applied by the owner as one push: for gradient rules that is one, larger step; rules that have no use for sums
 * ("assign", registered rules without tern_update_t.takes_sums) are refused. tern_set() waits for its owner. tern_barrier() flushes
 * nothing.
 *
 * `adaptive`: a row without a replica on the caller's node is as under `relocate`. Replicas follow the table's bound as above; without one (TERN_SYNC_ASYNC)
 * they are read whatever their age, are synchronised as the worker's clock advances, and tern_clock() does not wait for what was pushed to them. Rules that are
 * not additive get the sum of what a node has pushed since. tern_push_pull() costs a push and a pull where a row is neither here nor replicated.
 *
 * `aggregate`: a push belongs to the step that the worker is in, the one that its next tern_clock() ends, and is acknowledged when its
 * server has it. When all workers (of the table's group) have ended a step, its pushes to a key are summed over all of them and the
 * rule runs once with the sum, so that a table's rows change at ends of steps only; a worker does not see its own pushes before. Steps are applied
 * in order, at each server by itself. tern_clock() waits for nothing because of such a table. A pull of a worker that has ended c steps waits until its
 * servers have applied c - staleness (all c for TERN_SYNC_BSP, none for TERN_SYNC_ASYNC), and sees steps whole or not at all, server by server; who pulls seldom may
 * so be far ahead, and servers keep what it pushes. With TERN_SYNC_BSP a pull that is waited for before the next tern_clock() reads
 * exactly what c steps have made: the program is deterministic up to the order of sums, and with `ordered` to the bit. A worker that
 * calls tern_finalize() ends its last step by that. tern_set() takes effect at once and is refused while pushes wait for the end of their
 * step; tern_push_pull() is not possible. Rules need not be additive nor take sums of their own: a registered rule sees what a step has brought.
 *
 * `dense`: for tables that all workers (of the table's group) read and push as a whole: tern_push_range(), tern_clock(), tern_pull_range(). A
 * push is added to the worker's own copy of the table, in memory that its node shares, and completes at once; but the first of a step, if it is of the whole table and
 * has a request, lends the array until the step has ended, and who waits for the request before tern_clock() has it copied then. tern_clock() ends the step:
 * it returns when all workers have ended it, what they pushed to each row is summed, in the order of nodes and workers, and the rule has run once with
 * the sum; nobody sees a push before. So TERN_SYNC_BSP is the only bound, the result of a run can be repeated bit by bit, and one clock stands for the whole range. If
 * every worker pushed all rows and, since the step before, has read all rows (in pieces, in order, if it likes), the step is a reduce-scatter and an all-gather: within a
 * node each server sums its rows from its neighbours' memory, between nodes one message carries what a node pushed to a server's rows, and one the values back, no keys in
 * either: 2 (n - 1) / n of the table for each of n nodes. Otherwise messages carry the rows that were pushed, and pulls ask for what they want. This is found
 * out anew in each step; tern_counters_t.dense_whole_steps counts, and a debug line of folder `client` tells of changes. Memory: a copy of the table for each worker, and the
 * rows of other nodes once a node. Ranks may serve, work or do both; a server must take part in a call of Tern, as for any request. tern_pull() by key reads rows as they
 * are after the last step; tern_set() and server functions change rows at once, which whole reads see after the next clock; what tern_push_pull() returns lacks what it
 * pushes. What was pushed since the last clock is lost when a worker ends. With `--shared-memory no`, filters, or rules that have no use for sums there is no such table.
 *
 * Each call is allowed under every policy, so that a program is written once: where a policy has no use for a
 * hint, the call checks its arguments and completes at once.
 */
#ifndef TERN_LOCALITY_H
#define TERN_LOCALITY_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** True if the row of `key` can be read in this node's memory now: owned here, or a replica that is fresh
 * enough for the calling worker. */
TERN_API bool tern_is_local(const tern_table_t *table, tern_key_t key);

/** Move rows to the caller's node (`relocate`; `adaptive` where it does not replicate; no effect elsewhere).
 *
 * Nonblocking, not collective, workers only. One message per home and call; the rows come from their owners in
 * one message each. Rows that are here already cost a look-up. While a row is on its way, operations of this
 * node on it wait at its server and are then applied in order; nothing needs to wait for the request but who wants to
 * know that the rows have come. Another node may localize the same rows at any time: then they move on.
 * Optimiser state moves with its row.
 *
 * \param [in]  keys       [num_keys]. Copied; may repeat.
 * \param [out] request_p  Completes when every row has come here (it may have left again since). NULL as an
 *                         argument: waits. Unchanged on error.
 * \return  TERN_OK; TERN_ERR_ARG (a key outside the table; nothing moves); TERN_ERR_NO_MEMORY, also from
 *          tern_wait(): this node has no room for more rows (`max_rows` of the table); the rows that found none
 *          stay where they are and can be accessed there, nothing is lost.
 * Consistency: per key, operations before and after a move are those of one row (tern/access.h). One exception: changes
 * to a key that one call repeats may change places if the row moves during the call, which only rules that do not
 * commute show.
 * Source: Renz-Wieland et al., PVLDB 2020, section 3. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_localize(tern_table_t    *table,
                                                       size_t           num_keys,
                                                       const tern_key_t keys[],
                                                       tern_request_t **request_p);

/** As tern_localize() for all keys of `range`. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_localize_range(tern_table_t    *table,
                                                             tern_range_t     range,
                                                             tern_request_t **request_p);

/** Copy those rows that can be read in this node's memory now. Completes at once, sends nothing.
 *
 * \param [out] values        [num_keys][W]; row i is undefined where keys[i] is absent.
 * \param [out] absent        [num_keys]: positions of the others, rising.
 * \param [out] num_absent_p  How many these are.
 * \return  TERN_OK; TERN_ERR_ARG (a key outside the table). */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_pull_if_local(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                   void *values, uint32_t absent[], size_t *num_absent_p);

/** Announce that this worker will access `keys` while its clock (tern_clock_now()) is in
 * [first_clock, end_clock). Nonblocking, not collective, workers only.
 *
 * `adaptive`: the owner moves a row to the only node that wants it and replicates it while several do; when to act
 * follows from how fast the worker's clock runs, so announce as early as it is known. `relocate`: a localize,
 * at once. No effect elsewhere. Never needed for correctness.
 *
 * \param [in] keys  [num_keys]. Copied; may repeat.
 * \return  TERN_OK; TERN_ERR_ARG (a key outside the table, end_clock <= first_clock); TERN_ERR_NO_MEMORY.
 * Source: Renz-Wieland et al., PVLDB 2023, sections 4 and 5. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_intent(tern_table_t *table, size_t num_keys,
                                                     const tern_key_t keys[],
                                                     uint64_t         first_clock,
                                                     uint64_t         end_clock);

#ifdef __cplusplus
}
#endif
#endif
