/** \file
 * The relocate policy: rows are where they were localized last.
 *
 * A worker marks a row as arriving in its node's index and asks the home; what it, or a neighbour, then does to the
 * row goes to the node's server and waits there. An operation whose key has an earlier one of this worker under way
 * goes the same way, so that per key a worker's operations keep their order. With location caches
 * (`--locations cache`) it goes to where the row was seen last, which may be faster and gives this up for operations that
 * were not waited for. Source: Renz-Wieland et al., PVLDB 2020, section 3.
 */
#include <sched.h>

#include "base/alloc.h"
#include "client/access.h"
#include "client/direct.h"
#include "client/here.h"

/* Keys between asking for an index word and using it. */
enum { PREFETCH_DISTANCE = 24 };

/* Looks of one call for slots that become free: with a yield each, a millisecond or so. */
#define MAX_LOOKS 2000u

/* --- where rows are --- */

static bool has(const tern_table_t *table, tern_key_t key)
{
    return tern_view_has(&table->view, key);
}

static uint32_t server_of(const tern_table_t *table, tern_message_kind_t kind,
                          tern_key_t key)
{
    uint32_t home = tern_placement_server(&table->placement, key);
    uint32_t segment, server;

    if (kind == TERN_MESSAGE_LOCALIZE)
        return home;
    server = tern_here_underway(table, key);
    if (server != TERN_UNDERWAY_NONE)
        return server;
    switch (tern_view_state(&table->view, key, &segment)) {
    case TERN_ROW_OWNED:
    case TERN_ROW_ARRIVING:
        return table->segment_servers[segment];
    default:
        return table->locations != NULL &&
                       table->locations[key - table->record.keys.first] != 0
                   ? table->locations[key - table->record.keys.first] - 1u
                   : home;
    }
}

/* --- localizing --- */

/* What becomes of the keys of a localize. */
typedef struct sorting {
    size_t num_absent;   /* their positions are in client->missing */
    size_t num_arrivals; /* in client->unread: on their way here already */
} sorting_t;

static tern_row_state_t state_of(const tern_view_t *view, tern_key_t key)
{
    uint32_t segment;

    return tern_view_state(view, key, &segment);
}

static sorting_t sort_keys(const tern_table_t *table, size_t num_keys,
                           const tern_key_t keys[])
{
    tern_client_t *client  = table->client;
    sorting_t      sorting = {0, 0};

    for (uint32_t i = 0; i < num_keys; i++) {
        if (i + PREFETCH_DISTANCE < num_keys)
            tern_index_view_prefetch(&table->view.words, keys[i + PREFETCH_DISTANCE]);
        switch (state_of(&table->view, keys[i])) {
        case TERN_ROW_OWNED:
            break;
        case TERN_ROW_ARRIVING:
            client->unread[sorting.num_arrivals++] = i;
            break;
        default:
            client->missing[sorting.num_absent++] = i;
        }
    }
    return sorting;
}

/* Mark one absent key as arriving in `segment`. TERN_IN_PROGRESS: somebody was faster. */
static tern_status_t mark(tern_table_t *table, uint32_t segment, tern_key_t key)
{
    tern_row_index_t *index = table->view.index;
    tern_status_t     status =
        tern_row_index_commit(index, (tern_range_t){key, key + 1}, table->ledger);

    if (status != TERN_OK)
        return status;
    return tern_row_index_swap(index, key, 0,
                               tern_view_arriving_word(&table->view, segment))
               ? TERN_OK
               : TERN_IN_PROGRESS;
}

/* A key for which no slot was promised. It may be a repeated one, whose row has its slot; or slots are about to be
 * free, of rows that are leaving or that a neighbour was faster to ask for. So look again a few times. */
static tern_status_t mark_without_room(tern_table_t *table, uint32_t segment,
                                       tern_key_t key, unsigned *num_looks)
{
    tern_segment_t *landing = &table->view.segments[segment];
    tern_status_t   status  = TERN_ERR_NO_MEMORY;

    while (status == TERN_ERR_NO_MEMORY && *num_looks > 0) {
        if (state_of(&table->view, key) != TERN_ROW_ABSENT)
            return TERN_IN_PROGRESS;
        if (tern_segment_promise(landing, 1, table->ledger) > 0) {
            status = mark(table, segment, key);
            if (status != TERN_OK)
                tern_segment_withdraw(landing, 1);
            return status;
        }
        (*num_looks)--;
        sched_yield();
    }
    return status;
}

/* Mark as many of the absent keys as there is room for. Those are left in client->missing; who came second joins
 * client->unread. */
static tern_status_t mark_all(tern_table_t *table, uint32_t segment,
                              const tern_key_t keys[], sorting_t *sorting)
{
    tern_client_t  *client    = table->client;
    tern_segment_t *landing   = &table->view.segments[segment];
    uint64_t        num_slots = /* promised and not yet given to a key */
        tern_segment_promise(landing, sorting->num_absent, table->ledger);
    unsigned      num_looks  = MAX_LOOKS;
    size_t        num_marked = 0;
    tern_status_t status     = TERN_OK;

    for (size_t i = 0; i < sorting->num_absent; i++) {
        uint32_t      position = client->missing[i];
        bool          has_slot = num_slots > 0;
        tern_status_t outcome =
            has_slot ? mark(table, segment, keys[position])
                     : mark_without_room(table, segment, keys[position], &num_looks);

        if (outcome == TERN_OK) {
            client->missing[num_marked++] = position;
            num_slots -= has_slot;
        } else if (outcome == TERN_IN_PROGRESS) {
            client->unread[sorting->num_arrivals++] = position;
        } else {
            status = TERN_ERR_NO_MEMORY;
        }
    }
    tern_segment_withdraw(landing, num_slots);
    sorting->num_absent = num_marked;
    return status;
}

/* Said once a table: a program that localizes ahead would say it all the time. */
static tern_status_t refuse_full(tern_table_t *table, uint32_t segment)
{
    tern_log(TERN_LOG_CLIENT, table->is_known_full ? TERN_LOG_DEBUG : TERN_LOG_WARN,
             "table '%s': a server of this node has no room for more than %llu rows; "
             "the others stay where they are (max_rows of the table raises it)",
             table->record.name,
             (unsigned long long)table->view.segments[segment].header->num_slots);
    table->is_known_full = true;
    return TERN_ERR_NO_MEMORY;
}

/* The segment whose server keeps what this rank localizes. */
static uint32_t landing_segment(const tern_table_t *table)
{
    const tern_group_t *group   = table->client->group;
    uint32_t            landing = (uint32_t)group->members[group->rank].landing;
    uint32_t            segment = 0;

    while (table->segment_servers[segment] != landing)
        segment++;
    return segment;
}

static tern_status_t send(tern_request_t *request, const tern_key_t keys[],
                          const sorting_t *sorting)
{
    tern_client_t *client = request->client;
    tern_status_t  status = tern_issue_keys(
         request, TERN_MESSAGE_LOCALIZE, sorting->num_absent, client->missing, keys, NULL);

    client->counters->localized_keys += sorting->num_absent;
    if (status == TERN_OK && sorting->num_arrivals > 0)
        status = tern_issue_keys(request, TERN_MESSAGE_AWAIT, sorting->num_arrivals,
                                 client->unread, keys, NULL);
    return status;
}

static tern_status_t bring(tern_table_t *table, const tern_key_t keys[],
                           sorting_t *sorting, tern_request_t **request_p)
{
    tern_client_t  *client  = table->client;
    uint32_t        segment = landing_segment(table);
    tern_request_t *request =
        tern_request_create(client, table, TERN_MESSAGE_LOCALIZE, NULL);
    tern_phase_t  before;
    tern_status_t status, refusal;

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    before  = tern_phase_enter(client->phases, TERN_PHASE_PULL);
    refusal = mark_all(table, segment, keys, sorting);
    status  = send(request, keys, sorting);
    if (refusal != TERN_OK)
        request->status = refuse_full(table, segment);
    status = tern_access_finish(request, status, request_p);
    tern_phase_enter(client->phases, before);
    return status;
}

static tern_status_t localize(tern_table_t *table, size_t num_keys,
                              const tern_key_t keys[], tern_request_t **request_p)
{
    tern_client_t *client  = table->client;
    sorting_t      sorting = sort_keys(table, num_keys, keys);

    client->counters->localized_before += num_keys - sorting.num_absent;
    if (sorting.num_absent + sorting.num_arrivals > 0 && table->view.num_segments > 0)
        return bring(table, keys, &sorting, request_p);
    if (request_p != NULL)
        *request_p = NULL;
    if (sorting.num_absent == 0)
        return TERN_OK;
    tern_log(TERN_LOG_CLIENT, TERN_LOG_WARN,
             "table '%s': this node has no server that could keep rows",
             table->record.name);
    return TERN_ERR_NO_MEMORY;
}

static tern_status_t intend(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                            uint64_t first_clock, uint64_t end_clock)
{
    tern_request_t *request = NULL;
    tern_status_t   status  = localize(table, num_keys, keys, &request);

    (void)first_clock;
    (void)end_clock;
    if (request != NULL)
        tern_request_detach(request);
    return status == TERN_ERR_NO_MEMORY ? TERN_OK : status;
}

const tern_access_ops_t tern_access_relocate = {
    .pull        = tern_direct_pull,
    .change      = tern_direct_change,
    .push_pull   = tern_direct_push_pull,
    .read_here   = tern_here_read,
    .change_here = tern_here_change,
    .has         = has,
    .server_of   = server_of,
    .localize    = localize,
    .intend      = intend,
};
