/** \file
 * A model as text: `key weight` on a line each, only weights that are not 0, in the order of keys; 17 digits, so that
 * nothing is lost. Or as the group /model of a result file, which has the same.
 */
#ifndef LR_MODEL_H
#define LR_MODEL_H

#include "complaint.h"
#include "server.h"

/* Written under a temporary name, then renamed. \return  TERN_ERR_IO, said to stderr. */
tern_status_t lr_model_write(const char *path, const lr_entries_t *entries);

/* In the form that the file's first bytes show. \return  TERN_OK; TERN_ERR_IO, TERN_ERR_FORMAT: the complaint names file and
 * line, or dataset and item. */
tern_status_t lr_model_read(const char *path, lr_entries_t *entries,
                            app_complaint_t *complaint);

/* From a result file. */
tern_status_t lr_model_read_stored(const char *path, lr_entries_t *entries,
                                   app_complaint_t *complaint);

/* 0 if the key has none. */
double lr_model_weight(const lr_entries_t *entries, tern_key_t key);

#endif
