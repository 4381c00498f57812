/** \file
 * MatrixMarket coordinate files (Boisvert, Pozo, Remington, NISTIR 5935, 1996): a banner, comments, the size,
 * and one entry per line, numbered from 1 on.
 */
#include "reader.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct banner {
    bool is_pattern;   /* entries have no value and count as 1 */
    bool is_symmetric; /* an entry off the diagonal stands for two */
} banner_t;

static bool is_word(const char *word, const char *expected)
{
    return strcasecmp(word, expected) == 0;
}

static tern_status_t parse_banner(const mf_lines_t *lines, banner_t *banner,
                                  app_complaint_t *complaint)
{
    char object[16] = "", format[16] = "", field[16] = "", symmetry[16] = "";

    if (sscanf(lines->text, "%*s %15s %15s %15s %15s", object, format, field, symmetry) <
            4 ||
        !is_word(object, "matrix") || !is_word(format, "coordinate") ||
        !(is_word(field, "real") || is_word(field, "integer") ||
          is_word(field, "pattern")) ||
        !(is_word(symmetry, "general") || is_word(symmetry, "symmetric")))
        return app_complain(
            complaint, TERN_ERR_FORMAT,
            "%s:%zu: expected a matrix in coordinate form, real, integer or pattern, "
            "general or symmetric, found \"%s\"",
            lines->path, lines->number, lines->text);
    banner->is_pattern   = is_word(field, "pattern");
    banner->is_symmetric = is_word(symmetry, "symmetric");
    return TERN_OK;
}

static bool is_passed_over(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return *text == '\0' || *text == '%';
}

/* The next line that is neither empty nor a comment. */
static tern_status_t next_content(mf_lines_t *lines, app_complaint_t *complaint)
{
    tern_status_t status;

    do
        status = mf_lines_next(lines, complaint);
    while (status == TERN_OK && is_passed_over(lines->text));
    return status;
}

/* `num` numbers and nothing else. */
static bool parse_counts(const char *text, size_t num, unsigned long long counts[])
{
    char *end = NULL;

    for (size_t i = 0; i < num; i++, text = end) {
        while (isspace((unsigned char)*text))
            text++;
        errno     = 0;
        counts[i] = strtoull(text, &end, 10);
        if (!isdigit((unsigned char)*text) || errno != 0)
            return false;
    }
    return is_passed_over(text);
}

static tern_status_t read_size(mf_matrix_t *matrix, mf_lines_t *lines,
                               unsigned long long *num_entries_p,
                               app_complaint_t    *complaint)
{
    unsigned long long counts[3];
    tern_status_t      status = next_content(lines, complaint);

    if (status == TERN_DONE)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s: the file ends before the size of the matrix",
                            lines->path);
    if (status != TERN_OK)
        return status;
    if (!parse_counts(lines->text, 3, counts) || counts[0] == 0 || counts[1] == 0 ||
        counts[0] > UINT32_MAX || counts[1] > UINT32_MAX)
        return app_complain(
            complaint, TERN_ERR_FORMAT,
            "%s:%zu: expected numbers of rows, columns and entries, found "
            "\"%s\"",
            lines->path, lines->number, lines->text);
    matrix->num_rows    = (size_t)counts[0];
    matrix->num_columns = (size_t)counts[1];
    *num_entries_p      = counts[2];
    return TERN_OK;
}

static bool parse_entry(const char *text, const banner_t *banner,
                        unsigned long long *row_p, unsigned long long *column_p,
                        double *value_p)
{
    char *end = NULL;

    *row_p    = strtoull(text, &end, 10);
    *column_p = strtoull(end, &end, 10);
    if (banner->is_pattern)
        *value_p = 1;
    else {
        const char *value = end;

        *value_p = strtod(value, &end);
        if (end == value || !isfinite(*value_p))
            return false;
    }
    return is_passed_over(end);
}

static tern_status_t add_entry(mf_matrix_t *matrix, const mf_lines_t *lines,
                               const banner_t *banner, app_complaint_t *complaint)
{
    unsigned long long row, column;
    double             value;
    mf_rating_t        rating;

    if (!parse_entry(lines->text, banner, &row, &column, &value))
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s:%zu: expected row, column%s, found \"%s\"", lines->path,
                            lines->number, banner->is_pattern ? "" : " and value",
                            lines->text);
    if (row < 1 || row > matrix->num_rows || column < 1 || column > matrix->num_columns)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s:%zu: entry (%llu, %llu) is outside the %zu x %zu matrix",
                            lines->path, lines->number, row, column, matrix->num_rows,
                            matrix->num_columns);
    rating = (mf_rating_t){(uint32_t)row - 1, (uint32_t)column - 1, (float)value};
    mf_ratings_append(&matrix->ratings, rating);
    if (banner->is_symmetric && row != column)
        mf_ratings_append(&matrix->ratings,
                          (mf_rating_t){rating.column, rating.row, rating.value});
    return TERN_OK;
}

tern_status_t mf_matrix_market_read(mf_matrix_t *matrix, mf_lines_t *lines,
                                    app_complaint_t *complaint)
{
    banner_t           banner      = {false, false};
    unsigned long long num_entries = 0, num_read = 0;
    tern_status_t      status = parse_banner(lines, &banner, complaint);

    if (status == TERN_OK)
        status = read_size(matrix, lines, &num_entries, complaint);
    while (status == TERN_OK && (status = next_content(lines, complaint)) == TERN_OK) {
        status = add_entry(matrix, lines, &banner, complaint);
        num_read++;
    }
    if (status == TERN_DONE)
        status = TERN_OK;
    if (status == TERN_OK && num_read != num_entries)
        status = app_complain(complaint, TERN_ERR_FORMAT,
                              "%s: expected %llu entries, found %llu", lines->path,
                              num_entries, num_read);
    return status;
}
