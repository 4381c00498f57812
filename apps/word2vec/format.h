/** \file
 * Word vectors in files, in the formats of word2vec.c, which gensim and many others read:
 *
 *     text    "<words> <dimension>\n", then for each word "<word> <value> <value> ...\n"
 *     binary  "<words> <dimension>\n", then for each word "<word> ", its values as 32-bit little-endian floats, "\n"
 */
#ifndef W2V_FORMAT_H
#define W2V_FORMAT_H

#include "complaint.h"
#include "vectors.h"

typedef enum w2v_format { W2V_FORMAT_TEXT = 0, W2V_FORMAT_BINARY = 1 } w2v_format_t;

/* The file is whole or not there. TERN_ERR_IO: the complaint names it. */
tern_status_t w2v_format_write(const w2v_vectors_t *vectors, w2v_format_t format,
                               const char *path, app_complaint_t *complaint);

/* Read either format; which of them shows in the first values. TERN_ERR_IO; TERN_ERR_FORMAT: the complaint
 * names the file and the line or the word. */
tern_status_t w2v_format_read(const char *path, w2v_vectors_t *vectors,
                              app_complaint_t *complaint);

#endif
