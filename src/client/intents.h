/** \file
 * Intents: what a worker has announced to access, per table, and the rounds in which it acts on that.
 *
 * \code
 * announced --(its clock is near)--> told to the home --(advice)--> moved here, or replicated
 *                                                     --(its clocks are over)--> released, replica dropped
 * \endcode
 * A round begins with a worker's clock, if the one before has ended. In it the worker tells the homes what has become near and what
 * is over, follows the advice that came meanwhile (an announcement that is near does so, too), and synchronises its replicas: what was pushed
 * goes to the owners, whose answers bring what the rows are; others are asked for now and then. Nothing waits. A worker that has
 * announced nothing sends nothing.
 */
#ifndef TERN_CLIENT_INTENTS_H
#define TERN_CLIENT_INTENTS_H

#include "client/client.h"

/** Keys will be accessed in clocks [first_clock, end_clock). TERN_ERR_NO_MEMORY. */
tern_status_t tern_intents_announce(tern_table_t *table, size_t num_keys,
                                    const tern_key_t keys[], uint64_t first_clock,
                                    uint64_t end_clock);

/** The worker's clock is about to advance. */
tern_status_t tern_intents_round(tern_table_t *table);

/** Release everything, as at the end. */
tern_status_t tern_intents_end(tern_table_t *table);

/** A tern_message_fn: advice of a home; `context` is the client. */
void tern_intents_handle_advice(void *context, const tern_message_t *message);

/** Of all tables. */
void tern_intents_destroy(tern_client_t *client);

#endif
