/** \file
 * Foreman: the scheduler's side of work (tern/work.h). It knows which workers are there and what each is doing, sends the parts
 * of orders to them, takes back what they do not answer, and hands out each answer once.
 *
 * \code
 *            (somebody is there for it)              (an answer)
 *   pending --------------------------> given ------------------------> answered
 *      ^                                  |
 *      +----------------------------------+
 *        its worker left or died; it failed there; its deadline passed and another worker is free
 * \endcode
 */
#ifndef TERN_SERVER_FOREMAN_H
#define TERN_SERVER_FOREMAN_H

#include "comm/courier.h"
#include "comm/work_note.h"
#include "task/graph.h"
#include "tern/work.h"

typedef struct tern_foreman tern_foreman_t;

tern_status_t tern_foreman_create(tern_mailbox_t *mailbox, tern_courier_t *courier,
                                  tern_foreman_t **foreman_p);
void          tern_foreman_destroy(tern_foreman_t **foreman_p);

/** See tern_order(); `desc` has been checked but for its worker. */
tern_status_t tern_foreman_order(tern_foreman_t *foreman, tern_task_t *task,
                                 const tern_order_desc_t *desc);

/** Answers have come that nobody has been told of. */
bool tern_foreman_has_answers(const tern_foreman_t *foreman);

/** Tell of one answer, and let its task go on. */
void tern_foreman_hand_out(tern_foreman_t *foreman);

/** The round that orders are given in, from 0. */
uint32_t tern_foreman_round(const tern_foreman_t *foreman);

/** The rank's own worker is there; it is given orders while the scheduler waits. */
void tern_foreman_count_self(tern_foreman_t *foreman);

/** End the round. TERN_ERR_ARG, logged: orders are not answered. */
tern_status_t tern_foreman_end(tern_foreman_t *foreman);

/** No round will follow: tell so who is ready, or will be. */
void tern_foreman_close(tern_foreman_t *foreman);

/** What an order waits for, to go behind what its task waits for; empty: nothing. */
void tern_foreman_describe(const tern_foreman_t *foreman, char *text, size_t text_bytes);

/** A worker has written. See tern_letter_fn. */
bool tern_foreman_take_note(tern_foreman_t *foreman, int rank,
                            const tern_work_note_t *note, const char *bytes,
                            size_t num_bytes);

#endif
