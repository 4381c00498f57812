/** \file
 * Sends and receives are two lists of small records that are reused. A message to oneself never meets
 * MPI: it waits in the inbox like any other.
 *
 * Order. MPI matches messages of one peer in order, but a long receive may finish after a short later
 * one. A record is therefore delivered only when no earlier record of the same peer is unfinished.
 */
#include "comm/mailbox.h"

#include <assert.h>
#include <limits.h>

#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"

#define TAG          1
#define MAX_POLLS    8
#define MAX_RECEIVES 64 /* under way at once; more wait inside MPI */
#define DELAY_ROUNDS 50 /* progress calls that a delayed message sits out */

/* Finished sends are collected when nothing else is to do, or when there are more than so many. */
#define MAX_LAZY_SENDS 16

typedef struct record {
    struct record *next;
    tern_buffer_t *buffer;
    MPI_Request    request; /* MPI_REQUEST_NULL: finished */
    int            peer;
    int            delay;      /* fault injection: not sent yet, progress calls to go */
    uint64_t       arrived_ns; /* over emulated links */
} record_t;

typedef struct list {
    record_t  *first;
    record_t **end_p;
    size_t     length;
} list_t;

struct tern_mailbox {
    tern_group_t      *group;
    tern_node_t       *node;
    tern_counters_t   *counters;
    tern_fault_t       fault;
    tern_emulate_t    *emulate;
    tern_buffer_pool_t pool;
    list_t             sends, inbox;
    uint64_t           num_from_afar;
    record_t          *free_records;
    bool               is_delivering; /* handlers must not make progress */
    int                num_polls;
    struct {
        tern_poll_fn *poll;
        void         *context;
    } polls[MAX_POLLS];
    struct {
        tern_message_fn *handle;
        void            *context;
    } handlers[TERN_MESSAGE_NUM_KINDS];
};

static void list_init(list_t *list)
{
    *list       = (list_t){.first = NULL};
    list->end_p = &list->first;
}

static void list_append(list_t *list, record_t *record)
{
    record->next = NULL;
    *list->end_p = record;
    list->end_p  = &record->next;
    list->length++;
}

/* Unlink *record_p; afterwards *record_p is its successor. */
static record_t *list_take(list_t *list, record_t **record_p)
{
    record_t *record = *record_p;

    *record_p = record->next;
    if (list->end_p == &record->next)
        list->end_p = record_p;
    list->length--;
    return record;
}

static record_t *record_get(tern_mailbox_t *mailbox, tern_buffer_t *buffer, int peer)
{
    record_t *record = mailbox->free_records;

    if (record != NULL)
        mailbox->free_records = record->next;
    else if ((record = tern_alloc(TERN_LOG_COMM, sizeof *record)) == NULL)
        return NULL;
    *record = (record_t){.buffer = buffer, .request = MPI_REQUEST_NULL, .peer = peer};
    return record;
}

static void record_put(tern_mailbox_t *mailbox, record_t *record)
{
    tern_buffer_release(&mailbox->pool, record->buffer);
    record->next          = mailbox->free_records;
    mailbox->free_records = record;
}

tern_status_t tern_mailbox_create(tern_group_t *group, tern_node_t *node,
                                  const tern_fault_t *fault, tern_emulate_t *emulate,
                                  tern_counters_t *counters, tern_mailbox_t **mailbox_p)
{
    tern_mailbox_t *mailbox = tern_alloc_zeroed(TERN_LOG_COMM, sizeof *mailbox);

    if (mailbox == NULL)
        return TERN_ERR_NO_MEMORY;
    mailbox->group    = group;
    mailbox->node     = node;
    mailbox->counters = counters;
    mailbox->fault    = *fault;
    mailbox->emulate  = emulate;
    tern_buffer_pool_init(&mailbox->pool);
    list_init(&mailbox->sends);
    list_init(&mailbox->inbox);
    *mailbox_p = mailbox;
    return TERN_OK;
}

/* At the end nothing is pending unless a peer was lost; such records are left to MPI on purpose. */
void tern_mailbox_destroy(tern_mailbox_t **mailbox_p)
{
    tern_mailbox_t *mailbox = *mailbox_p;
    tern_buffer_t  *late;

    if (mailbox == NULL)
        return;
    while ((late = tern_transit_take(&mailbox->emulate->transit, UINT64_MAX)) != NULL)
        tern_mailbox_release(mailbox, late);
    while (mailbox->free_records != NULL) {
        record_t *record = mailbox->free_records;

        mailbox->free_records = record->next;
        tern_free(TERN_LOG_COMM, record);
    }
    tern_buffer_pool_fini(&mailbox->pool);
    tern_free(TERN_LOG_COMM, mailbox);
    *mailbox_p = NULL;
}

void tern_mailbox_handle(tern_mailbox_t *mailbox, tern_message_kind_t kind,
                         tern_message_fn *handle, void *context)
{
    mailbox->handlers[kind].handle  = handle;
    mailbox->handlers[kind].context = context;
}

void tern_mailbox_add_poll(tern_mailbox_t *mailbox, tern_poll_fn *poll, void *context)
{
    assert(mailbox->num_polls < MAX_POLLS);
    mailbox->polls[mailbox->num_polls].poll    = poll;
    mailbox->polls[mailbox->num_polls].context = context;
    mailbox->num_polls++;
}

tern_buffer_t *tern_mailbox_compose(tern_mailbox_t *mailbox, tern_message_kind_t kind,
                                    size_t payload_bytes)
{
    tern_buffer_t *buffer =
        tern_buffer_get(&mailbox->pool, sizeof(tern_message_header_t) + payload_bytes);
    int rank = mailbox->group->rank;

    if (buffer == NULL)
        return NULL;
    *tern_buffer_header(buffer) = (tern_message_header_t){
        .version_min        = TERN_WIRE_VERSION_MIN,
        .version_max        = TERN_WIRE_VERSION,
        .kind               = (uint8_t)kind,
        .source             = (uint32_t)rank,
        .source_incarnation = mailbox->group->members[rank].incarnation,
    };
    return buffer;
}

void tern_mailbox_release(tern_mailbox_t *mailbox, tern_buffer_t *buffer)
{
    tern_buffer_release(&mailbox->pool, buffer);
}

/* Hand the record's message to MPI, or to the own inbox. */
static tern_status_t start_send(tern_mailbox_t *mailbox, record_t *record)
{
    tern_group_t *group = mailbox->group;

    mailbox->counters->messages_sent++;
    mailbox->counters->bytes_sent += record->buffer->bytes;
    if (record->peer == group->rank) {
        list_append(&mailbox->inbox, record);
        return TERN_OK;
    }
    list_append(&mailbox->sends, record);
    if (tern_mpi_check(MPI_Isend(record->buffer->data, (int)record->buffer->bytes,
                                 MPI_BYTE, record->peer, TAG, group->comm,
                                 &record->request),
                       "MPI_Isend") != TERN_OK)
        return TERN_ERR_MPI;
    if (tern_group_is_neighbour(group, record->peer))
        tern_node_ring(mailbox->node, record->peer);
    return TERN_OK;
}

static tern_status_t send_now(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer,
                              int delay)
{
    record_t *record = record_get(mailbox, buffer, rank);

    if (record == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_buffer_keep(buffer);
    record->delay = delay;
    if (delay > 0) {
        list_append(&mailbox->sends, record);
        return TERN_OK;
    }
    return start_send(mailbox, record);
}

/* Its header is to be written to, so a buffer that another send still reads is copied. */
static tern_buffer_t *keep_own(tern_mailbox_t *mailbox, tern_buffer_t *buffer)
{
    tern_buffer_t *own;

    if (buffer->references == 1) {
        tern_buffer_keep(buffer);
        return buffer;
    }
    own = tern_buffer_get(&mailbox->pool, buffer->bytes);
    if (own != NULL)
        memcpy(own->data, buffer->data, buffer->bytes);
    return own;
}

static tern_status_t send_across(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer,
                                 int delay)
{
    uint32_t       hold_us;
    tern_status_t  status;
    tern_buffer_t *own;

    if (!tern_emulate_depart(mailbox->emulate, rank, tern_buffer_header(buffer)->kind,
                             buffer->bytes, tern_timer_ns(), &hold_us))
        return TERN_OK; /* lost */
    own = keep_own(mailbox, buffer);
    if (own == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_buffer_header(own)->hold_us = hold_us;
    status                           = send_now(mailbox, rank, own, delay);
    tern_mailbox_release(mailbox, own);
    return status;
}

static tern_status_t send_once(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer,
                               int delay)
{
    return tern_emulate_is_across(mailbox->emulate, rank)
               ? send_across(mailbox, rank, buffer, delay)
               : send_now(mailbox, rank, buffer, delay);
}

tern_status_t tern_mailbox_send(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer)
{
    const tern_message_header_t *header = tern_buffer_header(buffer);
    tern_status_t                status;

    if (buffer->bytes > INT_MAX) {
        tern_log(TERN_LOG_COMM, TERN_LOG_ERROR,
                 "a message of %zu bytes is longer than MPI takes", buffer->bytes);
        return TERN_ERR_ARG;
    }
    tern_log(TERN_LOG_COMM, TERN_LOG_TRACE,
             "send %s table %u sequence %llu to rank %d: %zu bytes",
             tern_message_kind_name(header->kind), header->table,
             (unsigned long long)header->sequence, rank, buffer->bytes);
    switch (tern_fault_draw(&mailbox->fault, header->kind)) {
    case TERN_FAULT_DROP:
        return TERN_OK;
    case TERN_FAULT_DUPLICATE:
        status = send_once(mailbox, rank, buffer, 0);
        return status == TERN_OK ? send_once(mailbox, rank, buffer, 0) : status;
    case TERN_FAULT_DELAY:
        return send_once(mailbox, rank, buffer, DELAY_ROUNDS);
    default:
        return send_once(mailbox, rank, buffer, 0);
    }
}

tern_status_t tern_mailbox_post(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer)
{
    tern_status_t status = tern_mailbox_send(mailbox, rank, buffer);

    tern_mailbox_release(mailbox, buffer);
    return status;
}

/* Count down a send that fault injection holds back; true if it left the list, as it is sent or goes
 * into the inbox now. */
static bool count_down(tern_mailbox_t *mailbox, record_t **record_p)
{
    if (--(*record_p)->delay > 0)
        return false;
    start_send(mailbox, list_take(&mailbox->sends, record_p));
    return true;
}

/* MPI finishes sends roughly in order, and each test of an unfinished one makes MPI look at all its
 * connections: so the first that is not finished ends the round. */
static bool progress_sends(tern_mailbox_t *mailbox)
{
    bool       did_something = false;
    bool       is_blocked    = false;
    record_t **record_p      = &mailbox->sends.first;

    while (*record_p != NULL) {
        record_t *record = *record_p;
        int       done   = 0;

        if (record->delay > 0) {
            if (count_down(mailbox, record_p))
                did_something = true;
            else
                record_p = &record->next;
            continue;
        }
        if (!is_blocked)
            MPI_Test(&record->request, &done, MPI_STATUS_IGNORE);
        is_blocked = !done;
        if (done) {
            record_put(mailbox, list_take(&mailbox->sends, record_p));
            did_something = true;
        } else {
            record_p = &record->next;
        }
    }
    return did_something;
}

/* Post a receive for a message that has come. One thread calls MPI, so that the receive matches
 * what the probe saw. */
static tern_status_t receive(tern_mailbox_t *mailbox, const MPI_Status *probed)
{
    int            bytes  = 0;
    int            source = probed->MPI_SOURCE;
    tern_buffer_t *buffer;
    record_t      *record;

    MPI_Get_count(probed, MPI_BYTE, &bytes);
    buffer = tern_buffer_get(&mailbox->pool, (size_t)bytes);
    if (buffer == NULL)
        return TERN_ERR_NO_MEMORY;
    record = record_get(mailbox, buffer, source);
    if (record == NULL) {
        tern_buffer_release(&mailbox->pool, buffer);
        return TERN_ERR_NO_MEMORY;
    }
    mailbox->num_from_afar += !tern_group_is_neighbour(mailbox->group, source);
    if (tern_emulate_is_across(mailbox->emulate, source))
        record->arrived_ns = tern_timer_ns();
    list_append(&mailbox->inbox, record);
    return tern_mpi_check(MPI_Irecv(buffer->data, bytes, MPI_BYTE, source, TAG,
                                    mailbox->group->comm, &record->request),
                          "MPI_Irecv");
}

/* Begin to receive one message that has come. One at a time, since a look that finds nothing costs more
 * than all else here: who waits for this very message must not pay for one more. Beyond the limit
 * messages wait inside MPI. */
static bool match_arrival(tern_mailbox_t *mailbox)
{
    MPI_Status probed;
    int        has_come = 0;

    return mailbox->inbox.length < MAX_RECEIVES &&
           MPI_Iprobe(MPI_ANY_SOURCE, TAG, mailbox->group->comm, &has_come, &probed) ==
               MPI_SUCCESS &&
           has_come && receive(mailbox, &probed) == TERN_OK;
}

static void deliver(tern_mailbox_t *mailbox, tern_buffer_t *buffer)
{
    const tern_message_header_t *header = tern_buffer_header(buffer);
    tern_message_t               message;

    mailbox->counters->messages_received++;
    mailbox->counters->bytes_received += buffer->bytes;
    if (buffer->bytes < sizeof *header || header->version_max < TERN_WIRE_VERSION_MIN ||
        header->version_min > TERN_WIRE_VERSION ||
        header->kind >= TERN_MESSAGE_NUM_KINDS ||
        mailbox->handlers[header->kind].handle == NULL) {
        tern_log(TERN_LOG_COMM, TERN_LOG_ERROR,
                 "refused a message of %zu bytes, kind %u, versions %u to %u from rank "
                 "%u: this library "
                 "speaks version %u",
                 buffer->bytes, header->kind, header->version_min, header->version_max,
                 header->source, TERN_WIRE_VERSION);
        return;
    }
    message = tern_message_of(buffer);
    tern_log(TERN_LOG_COMM, TERN_LOG_TRACE,
             "got %s table %u sequence %llu from rank %u: %zu bytes",
             tern_message_kind_name(header->kind), header->table,
             (unsigned long long)header->sequence, header->source, buffer->bytes);
    mailbox->handlers[header->kind].handle(mailbox->handlers[header->kind].context,
                                           &message);
}

/* Deliver now, or when the emulated link would have. */
static void accept(tern_mailbox_t *mailbox, const record_t *record)
{
    tern_emulate_t *emulate = mailbox->emulate;
    tern_buffer_t  *buffer  = record->buffer;

    if (tern_emulate_is_across(emulate, record->peer) &&
        tern_transit_put(&emulate->transit, buffer,
                         tern_emulate_due_ns(emulate, record->peer,
                                             tern_buffer_header(buffer)->hold_us,
                                             record->arrived_ns)) == TERN_OK)
        tern_buffer_keep(buffer);
    else
        deliver(mailbox, buffer);
}

static bool deliver_due(tern_mailbox_t *mailbox)
{
    tern_transit_t *transit       = &mailbox->emulate->transit;
    uint64_t        now_ns        = tern_timer_ns();
    bool            did_something = false;
    tern_buffer_t  *buffer;

    mailbox->is_delivering = true;
    while ((buffer = tern_transit_take(transit, now_ns)) != NULL) {
        deliver(mailbox, buffer);
        tern_mailbox_release(mailbox, buffer);
        did_something = true;
    }
    mailbox->is_delivering = false;
    return did_something;
}

static bool has_earlier_of_peer(const list_t *list, const record_t *record)
{
    for (const record_t *r = list->first; r != record; r = r->next)
        if (r->peer == record->peer)
            return true;
    return false;
}

static bool deliver_arrivals(tern_mailbox_t *mailbox)
{
    bool       did_something = false;
    record_t **record_p      = &mailbox->inbox.first;

    mailbox->is_delivering = true;
    while (*record_p != NULL) {
        record_t *record = *record_p;
        int       done   = 1;

        if (record->request != MPI_REQUEST_NULL)
            MPI_Test(&record->request, &done, MPI_STATUS_IGNORE);
        if (!done || has_earlier_of_peer(&mailbox->inbox, record)) {
            record_p = &record->next;
            continue;
        }
        list_take(&mailbox->inbox, record_p);
        accept(mailbox, record);
        record_put(mailbox, record);
        did_something = true;
        record_p      = &mailbox->inbox.first; /* handlers may have appended */
    }
    mailbox->is_delivering = false;
    return did_something;
}

bool tern_mailbox_progress(tern_mailbox_t *mailbox)
{
    bool did_something;

    assert(!mailbox->is_delivering);
    did_something = match_arrival(mailbox);
    if (mailbox->inbox.first != NULL)
        did_something |= deliver_arrivals(mailbox);
    if (mailbox->emulate->transit.length > 0)
        did_something |= deliver_due(mailbox);
    if (mailbox->sends.first != NULL &&
        (!did_something || mailbox->sends.length > MAX_LAZY_SENDS))
        did_something |= progress_sends(mailbox);
    for (int p = 0; p < mailbox->num_polls; p++)
        did_something |= mailbox->polls[p].poll(mailbox->polls[p].context);
    return did_something;
}

void tern_mailbox_push_sends(tern_mailbox_t *mailbox)
{
    progress_sends(mailbox);
}

size_t tern_mailbox_num_pending(const tern_mailbox_t *mailbox)
{
    return mailbox->sends.length + mailbox->inbox.length;
}

static bool has_near(const tern_mailbox_t *mailbox, const list_t *list)
{
    for (const record_t *record = list->first; record != NULL; record = record->next)
        if (record->delay > 0 || tern_group_is_neighbour(mailbox->group, record->peer))
            return true;
    return false;
}

bool tern_mailbox_has_near_pending(const tern_mailbox_t *mailbox)
{
    return has_near(mailbox, &mailbox->sends) || has_near(mailbox, &mailbox->inbox);
}

uint64_t tern_mailbox_num_from_afar(const tern_mailbox_t *mailbox)
{
    return mailbox->num_from_afar;
}

uint64_t tern_mailbox_next_due_ns(const tern_mailbox_t *mailbox)
{
    return tern_transit_next_ns(&mailbox->emulate->transit);
}

bool tern_mailbox_has_remote_peers(const tern_mailbox_t *mailbox)
{
    return mailbox->group->num_nodes > 1;
}

tern_group_t *tern_mailbox_group(const tern_mailbox_t *mailbox)
{
    return mailbox->group;
}

tern_node_t *tern_mailbox_node(const tern_mailbox_t *mailbox)
{
    return mailbox->node;
}

tern_counters_t *tern_mailbox_counters(const tern_mailbox_t *mailbox)
{
    return mailbox->counters;
}
