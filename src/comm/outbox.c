/** \file
 * Sending. A message to oneself never meets MPI: it waits in the inbox like any other.
 */
#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/log.h"
#include "base/timer.h"
#include "comm/mailbox_parts.h"

#define DELAY_ROUNDS 50 /* progress calls that a delayed message sits out */

static tern_status_t send_bytes(const tern_mailbox_t *mailbox, const void *memory,
                                size_t bytes, int peer, int tag, MPI_Request *request)
{
    return tern_mpi_check(
        MPI_Isend(memory, (int)bytes, MPI_BYTE, peer, tag, mailbox->group->comm, request),
        "MPI_Isend");
}

/* Hand the record's message to MPI, or to the own inbox. */
static tern_status_t start_send(tern_mailbox_t *mailbox, tern_record_t *record)
{
    tern_buffer_t *buffer = record->buffer;
    tern_status_t  status;

    mailbox->counters->messages_sent++;
    mailbox->counters->bytes_sent += tern_buffer_total_bytes(buffer);
    if (record->peer == mailbox->group->rank) {
        tern_record_list_append(&mailbox->inbox, record);
        return TERN_OK;
    }
    tern_record_list_append(&mailbox->sends, record);
    mailbox->num_sent[record->peer]++;
    status = send_bytes(mailbox, buffer->data, buffer->bytes, record->peer, TERN_TAG_HEAD,
                        &record->head);
    if (status == TERN_OK && buffer->tail != NULL)
        status = send_bytes(mailbox, buffer->tail, buffer->tail_bytes, record->peer,
                            TERN_TAG_TAIL, &record->tail);
    if (status == TERN_OK && tern_group_is_neighbour(mailbox->group, record->peer))
        tern_node_ring(mailbox->node, record->peer);
    return status;
}

static tern_status_t send_now(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer,
                              int delay)
{
    tern_record_t *record = tern_mailbox_new_record(mailbox, buffer, rank);

    if (record == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_buffer_keep(buffer);
    record->delay = delay;
    if (delay > 0) {
        tern_record_list_append(&mailbox->sends, record);
        return TERN_OK;
    }
    return start_send(mailbox, record);
}

/* Of the tail too: it may be lent, and the copy may be sent for longer than it is. */
static tern_buffer_t *copy(tern_mailbox_t *mailbox, const tern_buffer_t *buffer)
{
    tern_buffer_t *own = tern_buffer_get(&mailbox->pool, buffer->bytes);
    tern_buffer_t *tail;

    if (own == NULL)
        return NULL;
    memcpy(own->data, buffer->data, buffer->bytes);
    if (buffer->tail == NULL)
        return own;
    tail = tern_buffer_get(&mailbox->pool, buffer->tail_bytes);
    if (tail == NULL) {
        tern_buffer_release(&mailbox->pool, own);
        return NULL;
    }
    memcpy(tail->data, buffer->tail, buffer->tail_bytes);
    tern_buffer_set_tail(own, tail);
    return own;
}

/* Its header is to be written to, so a buffer that another send still reads is copied. */
static tern_buffer_t *keep_own(tern_mailbox_t *mailbox, tern_buffer_t *buffer)
{
    if (buffer->references > 1)
        return copy(mailbox, buffer);
    tern_buffer_keep(buffer);
    return buffer;
}

static tern_status_t send_across(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer,
                                 int delay)
{
    uint32_t       hold_us;
    tern_status_t  status;
    tern_buffer_t *own;

    if (!tern_emulate_depart(mailbox->emulate, rank, tern_buffer_header(buffer)->kind,
                             tern_buffer_total_bytes(buffer), tern_timer_ns(), &hold_us))
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
    tern_message_header_t *header = tern_buffer_header(buffer);
    tern_status_t          status;

    if (buffer->bytes > INT_MAX || buffer->tail_bytes > INT_MAX) {
        tern_log(TERN_LOG_COMM, TERN_LOG_ERROR,
                 "a message of %zu bytes is longer than MPI takes",
                 tern_buffer_total_bytes(buffer));
        return TERN_ERR_ARG;
    }
    header->tail_bytes = (uint32_t)buffer->tail_bytes;
    tern_log(TERN_LOG_COMM, TERN_LOG_TRACE,
             "send %s table %u sequence %llu to rank %d: %zu bytes",
             tern_message_kind_name(header->kind), header->table,
             (unsigned long long)header->sequence, rank, tern_buffer_total_bytes(buffer));
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
static bool count_down(tern_mailbox_t *mailbox, tern_record_t **record_p)
{
    if (--(*record_p)->delay > 0)
        return false;
    start_send(mailbox, tern_record_list_take(&mailbox->sends, record_p));
    return true;
}

bool tern_outbox_progress(tern_mailbox_t *mailbox)
{
    bool            did_something = false;
    tern_record_t **record_p      = &mailbox->sends.first;

    tern_record_list_test(&mailbox->sends);
    while (*record_p != NULL) {
        tern_record_t *record = *record_p;
        bool           is_gone;

        if (record->delay > 0) {
            is_gone = count_down(mailbox, record_p);
        } else if ((is_gone = tern_record_is_finished(record))) {
            tern_record_list_take(&mailbox->sends, record_p);
            tern_mailbox_end_record(mailbox, record);
        }
        if (!is_gone)
            record_p = &record->next;
        did_something |= is_gone;
    }
    return did_something;
}
