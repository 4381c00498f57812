/** \file
 * Statistics of a run: what every rank did, summed up, in words and numbers.
 *
 * Plain computation over one record for each rank; gathering the records is somebody else's business.
 */
#ifndef TERN_RUNTIME_STATS_H
#define TERN_RUNTIME_STATS_H

#include <stdio.h>

#include "base/phase.h"
#include "runtime/footprint.h"
#include "tern/counters.h"
#include "tern/filter.h"
#include "tern/sync.h"
#include "tern/types.h"

/* What a rank did; gathered as bytes. */
typedef struct tern_rank_stats {
    char            host[64];
    uint32_t        roles; /* of tern_role_t */
    int32_t         node;
    int32_t         worker_group; /* of workers */
    double          phase_seconds[TERN_NUM_PHASES];
    tern_counters_t counters;
} tern_rank_stats_t;

/* A quantity over some of the ranks. */
typedef struct tern_spread {
    size_t num_ranks; /* 0: nobody; then the rest is 0 */
    double min, mean, max, sum;
    int    min_rank, max_rank;
} tern_spread_t;

/* What the servers have of a table. */
typedef struct tern_balance {
    uint32_t num_servers;
    uint64_t num_rows, least_rows, most_rows;
    uint64_t served_keys, least_served, most_served; /* asked for by message */
    uint64_t index_bytes; /* of sparse tables */
} tern_balance_t;

/* What was sent of a table through its filters. */
typedef struct tern_savings {
    tern_traffic_t flows[TERN_NUM_FLOWS];
} tern_savings_t;

typedef struct tern_stats {
    const tern_rank_stats_t *ranks; /* [num_ranks], borrowed */
    size_t                   num_ranks, num_workers, num_servers;
    double                   seconds;             /* of the run */
    tern_spread_t   phases[TERN_NUM_PHASES];      /* over the ranks that have the phase */
    double          phase_share[TERN_NUM_PHASES]; /* of the time of these ranks */
    tern_counters_t total;
    uint64_t        num_keys; /* pulled, pushed and set */
    double local_share;   /* of num_keys, served in node memory; NAN if there were none */
    tern_spread_t served; /* keys that servers handled by message */
    double        imbalance;        /* of `served`: max over mean; 1 if there were none */
    const tern_footprint_t *tables; /* [num_tables], borrowed; set by who knows them */
    size_t                  num_tables;
    const tern_staleness_t *staleness; /* [num_tables], likewise; NULL: not known */
    const tern_savings_t   *savings;   /* the same */
    const tern_balance_t   *balances;  /* [num_tables], likewise */
} tern_stats_t;

/* The role whose ranks a phase is about. */
tern_role_t tern_phase_role(tern_phase_t phase);
const char *tern_phase_name(tern_phase_t phase);

void tern_stats_init(tern_stats_t *stats, size_t num_ranks,
                     const tern_rank_stats_t ranks[], double seconds);

/* Plain-language notes on what is worth knowing, most important first. Returns how many. */
#define TERN_STATS_MAX_NOTES  8
#define TERN_STATS_NOTE_BYTES 200
size_t tern_stats_notes(const tern_stats_t *stats,
                        char notes[TERN_STATS_MAX_NOTES][TERN_STATS_NOTE_BYTES]);

/* The end-of-run table, and the same as one JSON object on one line. */
void tern_stats_print(const tern_stats_t *stats, FILE *stream);
void tern_stats_print_json(const tern_stats_t *stats, FILE *stream);

#endif
