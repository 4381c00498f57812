#include <string.h>

#include "base/alloc.h"
#include "client/flush.h"
#include "client/intents_parts.h"
#include "keys/range.h"

/* What one call announced. */
typedef struct batch {
    uint64_t   end_clock;
    size_t     num_keys;
    tern_key_t keys[];
} batch_t;

static tern_intents_t *intents_of(tern_table_t *table)
{
    tern_intents_t *intents = table->client->intents;

    while (intents != NULL && intents->table != table)
        intents = intents->next;
    return intents;
}

static tern_intents_t *create(tern_table_t *table)
{
    size_t          num_keys = table->record.keys.end - table->record.keys.first;
    tern_intents_t *intents  = tern_alloc_zeroed(TERN_LOG_CLIENT, sizeof *intents);

    if (intents == NULL)
        return NULL;
    intents->counts = tern_alloc_zeroed(TERN_LOG_CLIENT, num_keys * sizeof(uint32_t));
    if (intents->counts == NULL) {
        tern_free(TERN_LOG_CLIENT, intents);
        return NULL;
    }
    intents->table = table;
    tern_timing_init(&intents->timing);
    intents->round_clock   = table->client->clock;
    intents->next          = table->client->intents;
    table->client->intents = intents;
    return intents;
}

/* --- what becomes near, what is over --- */

static tern_status_t begin_near(tern_intents_t *intents, uint64_t clock)
{
    uint64_t horizon = tern_timing_horizon(&intents->timing);
    batch_t *batch;

    while ((batch = tern_agenda_take(&intents->announced, clock + horizon)) != NULL) {
        if (batch->end_clock <= clock) {
            tern_free(TERN_LOG_CLIENT, batch);
            continue;
        }
        if (tern_agenda_add(&intents->near, batch->end_clock, batch) != TERN_OK ||
            tern_key_list_reserve(&intents->begun, batch->num_keys) != TERN_OK)
            return TERN_ERR_NO_MEMORY;
        for (size_t i = 0; i < batch->num_keys; i++)
            if (((*tern_intents_count(intents, batch->keys[i]))++ &
                 ~TERN_INTENTS_REPLICATED) == 0)
                (void)tern_key_list_add(&intents->begun, batch->keys[i]);
    }
    return TERN_OK;
}

static void end_key(tern_intents_t *intents, tern_key_t key)
{
    uint32_t *count = tern_intents_count(intents, key);

    if ((--*count & ~TERN_INTENTS_REPLICATED) > 0)
        return;
    (void)tern_key_list_add(&intents->over, key);
    if (!(*count & TERN_INTENTS_REPLICATED))
        return;
    *count = 0;
    tern_replica_unwant(&intents->table->replicas, key);
    (void)tern_key_list_add(&intents->dropped, key);
}

static tern_status_t end_over(tern_intents_t *intents, uint64_t clock)
{
    batch_t *batch;

    while ((batch = tern_agenda_take(&intents->near, clock)) != NULL) {
        if (tern_key_list_reserve(&intents->over, batch->num_keys) != TERN_OK ||
            tern_key_list_reserve(&intents->dropped, batch->num_keys) != TERN_OK)
            return TERN_ERR_NO_MEMORY;
        for (size_t i = 0; i < batch->num_keys; i++)
            end_key(intents, batch->keys[i]);
        tern_free(TERN_LOG_CLIENT, batch);
    }
    return TERN_OK;
}

/* --- sending --- */

/* The keys of a list to their homes; the list is empty afterwards. */
static tern_status_t tell(tern_intents_t *intents, tern_message_kind_t kind,
                          tern_key_list_t *list, tern_request_t **request_p)
{
    tern_client_t *client = intents->table->client;
    size_t         num    = list->num;
    tern_status_t  status;

    list->num = 0;
    if (num == 0)
        return TERN_OK;
    status = tern_client_reserve(client, num);
    if (status != TERN_OK)
        return status;
    *request_p = tern_request_create(client, intents->table, kind, NULL);
    if (*request_p == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num; i++)
        client->missing[i] = (uint32_t)i;
    return tern_issue_keys(*request_p, kind, num, client->missing, list->keys, NULL);
}

/* --- rounds --- */

/* Wait for a request of a round; what went wrong with it is the hint's affair. */
static void end_request(tern_request_t **request_p)
{
    tern_status_t status = tern_wait(request_p);

    if (status != TERN_OK)
        tern_log(TERN_LOG_CLIENT, TERN_LOG_DEBUG, "a round of intents: %s",
                 tern_status_string(status));
}

static bool has_ended(tern_intents_t *intents)
{
    bool has_all_ended = true;

    for (int r = 0; r < TERN_ROUND_REQUESTS; r++) {
        if (intents->requests[r] != NULL && intents->requests[r]->num_parts == 0)
            end_request(&intents->requests[r]);
        has_all_ended = has_all_ended && intents->requests[r] == NULL;
    }
    return has_all_ended;
}

/* Tell the homes what is near and what is over, and do what they advised before. */
static tern_status_t act(tern_intents_t *intents, uint64_t clock)
{
    tern_status_t status = begin_near(intents, clock);

    if (status == TERN_OK)
        status = end_over(intents, clock);
    if (status == TERN_OK)
        status = tell(intents, TERN_MESSAGE_RELEASE, &intents->over,
                      &intents->requests[TERN_ROUND_RELEASES]);
    if (status == TERN_OK)
        status = tell(intents, TERN_MESSAGE_INTEND, &intents->begun,
                      &intents->requests[TERN_ROUND_TELLS]);
    return status == TERN_OK ? tern_intents_follow(intents) : status;
}

static tern_status_t synchronise(tern_intents_t *intents)
{
    tern_status_t status =
        tern_flush_begin(intents->table, &intents->requests[TERN_ROUND_FLUSHES]);

    if (status == TERN_OK)
        status = tern_intents_refresh(intents);
    tern_intents_give_up(intents);
    return status;
}

tern_status_t tern_intents_round(tern_table_t *table)
{
    tern_intents_t *intents = intents_of(table);
    uint64_t        clock   = table->client->clock + 1; /* that begins */
    tern_phase_t    before;
    tern_status_t   status;

    if (intents == NULL || !has_ended(intents))
        return TERN_OK;
    before = tern_phase_enter(table->client->phases, TERN_PHASE_PULL);
    tern_timing_note(&intents->timing, clock - intents->round_clock);
    intents->round_clock = clock;
    status               = act(intents, clock);
    if (status == TERN_OK)
        status = synchronise(intents);
    tern_phase_enter(table->client->phases, before);
    return status;
}

tern_status_t tern_intents_announce(tern_table_t *table, size_t num_keys,
                                    const tern_key_t keys[], uint64_t first_clock,
                                    uint64_t end_clock)
{
    tern_intents_t *intents = intents_of(table);
    uint64_t        clock   = table->client->clock;
    size_t          bytes   = sizeof(batch_t) + num_keys * sizeof *keys;
    batch_t        *batch;
    tern_status_t   status;

    if (intents == NULL && (intents = create(table)) == NULL)
        return TERN_ERR_NO_MEMORY;
    batch = tern_alloc(TERN_LOG_CLIENT, bytes);
    if (batch == NULL)
        return TERN_ERR_NO_MEMORY;
    *batch = (batch_t){.end_clock = end_clock, .num_keys = num_keys};
    memcpy(batch->keys, keys, num_keys * sizeof *keys);
    status = tern_agenda_add(&intents->announced, first_clock, batch);
    if (status != TERN_OK) {
        tern_free(TERN_LOG_CLIENT, batch);
        return status;
    }
    return first_clock > clock + tern_timing_horizon(&intents->timing) ||
                   !has_ended(intents)
               ? TERN_OK
               : act(intents, clock);
}

static void wait_for_round(tern_intents_t *intents)
{
    for (int r = 0; r < TERN_ROUND_REQUESTS; r++)
        end_request(&intents->requests[r]);
}

tern_status_t tern_intents_end(tern_table_t *table)
{
    tern_intents_t *intents = intents_of(table);
    batch_t        *batch;
    tern_status_t   status;

    if (intents == NULL)
        return TERN_OK;
    wait_for_round(intents);
    while ((batch = tern_agenda_take(&intents->announced, UINT64_MAX)) != NULL)
        tern_free(TERN_LOG_CLIENT, batch);
    status = end_over(intents, UINT64_MAX);
    if (status == TERN_OK)
        status = tell(intents, TERN_MESSAGE_RELEASE, &intents->over,
                      &intents->requests[TERN_ROUND_RELEASES]);
    wait_for_round(intents);
    return status;
}

/* --- advice --- */

void tern_intents_handle_advice(void *context, const tern_message_t *message)
{
    tern_client_t               *client = context;
    const tern_message_header_t *header = message->header;
    tern_table_t    *table   = tern_catalogue_get(client->catalogue, header->table);
    tern_intents_t  *intents = table == NULL ? NULL : intents_of(table);
    tern_keycode_t   code    = {.base      = header->first_key,
                                .width     = header->flags & TERN_MESSAGE_KEY_WIDTH,
                                .has_steps = (header->flags & TERN_MESSAGE_KEY_STEPS) != 0};
    tern_key_list_t *list;

    if (intents == NULL || !tern_keycode_is_valid(&code) ||
        message->payload_bytes <
            tern_message_pad(tern_keycode_bytes(&code, header->num_keys)))
        return;
    list = header->flags & TERN_MESSAGE_MOVE ? &intents->moves : &intents->copies;
    if (tern_key_list_reserve(list, header->num_keys) != TERN_OK)
        return; /* advice is never needed for correctness */
    tern_keycode_read(&code, header->num_keys, message->payload, list->keys + list->num);
    if (tern_range_has_all(table->record.keys, header->num_keys, list->keys + list->num))
        list->num += header->num_keys;
}

static void destroy(tern_intents_t *intents)
{
    tern_key_list_t *lists[] = {&intents->begun,     &intents->over,    &intents->moves,
                                &intents->copies,    &intents->dropped, &intents->work,
                                &intents->replicated};
    void            *batch;

    while ((batch = tern_agenda_take(&intents->announced, UINT64_MAX)) != NULL ||
           (batch = tern_agenda_take(&intents->near, UINT64_MAX)) != NULL)
        tern_free(TERN_LOG_CLIENT, batch);
    tern_agenda_fini(&intents->announced);
    tern_agenda_fini(&intents->near);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        tern_key_list_fini(lists[i]);
    tern_free(TERN_LOG_CLIENT, intents->counts);
    tern_free(TERN_LOG_CLIENT, intents);
}

void tern_intents_destroy(tern_client_t *client)
{
    while (client->intents != NULL) {
        tern_intents_t *intents = client->intents;

        client->intents = intents->next;
        destroy(intents);
    }
}
