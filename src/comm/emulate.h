/** \file
 * Emulated links: latency, bandwidth and loss between groups of nodes, inside the library. Works anywhere, needs
 * no privilege and no common clock.
 *
 * `TERN_EMULATE=groups:2,delay:5ms,rate:100mbit,loss:0.01,jitter:1ms,seed:7`. The nodes are spread over the groups
 * in blocks; without `groups` each is one. Within a group nothing changes. A message to another group
 *
 *   1. waits for its node's uplink and passes it at `rate`: all ranks of the node share the uplink, through a
 *      word in the node's memory. The *sender* computes how long that takes and writes it, with
 *      the jitter, into the message's header;
 *   2. is lost with probability `loss`, if it is of a kind that is sent again: requests and replies are, clocks and stops
 *      are not, just as with `--fault`;
 *   3. is held by the *receiver* until `delay` and what the header says have passed since it came, and no less long
 *      than what the same peer sent before it.
 *
 * So the times are lower bounds: to them comes what the real way takes, and how late the receiver looks. Which
 * messages are lost depends on seed, source, destination and the number of messages before, on nothing else.
 * MPI's collectives, which start and end a run, do not pass here.
 */
#ifndef TERN_COMM_EMULATE_H
#define TERN_COMM_EMULATE_H

#include "comm/group.h"
#include "comm/message.h"
#include "comm/transit.h"

/** What a rank keeps about another. */
typedef struct tern_emulated_peer {
    bool     is_across; /* in another group */
    uint64_t num_sent;
    uint64_t due_ns;        /* of its latest message that has come */
    uint64_t reply_free_ns; /* its uplink, as far as our round trips use it */
} tern_emulated_peer_t;

typedef struct tern_emulate {
    int                   num_groups; /* 0: each node is one */
    uint64_t              delay_ns, jitter_ns;
    double                ns_per_byte; /* 0: no limit */
    double                loss;        /* probability */
    uint64_t              seed;
    bool                  is_active;
    uint64_t              source; /* the caller's rank */
    tern_emulated_peer_t *peers;  /* [num_peers] */
    uint64_t              num_peers;
    uint64_t *uplink_free_ns; /* atomic; in the node's memory, by its monotonic clock */
    tern_transit_t transit;
} tern_emulate_t;

/** NULL or empty: no emulation. TERN_ERR_USAGE, logged, names the bad part. */
tern_status_t tern_emulate_parse(tern_emulate_t *emulate, const char *specification);

/** Spread the nodes over the groups. `uplink_free_ns`: zero at first, the same word on all ranks of the node. */
tern_status_t tern_emulate_init(tern_emulate_t *emulate, const tern_group_t *group,
                                uint64_t *uplink_free_ns);
void          tern_emulate_fini(tern_emulate_t *emulate);

/** "2 groups, 5 ms, 100 Mbit/s, loss 1 %". */
void tern_emulate_describe(const tern_emulate_t *emulate, char *text, size_t text_bytes);

/** True if what goes to and comes from `rank` passes an emulated link. */
static inline bool tern_emulate_is_across(const tern_emulate_t *emulate, int rank)
{
    return emulate->is_active && emulate->peers[rank].is_across;
}

/** A message leaves for `rank`, which is across, at `now_ns`. False: it is lost on the way; else the header's hold. */
bool tern_emulate_depart(tern_emulate_t *emulate, int rank, tern_message_kind_t kind,
                         size_t bytes, uint64_t now_ns, uint32_t *hold_us_p);

/** When a message that came from `rank` at `arrived_ns` is due. */
uint64_t tern_emulate_due_ns(tern_emulate_t *emulate, int rank, uint32_t hold_us,
                             uint64_t arrived_ns);

/** When a round trip to `rank` that is issued now and brings `bytes` back is over: for one-sided reads, whose
 * initiator holds them until then. They are not lost. Several initiators do not see each other on the peer's uplink. */
uint64_t tern_emulate_round_trip_ns(tern_emulate_t *emulate, int rank, size_t bytes,
                                    uint64_t now_ns);

#endif
