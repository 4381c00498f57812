#include "comm/mailbox.h"

#include <assert.h>

#include "base/alloc.h"
#include "comm/mailbox_parts.h"

/* Finished sends are collected when nothing else is to do, or when there are more than so many. */
#define MAX_LAZY_SENDS 16

tern_record_t *tern_mailbox_new_record(tern_mailbox_t *mailbox, tern_buffer_t *buffer,
                                       int peer)
{
    tern_record_t *record = mailbox->free_records;

    if (record != NULL)
        mailbox->free_records = record->next;
    else if ((record = tern_alloc(TERN_LOG_COMM, sizeof *record)) == NULL)
        return NULL;
    *record = (tern_record_t){.buffer = buffer,
                              .head   = MPI_REQUEST_NULL,
                              .tail   = MPI_REQUEST_NULL,
                              .peer   = peer};
    return record;
}

void tern_mailbox_end_record(tern_mailbox_t *mailbox, tern_record_t *record)
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
    mailbox->num_sent =
        tern_alloc_zeroed(TERN_LOG_COMM, (size_t)group->size * sizeof *mailbox->num_sent);
    if (mailbox->num_sent == NULL) {
        tern_free(TERN_LOG_COMM, mailbox);
        return TERN_ERR_NO_MEMORY;
    }
    tern_buffer_pool_init(&mailbox->pool);
    tern_record_list_init(&mailbox->sends);
    tern_record_list_init(&mailbox->inbox);
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
        tern_record_t *record = mailbox->free_records;

        mailbox->free_records = record->next;
        tern_free(TERN_LOG_COMM, record);
    }
    tern_buffer_pool_fini(&mailbox->pool);
    tern_free(TERN_LOG_COMM, mailbox->num_sent);
    tern_free(TERN_LOG_COMM, mailbox);
    *mailbox_p = NULL;
}

void tern_mailbox_handle(tern_mailbox_t *mailbox, tern_message_kind_t kind,
                         tern_message_fn *handle, void *context)
{
    mailbox->handlers[kind].handle  = handle;
    mailbox->handlers[kind].context = context;
}

void tern_mailbox_place(tern_mailbox_t *mailbox, tern_message_kind_t kind,
                        tern_placement_fn *place, void *context)
{
    mailbox->handlers[kind].place         = place;
    mailbox->handlers[kind].place_context = context;
}

void tern_mailbox_add_poll(tern_mailbox_t *mailbox, tern_poll_fn *poll, void *context)
{
    assert(mailbox->num_polls < TERN_MAX_POLLS);
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

tern_buffer_t *tern_mailbox_allocate(tern_mailbox_t *mailbox, size_t bytes)
{
    return tern_buffer_get(&mailbox->pool, bytes);
}

void tern_mailbox_release(tern_mailbox_t *mailbox, tern_buffer_t *buffer)
{
    tern_buffer_release(&mailbox->pool, buffer);
}

bool tern_mailbox_progress(tern_mailbox_t *mailbox)
{
    bool did_something;

    assert(!mailbox->is_delivering);
    did_something = tern_inbox_match(mailbox);
    did_something |= tern_inbox_deliver(mailbox);
    if (mailbox->sends.first != NULL &&
        (!did_something || mailbox->sends.length > MAX_LAZY_SENDS))
        did_something |= tern_outbox_progress(mailbox);
    for (int p = 0; p < mailbox->num_polls && !mailbox->is_closed; p++)
        did_something |= mailbox->polls[p].poll(mailbox->polls[p].context);
    return did_something;
}

void tern_mailbox_close(tern_mailbox_t *mailbox)
{
    mailbox->is_closed = true;
}

const uint64_t *tern_mailbox_num_sent(const tern_mailbox_t *mailbox)
{
    return mailbox->num_sent;
}

uint64_t tern_mailbox_num_received(const tern_mailbox_t *mailbox)
{
    return mailbox->num_received;
}

void tern_mailbox_nudge(tern_mailbox_t *mailbox)
{
    if (mailbox->inbox.first != NULL)
        tern_record_list_test(&mailbox->inbox);
    if (mailbox->sends.first != NULL)
        tern_outbox_progress(mailbox);
}

size_t tern_mailbox_num_pending(const tern_mailbox_t *mailbox)
{
    return mailbox->sends.length + mailbox->inbox.length;
}

static bool has_near(const tern_mailbox_t *mailbox, const tern_record_list_t *list)
{
    for (const tern_record_t *record = list->first; record != NULL; record = record->next)
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

tern_emulate_t *tern_mailbox_emulate(const tern_mailbox_t *mailbox)
{
    return mailbox->emulate;
}

tern_counters_t *tern_mailbox_counters(const tern_mailbox_t *mailbox)
{
    return mailbox->counters;
}
