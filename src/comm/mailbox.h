/** \file
 * Mailbox: nonblocking messages between the ranks of a runtime.
 *
 * Sends return at once; the buffer is kept until MPI is done with it. Receives are matched as they come
 * and handed to the handler of their kind, in the order in which each peer sent them. Nothing here
 * waits: progress is made by tern_mailbox_progress(), every send can be abandoned.
 *
 * A message whose buffer has a tail goes as two of MPI's, counts as one, and is delivered when both have come.
 */
#ifndef TERN_COMM_MAILBOX_H
#define TERN_COMM_MAILBOX_H

#include "base/phase.h"
#include "comm/buffer.h"
#include "comm/emulate.h"
#include "comm/fault.h"
#include "comm/group.h"
#include "comm/message.h"
#include "comm/node.h"
#include "tern/counters.h"

typedef struct tern_mailbox tern_mailbox_t;

/** Runs inside progress: it may send, it must not wait or make progress. */
typedef void tern_message_fn(void *context, const tern_message_t *message);

/** Where the tail of a message should go, whose head is `message`: [header->tail_bytes], written until the
 * message is handed to its handler, which is told by `is_placed`. NULL: anywhere. May run long before the handler. */
typedef void *tern_placement_fn(void *context, const tern_message_t *message);

/** Called at every progress: what must be looked at regularly. True if it did something. */
typedef bool tern_poll_fn(void *context);

/** Not collective. Everything passed is borrowed. */
tern_status_t tern_mailbox_create(tern_group_t *group, tern_node_t *node,
                                  const tern_fault_t *fault, tern_emulate_t *emulate,
                                  tern_counters_t *counters, tern_mailbox_t **mailbox_p);
void          tern_mailbox_destroy(tern_mailbox_t **mailbox_p);

void tern_mailbox_handle(tern_mailbox_t *mailbox, tern_message_kind_t kind,
                         tern_message_fn *handle, void *context);
void tern_mailbox_place(tern_mailbox_t *mailbox, tern_message_kind_t kind,
                        tern_placement_fn *place, void *context);
void tern_mailbox_add_poll(tern_mailbox_t *mailbox, tern_poll_fn *poll, void *context);

/** A buffer for a message with `payload_bytes`; its header is filled but for what the kind needs.
 * One reference for the caller. NULL when memory is exhausted. */
tern_buffer_t *tern_mailbox_compose(tern_mailbox_t *mailbox, tern_message_kind_t kind,
                                    size_t payload_bytes);
void           tern_mailbox_release(tern_mailbox_t *mailbox, tern_buffer_t *buffer);

/** Bare memory, for a tail or for bookkeeping. */
tern_buffer_t *tern_mailbox_allocate(tern_mailbox_t *mailbox, size_t bytes);

static inline tern_message_header_t *tern_buffer_header(tern_buffer_t *buffer)
{
    return (tern_message_header_t *)buffer->data;
}

static inline void *tern_buffer_payload(tern_buffer_t *buffer)
{
    return buffer->data + sizeof(tern_message_header_t);
}

/** The message in a buffer. */
static inline tern_message_t tern_message_of(tern_buffer_t *buffer)
{
    return (tern_message_t){.buffer  = buffer,
                            .header  = tern_buffer_header(buffer),
                            .payload = tern_buffer_payload(buffer),
                            .payload_bytes =
                                buffer->bytes - sizeof(tern_message_header_t),
                            .tail       = buffer->tail,
                            .tail_bytes = buffer->tail_bytes,
                            .is_placed  = buffer->is_placed};
}

/** Send `buffer` to `rank`, which may be the caller. The caller keeps its reference and must not
 * change the buffer while any send of it is under way. */
tern_status_t tern_mailbox_send(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer);

/** Send and give up the caller's reference. */
tern_status_t tern_mailbox_post(tern_mailbox_t *mailbox, int rank, tern_buffer_t *buffer);

/** Complete what can be completed, deliver what has come, run the polls. True if anything happened. */
bool tern_mailbox_progress(tern_mailbox_t *mailbox);

/** Send no more and handle no more: what comes from now on is received and dropped. */
void tern_mailbox_close(tern_mailbox_t *mailbox);

/** Messages handed to MPI for each rank [size], and received from all, so far. */
const uint64_t *tern_mailbox_num_sent(const tern_mailbox_t *mailbox);
uint64_t        tern_mailbox_num_received(const tern_mailbox_t *mailbox);

/** Let MPI go on with what is under way, if anything is; delivers nothing, so that handlers may call it. */
void tern_mailbox_nudge(tern_mailbox_t *mailbox);

/** Sends that MPI has not finished, and receives under way. */
size_t tern_mailbox_num_pending(const tern_mailbox_t *mailbox);

/** Some of these go on by our calls alone: they are to or from a neighbour, whom no socket announces, or are
 * held back by fault injection. */
bool tern_mailbox_has_near_pending(const tern_mailbox_t *mailbox);

/** Messages from outside the node that have come so far. */
uint64_t tern_mailbox_num_from_afar(const tern_mailbox_t *mailbox);

/** When the next message that an emulated link holds is due; UINT64_MAX: none is held. */
uint64_t tern_mailbox_next_due_ns(const tern_mailbox_t *mailbox);

/** True while a message from outside the node may come, which no doorbell announces. */
bool tern_mailbox_has_remote_peers(const tern_mailbox_t *mailbox);

tern_group_t    *tern_mailbox_group(const tern_mailbox_t *mailbox);
tern_node_t     *tern_mailbox_node(const tern_mailbox_t *mailbox);
tern_emulate_t  *tern_mailbox_emulate(const tern_mailbox_t *mailbox);
tern_counters_t *tern_mailbox_counters(const tern_mailbox_t *mailbox);

#endif
