/** \file
 * Receiving.
 *
 * Order. MPI matches messages of one peer in order, but a long receive may finish after a short later one. A
 * message is therefore delivered only when no earlier one of the same peer is unfinished. Tails are matched among themselves,
 * so that they are received in the order of their heads.
 */
#include "base/log.h"
#include "base/timer.h"
#include "comm/mailbox_parts.h"

#define MAX_RECEIVES 64 /* under way at once; more wait inside MPI */

static tern_status_t receive_bytes(const tern_mailbox_t *mailbox, void *memory,
                                   size_t bytes, int peer, int tag, MPI_Request *request)
{
    return tern_mpi_check(
        MPI_Irecv(memory, (int)bytes, MPI_BYTE, peer, tag, mailbox->group->comm, request),
        "MPI_Irecv");
}

/* Post a receive for a message that has come. One thread calls MPI, so that the receive matches
 * what the probe saw. */
static tern_status_t receive(tern_mailbox_t *mailbox, const MPI_Status *probed)
{
    int            bytes  = 0;
    int            source = probed->MPI_SOURCE;
    tern_buffer_t *buffer;
    tern_record_t *record;

    MPI_Get_count(probed, MPI_BYTE, &bytes);
    buffer = tern_buffer_get(&mailbox->pool, (size_t)bytes);
    if (buffer == NULL)
        return TERN_ERR_NO_MEMORY;
    record = tern_mailbox_new_record(mailbox, buffer, source);
    if (record == NULL) {
        tern_buffer_release(&mailbox->pool, buffer);
        return TERN_ERR_NO_MEMORY;
    }
    mailbox->num_received++;
    mailbox->num_from_afar += !tern_group_is_neighbour(mailbox->group, source);
    record->awaits_tail = true; /* until its head says that there is none */
    if (tern_emulate_is_across(mailbox->emulate, source))
        record->arrived_ns = tern_timer_ns();
    tern_record_list_append(&mailbox->inbox, record);
    return receive_bytes(mailbox, buffer->data, (size_t)bytes, source, TERN_TAG_HEAD,
                         &record->head);
}

bool tern_inbox_match(tern_mailbox_t *mailbox)
{
    MPI_Status probed;
    int        has_come = 0;

    return mailbox->inbox.length < MAX_RECEIVES &&
           MPI_Iprobe(MPI_ANY_SOURCE, TERN_TAG_HEAD, mailbox->group->comm, &has_come,
                      &probed) == MPI_SUCCESS &&
           has_come && receive(mailbox, &probed) == TERN_OK;
}

static bool is_acceptable(const tern_mailbox_t *mailbox, tern_buffer_t *buffer)
{
    const tern_message_header_t *header = tern_buffer_header(buffer);

    if (buffer->bytes >= sizeof *header && header->version_max >= TERN_WIRE_VERSION_MIN &&
        header->version_min <= TERN_WIRE_VERSION &&
        header->kind < TERN_MESSAGE_NUM_KINDS &&
        mailbox->handlers[header->kind].handle != NULL)
        return true;
    tern_log(TERN_LOG_COMM, TERN_LOG_ERROR,
             "refused a message of %zu bytes, kind %u, versions %u to %u from rank "
             "%u: this library speaks version %u",
             buffer->bytes, header->kind, header->version_min, header->version_max,
             header->source, TERN_WIRE_VERSION);
    return false;
}

/* --- tails --- */

static size_t tail_bytes_of(tern_buffer_t *buffer)
{
    return buffer->bytes < sizeof(tern_message_header_t)
               ? 0
               : tern_buffer_header(buffer)->tail_bytes;
}

/* Where the message's receiver wants it, or in a buffer. */
static bool find_place(tern_mailbox_t *mailbox, tern_buffer_t *buffer, size_t bytes)
{
    unsigned              kind = tern_buffer_header(buffer)->kind;
    const tern_handler_t *handler =
        kind < TERN_MESSAGE_NUM_KINDS ? &mailbox->handlers[kind] : NULL;
    tern_message_t message = tern_message_of(buffer);
    void          *memory  = NULL;
    tern_buffer_t *tail;

    if (handler != NULL && handler->place != NULL)
        memory = handler->place(handler->place_context, &message);
    if (memory != NULL) {
        tern_buffer_lend_tail(buffer, memory, bytes);
        buffer->is_placed = true;
        return true;
    }
    tail = tern_buffer_get(&mailbox->pool, bytes);
    if (tail != NULL)
        tern_buffer_set_tail(buffer, tail);
    return tail != NULL;
}

/* True if a receive of it is under way now. */
static bool receive_tail(tern_mailbox_t *mailbox, tern_record_t *record)
{
    tern_buffer_t *buffer = record->buffer;
    size_t         bytes  = tail_bytes_of(buffer);

    if (bytes > 0 && !find_place(mailbox, buffer, bytes))
        return false; /* no memory: later */
    record->awaits_tail = false;
    if (bytes > 0)
        receive_bytes(mailbox, buffer->tail, bytes, record->peer, TERN_TAG_TAIL,
                      &record->tail);
    return bytes > 0;
}

/* Of the records before `record`, one of the same peer whose tail is not yet matched. */
static bool is_behind_a_tail(const tern_record_list_t *list, const tern_record_t *record)
{
    for (const tern_record_t *r = list->first; r != record; r = r->next)
        if (r->peer == record->peer && r->awaits_tail)
            return true;
    return false;
}

/* Heads that have come say whether a tail follows. True if one does. */
static bool look_at_heads(tern_mailbox_t *mailbox)
{
    bool has_tail = false;

    for (tern_record_t *r = mailbox->inbox.first; r != NULL; r = r->next)
        if (r->awaits_tail && r->head == MPI_REQUEST_NULL &&
            !is_behind_a_tail(&mailbox->inbox, r))
            has_tail |= receive_tail(mailbox, r);
    return has_tail;
}

/* --- delivery --- */

static void deliver(tern_mailbox_t *mailbox, tern_buffer_t *buffer)
{
    const tern_message_header_t *header  = tern_buffer_header(buffer);
    tern_message_t               message = tern_message_of(buffer);

    mailbox->counters->messages_received++;
    mailbox->counters->bytes_received += tern_buffer_total_bytes(buffer);
    if (mailbox->is_closed || !is_acceptable(mailbox, buffer))
        return;
    tern_log(TERN_LOG_COMM, TERN_LOG_TRACE,
             "got %s table %u sequence %llu from rank %u: %zu bytes",
             tern_message_kind_name(header->kind), header->table,
             (unsigned long long)header->sequence, header->source,
             tern_buffer_total_bytes(buffer));
    mailbox->handlers[header->kind].handle(mailbox->handlers[header->kind].context,
                                           &message);
}

/* Deliver now, or when the emulated link would have. */
static void accept(tern_mailbox_t *mailbox, const tern_record_t *record)
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

    while ((buffer = tern_transit_take(transit, now_ns)) != NULL) {
        deliver(mailbox, buffer);
        tern_mailbox_release(mailbox, buffer);
        did_something = true;
    }
    return did_something;
}

static bool has_earlier_of_peer(const tern_record_list_t *list,
                                const tern_record_t      *record)
{
    for (const tern_record_t *r = list->first; r != record; r = r->next)
        if (r->peer == record->peer)
            return true;
    return false;
}

static bool deliver_arrivals(tern_mailbox_t *mailbox)
{
    bool            did_something = false;
    tern_record_t **record_p      = &mailbox->inbox.first;

    tern_record_list_test(&mailbox->inbox);
    if (look_at_heads(mailbox)) /* within a host a tail may be here at once */
        tern_record_list_test(&mailbox->inbox);
    while (*record_p != NULL) {
        tern_record_t *record = *record_p;

        if (!tern_record_is_finished(record) ||
            has_earlier_of_peer(&mailbox->inbox, record)) {
            record_p = &record->next;
            continue;
        }
        tern_record_list_take(&mailbox->inbox, record_p);
        accept(mailbox, record);
        tern_mailbox_end_record(mailbox, record);
        did_something = true;
        record_p      = &mailbox->inbox.first; /* handlers may have appended */
    }
    return did_something;
}

bool tern_inbox_deliver(tern_mailbox_t *mailbox)
{
    bool did_something = false;

    mailbox->is_delivering = true;
    if (mailbox->inbox.first != NULL)
        did_something = deliver_arrivals(mailbox);
    if (mailbox->emulate->transit.length > 0)
        did_something |= deliver_due(mailbox);
    mailbox->is_delivering = false;
    return did_something;
}
