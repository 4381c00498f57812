/** \file
 * Node: what the ranks of a node share besides rows. A doorbell for each rank, to wake it from sleep
 * when a neighbour has sent it a message, whether it sleeps on the futex word or on its bell; the stop
 * request; and bytes for the layers above.
 */
#ifndef TERN_COMM_NODE_H
#define TERN_COMM_NODE_H

#include "comm/bell.h"
#include "comm/group.h"
#include "comm/shared.h"

/** What the futex word says. */
typedef enum tern_sleep {
    TERN_AWAKE,
    TERN_ASLEEP,        /* on the word */
    TERN_ASLEEP_ON_BELL /* on its bell and other descriptors */
} tern_sleep_t;

typedef struct tern_doorbell {
    uint32_t sleep; /* tern_sleep_t; futex word; atomic */
    char     bell_name[TERN_BELL_NAME_BYTES];
    char     padding[54];
} tern_doorbell_t;

typedef struct tern_node_block {
    int32_t  stop_signal;    /* atomic; 0: go on, -1: tern_stop(), else the signal */
    uint64_t uplink_free_ns; /* atomic; emulation: when the node's uplink is free */
    char     padding[48];
    tern_doorbell_t doorbells[]; /* [node_size] */
} tern_node_block_t;

typedef struct tern_node {
    const tern_group_t *group;
    tern_shared_t      *shared;
    tern_node_block_t  *block;
    int                 bell;  /* the caller's; -1: it has none */
    void               *extra; /* zeroed, aligned to 64, the same memory on all ranks */
} tern_node_t;

/** Collective over the node. */
tern_status_t tern_node_create(tern_group_t *group, size_t extra_bytes,
                               tern_node_t **node_p);
void          tern_node_destroy(tern_node_t **node_p);

/** Wake a rank of this node if it sleeps. A load where it does not. */
void tern_node_ring(tern_node_t *node, int rank);

/** Sleeping in three steps, so that no ring is lost: announce how; look once more whether there is work;
 * sleep (on the word, by tern_node_sleep()) or do not, and withdraw. */
void tern_node_announce(tern_node_t *node, tern_sleep_t sleep);
void tern_node_sleep(tern_node_t *node, uint64_t timeout_ns);
void tern_node_withdraw(tern_node_t *node);

/** The first request to stop wins. Wakes every rank of the node. */
void tern_node_request_stop(tern_node_t *node, int signal_number);
int  tern_node_stop_signal(const tern_node_t *node);

#endif
