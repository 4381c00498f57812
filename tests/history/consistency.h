/** \file
 * Does a history keep a promise?
 *
 * A promise is that there is an order of the operations which explains what was read: one order for all workers, or
 * one for each. Since every read tells of every push to its key whether it came before (history.h), what an order must
 * obey is a list of pairs:
 *
 *   push -> read    the read saw the push
 *   read -> push    the read did not see it
 *   a -> b          one worker called a before b
 *   a -> b          a had completed when b was called (linearizable alone)
 *
 * There is such an order if and only if these pairs form no cycle: any topological order will do. So each check is
 * a search for a cycle, none is a guess, and a cycle is the proof of the violation. The levels differ in the operations
 * and pairs that count:
 *
 * | level        | an order for | operations                     | "did not see" counts for |
 * |--------------|--------------|--------------------------------|--------------------------|
 * | late PRAM    | each worker  | its own, and all pushes        | its reads                |
 * | PRAM         | each worker  | its own, and all pushes        | its reads                |
 * | causal       | each worker  | all                            | its reads                |
 * | sequential   | all workers  | all                            | all reads                |
 * | linearizable | all workers  | all, with the pairs of time    | all reads                |
 *
 * *Late PRAM* is what tern/access.h promises of reads that are not waited for: one that is under way may see what its
 * worker does meanwhile, so it comes before nothing that is called until it has completed. *Eventual* is another kind: reads that are marked final have seen all pushes. A read of what nobody
 * pushed breaks every level.
 *
 * Sources: Lipton and Sandberg 1988 (PRAM); Ahamad et al., Distributed Computing 1995 (causal); Lamport 1979
 * (sequential); Herlihy and Wing, TOPLAS 1990 (linearizable).
 */
#ifndef TERN_TESTS_CONSISTENCY_H
#define TERN_TESTS_CONSISTENCY_H

#include "history/history.h"

typedef enum consistency {
    CONSISTENCY_EVENTUAL,
    CONSISTENCY_LATE_PRAM,
    CONSISTENCY_PRAM,
    CONSISTENCY_CAUSAL,
    CONSISTENCY_SEQUENTIAL,
    CONSISTENCY_LINEARIZABLE,
    NUM_CONSISTENCIES
} consistency_t;

extern const char *const consistency_names[NUM_CONSISTENCIES];

enum { VIOLATION_MAX_OPS = 16 };

/* Why a level does not hold: operations each of which must come before the next, and the last before the first; a single one
 * that saw too little or what nobody pushed. */
typedef struct violation {
    history_op_t ops[VIOLATION_MAX_OPS]; /* a longer cycle is cut */
    size_t       num_ops;
} violation_t;

/* Over all keys together. `violation` may be NULL. */
bool consistency_holds(const history_t *history, consistency_t level,
                       violation_t *violation);

/* For each key on its own: what parameter servers promise. */
bool consistency_holds_per_key(const history_t *history, consistency_t level,
                               violation_t *violation);

/* One operation a line, each with `prefix`. */
void violation_print(const violation_t *violation, const char *prefix, FILE *stream);

#endif
