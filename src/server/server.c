/** \file
 * A request is decoded once into keys and rows (request.h), run against the view, and answered by runs of the
 * positions that it reached (reply.h). What was not here (a row that left, a sealed segment) is answered with an
 * error status, never with silence.
 *
 * Requests of one source are served in the order in which it numbered them (source.h).
 */
#include "server/server.h"

#include "base/alloc.h"
#include "server/aggregate.h"
#include "server/answers.h"
#include "server/arrivals.h"
#include "server/call.h"
#include "server/dense.h"
#include "server/interest.h"
#include "server/leaving.h"
#include "server/migrate.h"
#include "server/pusher.h"
#include "server/reply.h"
#include "server/request.h"
#include "server/router.h"
#include "server/rows.h"
#include "table/envelope.h"

/* Positions that it did not reach go to server->missing; returns how many. */
static size_t apply(tern_server_t *server, const tern_server_request_t *request)
{
    const tern_message_header_t *header = request->header;
    size_t num_missing                  = tern_server_change_rows(server, request);

    if (num_missing > 0)
        tern_shortfalls_add(&server->sources[header->source].shortfalls, header->sequence,
                            num_missing, server->missing);
    return num_missing;
}

/* A repeated change is answered as the first time, not applied again. */
static size_t recall(tern_server_t *server, const tern_server_request_t *request)
{
    const tern_message_header_t *header = request->header;

    server->counters->duplicates_dropped++;
    return tern_shortfalls_recall(&server->sources[header->source].shortfalls,
                                  header->sequence, header->num_keys, server->missing);
}

static void change(tern_server_t *server, const tern_server_request_t *request,
                   bool is_applied)
{
    size_t num_missing = is_applied ? recall(server, request) : apply(server, request);

    if (request->header->kind != TERN_MESSAGE_PUSH_PULL || num_missing > 0)
        tern_reply_change(server, request, num_missing);
    else
        tern_reply_rows(server, request);
}

/* Where rows move: what comes from a client, or by way of other servers. */
static void run_errand(tern_server_t *server, const tern_errand_t *errand,
                       bool is_forwarded)
{
    switch (errand->route.kind) {
    case TERN_MESSAGE_LOCALIZE:
        if (is_forwarded)
            tern_migrate_hand_over(server, errand);
        else
            tern_migrate_localize(server, errand);
        break;
    case TERN_MESSAGE_AWAIT:
        tern_errand_list_all(errand, server->lost);
        tern_router_await(server, errand, errand->num_keys, server->lost);
        break;
    case TERN_MESSAGE_INTEND:
    case TERN_MESSAGE_RELEASE:
        tern_interest_note(server->interest, errand);
        tern_errand_list_all(errand, server->part_positions);
        tern_answers_send(server->answers, &errand->route, errand->table,
                          errand->num_keys, server->part_positions, NULL);
        break;
    default:
        tern_router_run(server, errand);
    }
}

/* Rows that stay are where the placement says. */
static void run_request(tern_server_t *server, const tern_server_request_t *request,
                        bool is_applied)
{
    switch (request->header->kind) {
    case TERN_MESSAGE_PULL:
        tern_reply_rows(server, request);
        break;
    case TERN_MESSAGE_LOCALIZE:
    case TERN_MESSAGE_AWAIT:
    case TERN_MESSAGE_INTEND:
    case TERN_MESSAGE_RELEASE:
        tern_reply_failure(server, request->header, TERN_ERR_ARG);
        break;
    default:
        change(server, request, is_applied);
    }
}

static void serve_plain(tern_server_t *server, const tern_message_t *message,
                        bool is_applied)
{
    tern_server_request_t request;
    tern_status_t         status;
    tern_errand_t         errand;

    if (message->header->kind == TERN_MESSAGE_CALL) {
        tern_calls_serve(server->calls, message, is_applied);
        return;
    }
    if (message->header->kind == TERN_MESSAGE_STEP) {
        tern_aggregates_end_step(server->aggregates, message->header);
        return;
    }
    status = tern_server_decode(server, message, &request);
    if (status != TERN_OK) {
        tern_reply_failure(server, message->header, status);
        return;
    }
    server->counters->served_keys += message->header->num_keys;
    request.table->served_keys += message->header->num_keys;
    if (message->header->flags & TERN_MESSAGE_FOLLOW && server->pusher != NULL)
        request.is_followed = tern_pusher_add(server->pusher, &request);
    if (request.table->policy->moves_rows) {
        server->counters->duplicates_dropped +=
            is_applied &&
            tern_message_carries_rows((tern_message_kind_t)message->header->kind);
        errand = tern_errand_of(server, &request, is_applied);
        run_errand(server, &errand, false);
    } else if (request.table->policy->collects) {
        tern_aggregates_serve(server->aggregates, &request, is_applied);
    } else {
        run_request(server, &request, is_applied);
    }
    if (server->sealer != NULL)
        tern_sealer_note(server->sealer, request.table,
                         (tern_message_kind_t)message->header->kind,
                         message->header->num_keys, request.keys);
}

/* A request as it came. False: its keys are not known here, so that it has to come again. */
static bool serve_request(tern_server_t *server, const tern_message_t *message,
                          bool is_applied)
{
    const tern_table_t *table;
    tern_buffer_t      *plain;
    tern_message_t      inside;
    tern_status_t       status = TERN_ERR_FORMAT;

    if (!(message->header->flags & TERN_MESSAGE_ENCODED)) {
        serve_plain(server, message, is_applied);
        return true;
    }
    table = tern_catalogue_get(server->catalogue, message->header->table);
    if (table != NULL)
        status = tern_envelope_open(table, server->mailbox, message, &plain);
    if (status == TERN_IN_PROGRESS) {
        tern_reply_want_keys(server, message->header);
        return false;
    }
    if (status != TERN_OK) {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "a %s of rank %u cannot be decoded: %s",
                 tern_message_kind_name((tern_message_kind_t)message->header->kind),
                 message->header->source, tern_status_string(status));
        tern_reply_failure(server, message->header, status);
        return true;
    }
    inside = tern_message_of(plain);
    serve_plain(server, &inside, is_applied);
    tern_mailbox_release(server->mailbox, plain);
    return true;
}

/* The request whose turn it is, and the held ones that follow it. */
static void serve_in_order(tern_server_t *server, tern_source_t *source,
                           const tern_message_t *message)
{
    tern_buffer_t *next;

    bool           is_done = serve_request(server, message, false);

    while (is_done && (next = tern_source_advance(source)) != NULL) {
        tern_message_t held = tern_message_of(next);

        is_done = serve_request(server, &held, false);
        tern_mailbox_release(server->mailbox, next);
    }
}

static void serve(void *context, const tern_message_t *message)
{
    tern_server_t *server = context;
    tern_source_t *source;
    tern_phase_t   before;

    if (message->header->source >= (uint32_t)server->size)
        return;
    source = &server->sources[message->header->source];
    before = tern_phase_enter(server->phases, TERN_PHASE_APPLY);
    switch (tern_source_turn(source, message->header->sequence)) {
    case TERN_TURN_NOW:
        serve_in_order(server, source, message);
        break;
    case TERN_TURN_PAST:
        serve_request(server, message, true);
        break;
    case TERN_TURN_EARLY:
        if (tern_source_hold(source, message->header->sequence, message->buffer))
            tern_buffer_keep(message->buffer);
        break;
    case TERN_TURN_NEVER:
        tern_log(TERN_LOG_SERVER, TERN_LOG_WARN,
                 "request %llu of rank %u is far ahead of %llu",
                 (unsigned long long)message->header->sequence, message->header->source,
                 (unsigned long long)source->next);
        break;
    }
    tern_phase_enter(server->phases, before);
}

/* Messages between servers are neither lost nor sent twice. */
static void serve_forward(void *context, const tern_message_t *message)
{
    tern_server_t *server = context;
    tern_phase_t   before = tern_phase_enter(server->phases, TERN_PHASE_APPLY);
    tern_errand_t  errand;

    if (tern_errand_decode(server, message, &errand) != TERN_OK)
        ; /* logged; its client will ask again */
    else if (message->header->kind == TERN_MESSAGE_TRANSFER)
        tern_migrate_take_in(server, &errand);
    else
        run_errand(server, &errand, true);
    tern_phase_enter(server->phases, before);
}

static bool grow(uint32_t **array_p, size_t num)
{
    uint32_t *array = tern_realloc(TERN_LOG_SERVER, *array_p, num * sizeof *array);

    if (array != NULL)
        *array_p = array;
    return array != NULL;
}

static bool grow_keys(tern_key_t **array_p, size_t num)
{
    tern_key_t *array = tern_realloc(TERN_LOG_SERVER, *array_p, num * sizeof *array);

    if (array != NULL)
        *array_p = array;
    return array != NULL;
}

tern_status_t tern_server_reserve(tern_server_t *server, size_t num_keys)
{
    uint32_t **arrays[] = {&server->positions, &server->missing, &server->found,
                           &server->lost,      &server->which,   &server->again,
                           &server->order,     &server->to,      &server->part_positions};

    if (num_keys <= server->scratch_keys)
        return TERN_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (!grow(arrays[i], num_keys))
            return TERN_ERR_NO_MEMORY;
    if (!grow_keys(&server->keys, num_keys) || !grow_keys(&server->part_keys, num_keys))
        return TERN_ERR_NO_MEMORY;
    server->scratch_keys = num_keys;
    return TERN_OK;
}

static void register_handlers(tern_server_t *server)
{
    static const tern_message_kind_t requests[] = {
        TERN_MESSAGE_PULL,      TERN_MESSAGE_PUSH,     TERN_MESSAGE_SET,
        TERN_MESSAGE_PUSH_PULL, TERN_MESSAGE_LOCALIZE, TERN_MESSAGE_AWAIT,
        TERN_MESSAGE_INTEND,    TERN_MESSAGE_RELEASE,  TERN_MESSAGE_CALL,
        TERN_MESSAGE_STEP};

    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        tern_mailbox_handle(server->mailbox, requests[i], serve, server);
    tern_mailbox_handle(server->mailbox, TERN_MESSAGE_FORWARD, serve_forward, server);
    tern_mailbox_handle(server->mailbox, TERN_MESSAGE_TRANSFER, serve_forward, server);
}

tern_status_t tern_server_create(const tern_server_site_t *site, tern_server_t **server_p)
{
    const tern_group_t *group  = tern_mailbox_group(site->mailbox);
    tern_server_t      *server = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *server);

    if (server == NULL)
        return TERN_ERR_NO_MEMORY;
    server->size        = group->size;
    server->number      = (uint32_t)group->members[group->rank].server;
    server->mailbox     = site->mailbox;
    server->counters    = tern_mailbox_counters(site->mailbox);
    server->phases      = site->phases;
    server->catalogue   = site->catalogue;
    server->epoch       = site->epoch;
    server->lending     = site->lending;
    server->boards      = site->boards;
    server->chunk_bytes = site->chunk_bytes;
    server->tail_bytes  = tern_message_tail_bytes(site->chunk_bytes);
    server->sources =
        tern_alloc(TERN_LOG_SERVER, (size_t)server->size * sizeof *server->sources);
    server->counts = tern_alloc(TERN_LOG_SERVER, ((size_t)group->num_servers + 1) *
                                                     sizeof *server->counts);
    if (server->sources == NULL || server->counts == NULL ||
        tern_arrivals_create(&server->arrivals) != TERN_OK ||
        tern_calls_create(server, site->functions, &server->calls) != TERN_OK ||
        tern_answers_create(site->mailbox, site->epoch, server->tail_bytes,
                            &server->answers) != TERN_OK) {
        tern_free(TERN_LOG_SERVER, server->sources); /* not yet initialised */
        server->sources = NULL;
        tern_server_destroy(&server);
        return TERN_ERR_NO_MEMORY;
    }
    for (int r = 0; r < server->size; r++)
        tern_source_init(&server->sources[r]);
    register_handlers(server);
    tern_mailbox_add_poll(site->mailbox, tern_leaving_poll, server);
    tern_dense_server_register(server);
    if (tern_aggregates_create(server, &server->aggregates) != TERN_OK) {
        tern_server_destroy(&server);
        return TERN_ERR_NO_MEMORY;
    }
    if (tern_mailbox_group(site->mailbox)->num_nodes > 1 &&
        (tern_pusher_create(server, &server->pusher) != TERN_OK ||
         tern_interest_create(server, (tern_adapt_t)site->adapt, &server->interest) !=
             TERN_OK)) {
        tern_server_destroy(&server);
        return TERN_ERR_NO_MEMORY;
    }
    *server_p = server;
    return TERN_OK;
}

static void give_up_source(tern_server_t *server, tern_source_t *source)
{
    tern_buffer_t *held;

    while ((held = tern_source_take_any(source)) != NULL)
        tern_mailbox_release(server->mailbox, held);
    tern_source_fini(source);
}

static void free_scratch(tern_server_t *server)
{
    void *arrays[] = {server->keys,      server->positions,     server->missing,
                      server->found,     server->lost,          server->which,
                      server->again,     server->order,         server->to,
                      server->part_keys, server->part_positions};

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        tern_free(TERN_LOG_SERVER, arrays[i]);
}

void tern_server_destroy(tern_server_t **server_p)
{
    tern_server_t *server = *server_p;

    if (server == NULL)
        return;
    for (int r = 0; server->sources != NULL && r < server->size; r++)
        give_up_source(server, &server->sources[r]);
    tern_aggregates_destroy(&server->aggregates);
    tern_interest_destroy(&server->interest);
    tern_pusher_destroy(&server->pusher);
    tern_sealer_destroy(&server->sealer);
    tern_leaving_destroy(server);
    tern_calls_destroy(&server->calls);
    tern_answers_destroy(&server->answers);
    tern_arrivals_destroy(&server->arrivals);
    free_scratch(server);
    tern_free(TERN_LOG_SERVER, server->departures);
    tern_free(TERN_LOG_SERVER, server->counts);
    tern_free(TERN_LOG_SERVER, server->sources);
    tern_free(TERN_LOG_SERVER, server);
    *server_p = NULL;
}
