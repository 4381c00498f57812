/** \file
 * Reading ratings from text files: lines, and which kind of file it is; see reader.h.
 */
#include "reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char matrix_market_banner[] = "%%MatrixMarket";

tern_status_t mf_lines_next(mf_lines_t *lines, app_complaint_t *complaint)
{
    ssize_t length = getline(&lines->text, &lines->text_bytes, lines->file);

    if (length < 0 && ferror(lines->file))
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", lines->path,
                            strerror(errno));
    if (length < 0)
        return TERN_DONE;
    lines->number++;
    if (strlen(lines->text) != (size_t)length)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s:%zu: the line contains a zero byte", lines->path,
                            lines->number);
    while (length > 0 &&
           (lines->text[length - 1] == '\n' || lines->text[length - 1] == '\r'))
        lines->text[--length] = '\0';
    return TERN_OK;
}

static tern_status_t read_lines(mf_matrix_t *matrix, mf_lines_t *lines,
                                app_complaint_t *complaint)
{
    tern_status_t status = mf_lines_next(lines, complaint);

    if (status == TERN_DONE)
        return app_complain(complaint, TERN_ERR_FORMAT, "%s: the file is empty",
                            lines->path);
    if (status != TERN_OK)
        return status;
    if (strncasecmp(lines->text, matrix_market_banner, strlen(matrix_market_banner)) == 0)
        return mf_matrix_market_read(matrix, lines, complaint);
    return mf_delimited_read(matrix, lines, complaint);
}

tern_status_t mf_matrix_read(mf_matrix_t *matrix, const char *path,
                             app_complaint_t *complaint)
{
    mf_lines_t    lines  = {.file = fopen(path, "r"), .path = path};
    tern_status_t status = TERN_OK;

    if (lines.file == NULL)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    status = read_lines(matrix, &lines, complaint);
    if (status == TERN_OK && matrix->ratings.num == 0)
        status = app_complain(complaint, TERN_ERR_FORMAT,
                              "%s: the file contains no ratings", path);
    free(lines.text);
    fclose(lines.file);
    return status;
}

void mf_matrix_fini(mf_matrix_t *matrix)
{
    mf_ratings_fini(&matrix->ratings);
    app_names_destroy(&matrix->row_ids);
    app_names_destroy(&matrix->column_ids);
}

void mf_matrix_transpose(mf_matrix_t *matrix)
{
    size_t       num_rows = matrix->num_rows;
    app_names_t *row_ids  = matrix->row_ids;

    matrix->num_rows    = matrix->num_columns;
    matrix->num_columns = num_rows;
    matrix->row_ids     = matrix->column_ids;
    matrix->column_ids  = row_ids;
    for (size_t i = 0; i < matrix->ratings.num; i++) {
        mf_rating_t *rating = &matrix->ratings.items[i];
        uint32_t     row    = rating->row;

        rating->row    = rating->column;
        rating->column = row;
    }
}
