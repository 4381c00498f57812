/** \file
 * What each worker has to say, heard by all.
 */
#ifndef W2V_GATHER_H
#define W2V_GATHER_H

#include "team.h"

/* The text of one worker; valid during the call. */
typedef void w2v_heard_fn(const char *text, size_t length, void *context);

/* Every worker hears every worker's `text`, its own included, in the order of the workers. Blocking,
 * collective over the team. No worker holds more than one foreign text at a time.
 * \return  TERN_OK; the error of tern_sum(). */
tern_status_t w2v_gather(const app_team_t *team, const char *text, size_t length,
                         w2v_heard_fn *heard, void *context);

#endif
