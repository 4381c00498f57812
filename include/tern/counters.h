/** \file
 * Counters: exact, so that tests may assert them.
 */
#ifndef TERN_COUNTERS_H
#define TERN_COUNTERS_H

#include "tern/types.h"

/** Counters of the calling rank since tern_init(); exact. */
typedef struct tern_counters {
    uint64_t pull_keys, push_keys, set_keys; /**< rows asked for by this rank */
    uint64_t local_keys;                     /**< of these, served in node memory */
    uint64_t local_changes;            /**< of these, pushed or set; the others were read */
    uint64_t borrowed_rows;                  /**< rows lent in place (not in the above) */
    uint64_t read_retries;   /**< row reads that met a writer and started again */
    uint64_t latch_waits;    /**< row updates that found the latch held */
    uint64_t latches_broken; /**< latches taken from dead holders */
    uint64_t messages_sent, messages_received;
    uint64_t bytes_sent, bytes_received; /**< headers included */
    uint64_t
        combined_keys; /**< pushes that were added to another of their call before sending */
    uint64_t resends;            /**< requests sent again */
    uint64_t duplicates_dropped; /**< requests that had been applied before */
    uint64_t served_keys;      /**< rows that this server handled for others by message */
    uint64_t window_gets;      /**< one-sided gets that this rank started */
    uint64_t window_rows;      /**< rows that came by them, validated */
    uint64_t window_retries;   /**< rows that were fetched a second time */
    uint64_t window_fallbacks; /**< rows that a get could not give, asked by message */
    uint64_t localized_keys;   /**< rows that this rank had brought to its node */
    uint64_t
        localized_before; /**< rows that it asked for and that were there, or on their way */
    uint64_t
        localize_ns; /**< time of all in localized_keys, from the call to their being there */
    uint64_t rows_taken_in,
        rows_sent_away; /**< rows that moved to and from this server */
    uint64_t
        queued_keys; /**< operations that waited at this server for a row on its way */
    uint64_t
        forwarded_keys; /**< operations that this server passed on to where the row is */
    uint64_t replica_reads;    /**< rows of other nodes that were read from replicas at once */
    uint64_t replica_refreshes; /**< rows that were asked for, to be kept as replicas */
    uint64_t refresh_messages;  /**< messages that asked for them */
    uint64_t replica_flushes;   /**< rows whose pushes went from a replica to the owner */
    uint64_t pushed_rows; /**< rows that owners sent to this node's replicas, unasked (counted by its agent) */
    uint64_t rows_created;        /**< rows that this server made at a key's first change */
    uint64_t rows_evicted;        /**< rows that it took out again */
    uint64_t pushes_not_admitted; /**< pushes that it dropped: their keys were not seen often enough */
    uint64_t calls;         /**< calls of server functions by this rank */
    uint64_t functions_run; /**< runs of functions on this server */
    uint64_t dense_whole_steps; /**< steps of dense tables in which all workers exchanged the whole table */
    uint64_t dense_part_steps;  /**< the others: only what was pushed was sent */
} tern_counters_t;

#endif
