/** \file
 * Reading triples from text: one a line, `head relation tail`, separated by tabs (then names may contain
 * blanks) or by blanks. Names are any text, numbers included. Empty lines are skipped.
 */
#ifndef KGE_LOADER_H
#define KGE_LOADER_H

#include "complaint.h"

/* Called for each triple; the texts live during the call. */
typedef void kge_load_fn(const char *head, const char *relation, const char *tail,
                         void *context);

/* \return  TERN_OK; TERN_ERR_IO; TERN_ERR_FORMAT. The complaint names the file and the line. */
tern_status_t kge_load_file(const char *path, kge_load_fn *visit, void *context,
                            app_complaint_t *complaint);

#endif
