/** \file
 * Tick: a worker's logical time at a table whose pushes are collected. The upper half is its step, the lower half the
 * number of the message in the step, from 1 on; the end of a step comes after all its messages. So ticks of a worker
 * rise, whatever the server that they are sent to.
 */
#ifndef TERN_SYNC_TICK_H
#define TERN_SYNC_TICK_H

#include "tern/types.h"

#define TERN_TICK_END UINT32_MAX /* the number of the end of a step */

static inline uint64_t tern_tick(uint64_t step, uint32_t number)
{
    return step << 32 | number;
}

static inline uint64_t tern_tick_step(uint64_t tick)
{
    return tick >> 32;
}

#endif
