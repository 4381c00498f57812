/** \file
 * Call: functions that servers run, as the worker sees it: one part a server, whose answer is bytes and comes in
 * pieces.
 */
#ifndef TERN_CLIENT_CALL_H
#define TERN_CLIENT_CALL_H

#include "client/client.h"
#include "tern/function.h"

/** A piece of an answer, or the failure of its function, is here. False: it is malformed. */
bool tern_call_take_answer(tern_part_t *part, const tern_message_t *message);

/** The request of a reply is released; nothing more will come. */
void tern_reply_end(tern_reply_t *reply);

#endif
