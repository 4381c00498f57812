/** \file
 * Courier: letters between two ranks, each delivered once and in order, though messages are lost, doubled or late.
 *
 * The letters from a rank to another are numbered. The receiver takes the next one only, and acknowledges all up to it by a
 * receipt; what is not acknowledged in time is sent again. Requests of workers to servers have their own streams
 * (client/client.h), whose answers are their receipts; letters are for what may long be without an answer.
 */
#ifndef TERN_COMM_COURIER_H
#define TERN_COMM_COURIER_H

#include "comm/mailbox.h"

/** A letter has come. Runs inside progress: it may send letters, it must not wait. `bytes` are aligned to 16. False, for want of
 * memory: it has not been taken and is to come again. */
typedef bool tern_letter_fn(void *context, int rank, const void *bytes, size_t num_bytes);

typedef struct tern_courier tern_courier_t;

/** Registers its handlers; one for each mailbox. `resend_ns` 0: never send again. */
tern_status_t tern_courier_create(tern_mailbox_t *mailbox, uint64_t resend_ns,
                                  tern_letter_fn *deliver, void *context,
                                  tern_courier_t **courier_p);
void          tern_courier_destroy(tern_courier_t **courier_p);

/** Send a letter of two pieces to `rank`, which may be the caller; they are copied. */
tern_status_t tern_courier_send(tern_courier_t *courier, int rank, const void *head,
                                size_t head_bytes, const void *body, size_t body_bytes);

#endif
