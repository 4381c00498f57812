/** \file
 * What the parts of a mailbox share: mailbox.c puts it together, outbox.c sends, inbox.c receives and delivers.
 */
#ifndef TERN_COMM_MAILBOX_PARTS_H
#define TERN_COMM_MAILBOX_PARTS_H

#include "comm/mailbox.h"
#include "comm/record.h"

#define TERN_TAG_HEAD 1
#define TERN_TAG_TAIL 2

#define TERN_MAX_POLLS 16

typedef struct tern_handler {
    tern_message_fn   *handle;
    void              *context;
    tern_placement_fn *place;
    void              *place_context;
} tern_handler_t;

struct tern_mailbox {
    tern_group_t      *group;
    tern_node_t       *node;
    tern_counters_t   *counters;
    tern_fault_t       fault;
    tern_emulate_t    *emulate;
    tern_buffer_pool_t pool;
    tern_record_list_t sends, inbox;
    uint64_t           num_from_afar, num_received;
    uint64_t          *num_sent; /* [size] */
    bool               is_closed;
    tern_record_t     *free_records;
    bool               is_delivering; /* handlers must not make progress */
    int                num_polls;
    struct {
        tern_poll_fn *poll;
        void         *context;
    } polls[TERN_MAX_POLLS];
    tern_handler_t handlers[TERN_MESSAGE_NUM_KINDS];
};

/** A record of `buffer`, whose reference goes to the record; NULL when memory is exhausted. */
tern_record_t *tern_mailbox_new_record(tern_mailbox_t *mailbox, tern_buffer_t *buffer,
                                       int peer);
void           tern_mailbox_end_record(tern_mailbox_t *mailbox, tern_record_t *record);

/** Collect finished sends; true if there were any. */
bool tern_outbox_progress(tern_mailbox_t *mailbox);

/** Begin to receive a message that has come, if one has. One at a time, since a look that finds nothing costs
 * more than all else here: who waits for this very message must not pay for one more. */
bool tern_inbox_match(tern_mailbox_t *mailbox);

/** Hand what has been received to the handlers. */
bool tern_inbox_deliver(tern_mailbox_t *mailbox);

#endif
