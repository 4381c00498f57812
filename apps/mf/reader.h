/** \file
 * Reading ratings from text files, of three kinds that the first lines tell apart:
 *
 * - MatrixMarket coordinate files (`%%MatrixMarket matrix coordinate real general`): rows and columns keep their numbers;
 * - comma-separated (`userId,movieId,rating,timestamp`, with or without such a line at the top);
 * - separated by tabs, `::` or blanks (MovieLens' u.data and ratings.dat).
 *
 * In the last two, rows and columns are any texts, numbered in order of first appearance, and fields after the
 * third are passed over.
 */
#ifndef MF_READER_H
#define MF_READER_H

#include "complaint.h"
#include "names.h"
#include "ratings.h"

#include <stdio.h>

/* Zero-initialise it. */
typedef struct mf_matrix {
    size_t       num_rows, num_columns;
    mf_ratings_t ratings;
    app_names_t *row_ids,
        *column_ids; /* NULL: numbered from 1 on, as in a MatrixMarket file */
} mf_matrix_t;

/* \return  TERN_OK; TERN_ERR_IO, TERN_ERR_FORMAT: the complaint names file and line. */
tern_status_t mf_matrix_read(mf_matrix_t *matrix, const char *path,
                             app_complaint_t *complaint);
void          mf_matrix_fini(mf_matrix_t *matrix);

/* Make rows columns and columns rows. */
void mf_matrix_transpose(mf_matrix_t *matrix);

/* The lines of an open file, one at a time. */
typedef struct mf_lines {
    FILE       *file;
    const char *path;
    char       *text; /* of the current line, without its end */
    size_t      text_bytes;
    size_t      number; /* of the current line, from 1 on */
} mf_lines_t;

/* \return  TERN_OK; TERN_DONE at the end; TERN_ERR_IO; TERN_ERR_FORMAT: a zero byte. */
tern_status_t mf_lines_next(mf_lines_t *lines, app_complaint_t *complaint);

/* The readers of each kind, called with the first line. */
tern_status_t mf_matrix_market_read(mf_matrix_t *matrix, mf_lines_t *lines,
                                    app_complaint_t *complaint);
tern_status_t mf_delimited_read(mf_matrix_t *matrix, mf_lines_t *lines,
                                app_complaint_t *complaint);

#endif
