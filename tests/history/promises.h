/** \file
 * The table of promises: which system should keep which, and what was seen of it.
 *
 * Source: Renz-Wieland et al., PVLDB 2020, section 3.4 and its table of guarantees.
 */
#ifndef TERN_TESTS_PROMISES_H
#define TERN_TESTS_PROMISES_H

#include "history/consistency.h"
#include "history/recorder.h"

/* Systems: a policy, and what else makes the difference. */
typedef enum ps {
    CLASSIC,
    LAPSE,            /* operations go by way of the home */
    LAPSE_WITH_CACHE, /* ... or to where the row was seen last */
    SSP,
    ESSP,
    ADAPTIVE,
    NUM_SYSTEMS
} ps_t;

/* How a worker calls. */
typedef enum way {
    SYNCHRONOUS,  /* each operation is waited for before the next */
    ASYNCHRONOUS, /* operations are issued while others are under way */
    NUM_WAYS
} way_t;

/* The levels of consistency.h for each key on its own, then one for all keys together. */
enum { CAUSAL_ACROSS_KEYS = NUM_CONSISTENCIES, NUM_PROMISES };

const char *ps_name(ps_t ps);

/* Begin to record `ps` with links that --emulate names. */
recorder_t ps_begin(ps_t ps, way_t way, const char *links);

/* Hold what was recorded against every promise; each that should be kept is asserted, and a cycle that
 * breaks it is printed. All ranks; returns the broken ones as a set of bits, on all ranks the same. */
unsigned promises_judge(ps_t ps, way_t way, recorder_t *recorder);

/* Print what was seen so far as a table, and why promises are broken. Rank 0 prints. */
void promises_print(void);

#endif
