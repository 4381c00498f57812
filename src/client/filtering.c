#include "client/filtering.h"

#include <string.h>

#include "base/log.h"
#include "client/access.h"
#include "client/policy.h"
#include "keys/keycode.h"
#include "store/copy.h"
#include "table/envelope.h"

/* --- choosing --- */

static tern_status_t choose(const tern_table_t *table, size_t num_rows,
                            tern_chosen_t *chosen)
{
    tern_table_filters_t *filters = table->filters;
    size_t                num_kept =
        tern_chain_choose(filters->push, num_rows, filters->keys, filters->rows,
                          &filters->traffic[TERN_FLOW_PUSH][TERN_END_SENT]);

    *chosen = (tern_chosen_t){num_kept, filters->keys, filters->positions, filters->rows};
    return num_kept == SIZE_MAX ? TERN_ERR_NO_MEMORY : TERN_OK;
}

tern_status_t tern_choose_keys(const tern_table_t *table, size_t num_positions,
                               const uint32_t positions[], const tern_key_t keys[],
                               const char *rows, tern_chosen_t *chosen)
{
    tern_table_filters_t *filters   = table->filters;
    size_t                row_bytes = tern_filter_row_bytes(&filters->push->rows.shape);

    if (tern_table_filters_reserve(filters, num_positions) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_positions; i++) {
        filters->keys[i] = keys[positions[i]];
        tern_copy_row(filters->rows + i * row_bytes, rows + positions[i] * row_bytes,
                      (uint32_t)row_bytes);
    }
    return choose(table, num_positions, chosen);
}

tern_status_t tern_choose_range(const tern_table_t *table, tern_range_t range,
                                const char *rows, tern_chosen_t *chosen)
{
    tern_table_filters_t *filters   = table->filters;
    size_t                num_keys  = range.end - range.first;
    size_t                row_bytes = tern_filter_row_bytes(&filters->push->rows.shape);

    if (tern_table_filters_reserve(filters, num_keys) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_keys; i++)
        filters->keys[i] = range.first + i;
    memcpy(filters->rows, rows, num_keys * row_bytes);
    return choose(table, num_keys, chosen);
}

/* --- parts --- */

/* The keys of a pull, for filters that want to know which rows came. */
static tern_status_t note_keys(tern_part_t *part)
{
    const tern_table_t          *table   = part->request->table;
    const tern_message_header_t *header  = tern_buffer_header(part->message);
    tern_mailbox_t              *mailbox = part->request->client->mailbox;
    tern_keycode_t               code    = {.base  = header->first_key,
                                            .width = header->flags & TERN_MESSAGE_KEY_WIDTH,
                                            .has_steps = (header->flags & TERN_MESSAGE_KEY_STEPS) != 0};

    if (!tern_message_brings_rows(tern_part_kind(part)) || table->filters->push == NULL ||
        !tern_chain_watches_pulls(table->filters->push))
        return TERN_OK;
    part->pulled_keys =
        tern_mailbox_allocate(mailbox, part->num_keys * sizeof(tern_key_t));
    if (part->pulled_keys == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_keycode_read(&code, part->num_keys, tern_buffer_payload(part->message),
                      (tern_key_t *)part->pulled_keys->data);
    return TERN_OK;
}

tern_status_t tern_part_filter(const tern_stream_t *stream, tern_part_t *part)
{
    tern_client_t      *client = part->request->client;
    const tern_table_t *table  = part->request->table;

    if (table->filters == NULL || tern_part_kind(part) == TERN_MESSAGE_CALL)
        return TERN_OK;
    if (note_keys(part) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    if (!tern_envelope_is_due(table, tern_buffer_header(part->message)))
        return TERN_OK;
    return tern_envelope_close(table, client->mailbox,
                               (uint32_t)(stream - client->streams), &part->message,
                               &part->coded_keys);
}

void tern_part_send_keys(const tern_stream_t *stream, tern_part_t *part)
{
    tern_client_t *client = part->request->client;

    if (part->coded_keys == NULL ||
        tern_envelope_add_keys(part->request->table, client->mailbox,
                               (uint32_t)(stream - client->streams), part->coded_keys,
                               &part->message) != TERN_OK)
        return; /* they are on their way; or they are asked for again */
    tern_mailbox_release(client->mailbox, part->coded_keys);
    part->coded_keys = NULL;
    tern_mailbox_send(client->mailbox, stream->server_rank, part->message);
}

static void note_pulled(const tern_table_t *table, size_t num_keys,
                        const tern_key_t keys[], const char *rows)
{
    if (tern_chain_note_pulled(table->filters->push, table->record.width, num_keys, keys,
                               rows) != TERN_OK)
        tern_log(TERN_LOG_CLIENT, TERN_LOG_WARN,
                 "table '%s': no memory to note which keys are inactive",
                 table->record.name);
}

void tern_part_note_pulled(const tern_part_t *part, tern_run_t run, const char *rows)
{
    if (part->pulled_keys != NULL)
        note_pulled(part->request->table, run.end - run.begin,
                    (const tern_key_t *)part->pulled_keys->data + run.begin, rows);
}

void tern_note_read_here(const tern_table_t *table, size_t num_keys,
                         const tern_key_t keys[], const char *rows, size_t num_missing,
                         const uint32_t missing[])
{
    if (table->filters == NULL || table->filters->push == NULL ||
        !tern_chain_watches_pulls(table->filters->push))
        return;
    for (size_t first = 0, m = 0; first < num_keys; m++) {
        size_t end = m < num_missing ? missing[m] : num_keys;

        if (end > first)
            note_pulled(table, end - first, keys + first,
                        rows + first * table->row_bytes);
        first = end + 1;
    }
}

/* --- what is held back --- */

/* So many rows go at once. */
#define HELD_ROWS ((size_t)8192)

static tern_status_t push_held(tern_table_t *table, tern_request_t *request)
{
    tern_table_filters_t *filters = table->filters;
    size_t                next    = 0, num;
    tern_status_t         status  = tern_client_reserve(table->client, HELD_ROWS);

    if (status == TERN_OK)
        status = tern_table_filters_reserve(filters, HELD_ROWS);
    while (status == TERN_OK &&
           (num = tern_chain_take_held(filters->push, &next, HELD_ROWS, filters->keys,
                                       filters->rows)) > 0) {
        tern_chosen_t held = {num, filters->keys, filters->positions, filters->rows};

        status = tern_issue_chosen(request, &held);
    }
    return status;
}

tern_status_t tern_push_held(tern_table_t *table, tern_request_t **request_p)
{
    tern_status_t   status = tern_access_check_call(table, 0, NULL, NULL);
    tern_request_t *request;

    if (status != TERN_OK)
        return status;
    if (!tern_table_filters_choose(table->filters)) {
        if (request_p != NULL)
            *request_p = NULL;
        return TERN_OK;
    }
    request = tern_request_create(table->client, table, TERN_MESSAGE_PUSH, NULL);
    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    return tern_access_finish(request, push_held(table, request), request_p);
}

void tern_client_push_held(tern_client_t *client)
{
    for (uint32_t t = 0; t < client->catalogue->num_tables; t++) {
        tern_table_t *table = client->catalogue->tables[t];

        if (table->client == client && tern_table_filters_choose(table->filters) &&
            tern_push_held(table, NULL) != TERN_OK)
            tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                     "what filters held back of pushes to table '%s' is lost",
                     table->record.name);
    }
}
