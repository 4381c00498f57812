/** \file
 * Filters of a table at one rank: its chains, the key lists that it shares with its peers, and what
 * went through.
 */
#ifndef TERN_TABLE_FILTERS_H
#define TERN_TABLE_FILTERS_H

#include "filter/chain.h"
#include "filter/key_cache.h"
#include "tern/update.h"

typedef enum tern_end { TERN_END_SENT, TERN_END_RECEIVED, TERN_NUM_ENDS } tern_end_t;

typedef struct tern_table_filters {
    tern_chain_t      *push, *pull; /* NULL: none */
    tern_key_cache_t **known;       /* [num_servers]: the hashes of what each was sent */
    tern_key_cache_t     *
        *kept; /* [size]: what each rank has sent; both NULL where nothing was yet */
    uint32_t num_servers, size;
    tern_key_t    *listed; /* [num_listed] scratch: the keys of a message */
    size_t         num_listed;
    tern_key_t    *keys; /* [num_keys] scratch: what is chosen of a push */
    char          *rows;
    uint32_t      *positions; /* 0, 1, 2, ... */
    size_t         num_keys;
    tern_traffic_t traffic[TERN_NUM_FLOWS][TERN_NUM_ENDS];
} tern_table_filters_t;

struct tern_table_record;

/** Does the table's policy and rule suit its filters, and are there such? TERN_ERR_ARG or
 * TERN_ERR_UNSUPPORTED, logged. On success *filters_p has them, NULL if there are none. */
tern_status_t tern_table_filters_create(const tern_filter_registry_t   *registry,
                                        const struct tern_table_record *record,
                                        const tern_update_t *rule, uint32_t num_servers,
                                        uint32_t size, uint32_t rank,
                                        tern_table_filters_t **filters_p);
void          tern_table_filters_destroy(tern_table_filters_t **filters_p);

/** Room for `num_keys` in the scratch of either kind. */
tern_status_t tern_table_filters_reserve(tern_table_filters_t *filters, size_t num_keys);
tern_status_t tern_table_filters_reserve_list(tern_table_filters_t *filters,
                                              size_t                num_keys);

/** The chain of a flow; NULL: none. */
static inline tern_chain_t *tern_table_filters_chain(const tern_table_filters_t *filters,
                                                     tern_flow_t                 flow)
{
    return flow == TERN_FLOW_PUSH ? filters->push : filters->pull;
}

/** Does something choose which rows of pushes go? */
static inline bool tern_table_filters_choose(const tern_table_filters_t *filters)
{
    return filters != NULL && filters->push != NULL && filters->push->chooses_rows;
}

/** The cache of a peer in `caches` (known or kept), made at its first use; NULL: no memory. */
tern_key_cache_t *tern_table_filters_cache(const tern_table_filters_t *filters,
                                           tern_key_cache_t *caches[], uint32_t peer);

#endif
