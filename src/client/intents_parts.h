/** \file
 * What a worker has announced for one table; for the two files of intents.h.
 */
#ifndef TERN_CLIENT_INTENTS_PARTS_H
#define TERN_CLIENT_INTENTS_PARTS_H

#include "client/intents.h"
#include "keys/list.h"
#include "sync/agenda.h"
#include "sync/timing.h"

/* In a count: this worker wants a replica. */
#define TERN_INTENTS_REPLICATED (UINT32_C(1) << 31)

/* The requests of a round. */
enum {
    TERN_ROUND_TELLS,
    TERN_ROUND_RELEASES,
    TERN_ROUND_FLUSHES,
    TERN_ROUND_REFRESHES,
    TERN_ROUND_REQUESTS
};

typedef struct tern_intents {
    struct tern_intents *next; /* of the client */
    tern_table_t        *table;
    uint32_t     *counts; /* [keys]: batches that are near and not over, of this worker */
    tern_agenda_t announced, near; /* batches by first and by end clock */
    tern_timing_t timing;
    uint64_t      round_clock; /* when the last round began */
    uint64_t      refreshed_ns;
    tern_request_t *requests[TERN_ROUND_REQUESTS]; /* of the round under way */
    tern_key_list_t begun, over;                   /* to tell */
    tern_key_list_t moves, copies;                 /* advice to follow */
    tern_key_list_t replicated;                    /* wanted by this worker */
    tern_key_list_t dropped; /* wanted no longer, not given up yet */
    tern_key_list_t work;    /* scratch */
} tern_intents_t;

static inline uint32_t *tern_intents_count(const tern_intents_t *intents, tern_key_t key)
{
    return &intents->counts[key - intents->table->record.keys.first];
}

static inline bool tern_intents_is_near(const tern_intents_t *intents, tern_key_t key)
{
    return (*tern_intents_count(intents, key) & ~TERN_INTENTS_REPLICATED) > 0;
}

/* Neither here nor on its way here. */
static inline bool tern_intents_row_is_absent(const tern_table_t *table, tern_key_t key)
{
    uint32_t segment;

    return tern_view_state(&table->view, key, &segment) == TERN_ROW_ABSENT;
}

static inline bool tern_intents_is_absent(const tern_intents_t *intents, tern_key_t key)
{
    return tern_intents_row_is_absent(intents->table, key);
}

/** After a localize: the replicas of rows for which there is no room go on. */
void tern_intents_let_absent_go(tern_table_t *table, size_t num_keys,
                                const tern_key_t keys[]);

/** Do what homes advised. */
tern_status_t tern_intents_follow(tern_intents_t *intents);

/** Ask for replicas that need it. */
tern_status_t tern_intents_refresh(tern_intents_t *intents);

/** Give up replicas that nobody wants. */
void tern_intents_give_up(tern_intents_t *intents);

#endif
