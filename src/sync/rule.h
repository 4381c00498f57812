/** \file
 * The staleness rule: when may a worker begin its next step?
 *
 * A worker at clock c (c steps finished) under bound s may begin when every worker has finished at
 * least c - s steps: s = 0 is bulk-synchronous, infinity asynchronous (Li et al., OSDI 2014, section
 * 3.4; Ho et al., NIPS 2013, section 3). A bound is an ops table with one number, chosen once, so that
 * the data path never asks for the mode.
 */
#ifndef TERN_SYNC_RULE_H
#define TERN_SYNC_RULE_H

#include "tern/types.h"

typedef struct tern_sync_ops {
    const char *name;
    /* The job-wide minimum clock that a worker at `clock` must see before it goes on. */
    uint64_t (*required_min)(uint64_t clock, uint32_t staleness);
} tern_sync_ops_t;

extern const tern_sync_ops_t tern_sync_bsp, tern_sync_ssp, tern_sync_async;

#endif
