/** \file
 * Clock board: the clocks of a node's workers, in memory that the node shares.
 *
 * A board has lanes (the step clock, the barrier), each with one counter per worker slot of the node
 * and the job-wide minimum, which the node's agent writes when it learns it. A worker that has left
 * stands at TERN_CLOCK_LEFT and holds nobody back. On a node that has all workers the job-wide
 * minimum is the node's own and every worker raises it by itself: no message at all.
 *
 * Every field is atomic; waiters sleep on a futex word beside the global minimum.
 */
#ifndef TERN_SYNC_BOARD_H
#define TERN_SYNC_BOARD_H

#include "tern/types.h"

#define TERN_CLOCK_LEFT UINT64_MAX

typedef enum tern_lane { TERN_LANE_CLOCK, TERN_LANE_BARRIER, TERN_NUM_LANES } tern_lane_t;

typedef struct tern_board tern_board_t;

/* Bytes for a board of `num_workers` slots; memory must be aligned to 64 and zeroed. */
size_t tern_board_bytes(uint32_t num_workers);

/* Once per node. `holds_all`: these are all workers of the job. A board without workers stands at
 * TERN_CLOCK_LEFT. */
void tern_board_init(tern_board_t *board, uint32_t num_workers, bool holds_all);

/* Worker `slot` has reached `clock` (never lower than before). Returns true if the node's minimum
 * rose, so that the agent has something to tell. Wakes waiters when the global minimum rose. */
bool     tern_board_publish(tern_board_t *board, tern_lane_t lane, uint32_t slot,
                            uint64_t clock);
uint64_t tern_board_worker_clock(const tern_board_t *board, tern_lane_t lane,
                                 uint32_t slot);

/* The node's minimum, and the slot that holds it back (slot_p may be NULL). */
uint64_t tern_board_node_min(const tern_board_t *board, tern_lane_t lane,
                             uint32_t *slot_p);

/* The job's minimum; `laggard` is a rank for stall reports, -1 where it is not known: a board that holds all
 * workers finds its laggard by tern_board_node_min(). Raising is monotonic and wakes waiters. */
uint64_t tern_board_global_min(const tern_board_t *board, tern_lane_t lane);
int      tern_board_laggard(const tern_board_t *board, tern_lane_t lane);
void     tern_board_raise_global(tern_board_t *board, tern_lane_t lane, uint64_t clock,
                                 int laggard);

/* Sleep until the global minimum reaches `clock`, or something woke the board, or `timeout_ns`
 * passed. True if it has reached it. The futex is shared between processes. */
bool tern_board_wait(tern_board_t *board, tern_lane_t lane, uint64_t clock,
                     uint64_t timeout_ns);

/* Wake all waiters of all lanes (stop requests). */
void tern_board_wake(tern_board_t *board);

#endif
