/** \file
 * Ratings with separators: row, column, value, and anything after them. The separator is the first of `::`, tab,
 * comma and blank that the first line has.
 */
#include "reader.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUM_FIELDS = 3 };

static const char *find_separator(const char *line)
{
    static const char *const separators[] = {"::", "\t", ",", " "};

    for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++)
        if (strstr(line, separators[i]) != NULL)
            return separators[i];
    return " ";
}

/* Cut the line into its first fields in place; returns how many there are, at most NUM_FIELDS. Blanks may repeat;
 * other separators may not. */
static int cut_fields(char *line, const char *separator, char *fields[])
{
    const size_t length = strlen(separator);
    int          num    = 0;

    while (num < NUM_FIELDS && *line != '\0') {
        char *end = strstr(line, separator);

        if (*separator == ' ' && end == line) {
            line++;
            continue;
        }
        fields[num++] = line;
        if (end == NULL)
            break;
        *end = '\0';
        line = end + length;
    }
    return num;
}

static bool parse_value(const char *text, float *value_p)
{
    char  *end   = NULL;
    double value = strtod(text, &end);

    if (end == text)
        return false;
    while (isspace((unsigned char)*end))
        end++;
    *value_p = (float)value;
    return *end == '\0' && isfinite(value);
}

/* The first line may name the columns; then its third field is no number. */
static tern_status_t add_line(mf_matrix_t *matrix, mf_lines_t *lines,
                              const char *separator, app_complaint_t *complaint)
{
    char       *fields[NUM_FIELDS];
    float       value;
    mf_rating_t rating;
    int         num_fields = cut_fields(lines->text, separator, fields);

    if (num_fields == 0)
        return TERN_OK;
    if (num_fields < NUM_FIELDS)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s:%zu: expected row, column and rating, found %d field%s",
                            lines->path, lines->number, num_fields,
                            num_fields == 1 ? "" : "s");
    if (!parse_value(fields[2], &value)) {
        if (lines->number == 1)
            return TERN_OK;
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s:%zu: the rating \"%s\" is no number", lines->path,
                            lines->number, fields[2]);
    }
    if (fields[0][0] == '\0' || fields[1][0] == '\0')
        return app_complain(complaint, TERN_ERR_FORMAT, "%s:%zu: an empty %s",
                            lines->path, lines->number,
                            fields[0][0] == '\0' ? "row" : "column");
    rating = (mf_rating_t){app_names_add(matrix->row_ids, fields[0]),
                           app_names_add(matrix->column_ids, fields[1]), value};
    mf_ratings_append(&matrix->ratings, rating);
    return TERN_OK;
}

tern_status_t mf_delimited_read(mf_matrix_t *matrix, mf_lines_t *lines,
                                app_complaint_t *complaint)
{
    const char   *separator = find_separator(lines->text);
    tern_status_t status    = TERN_OK;

    matrix->row_ids    = app_names_create();
    matrix->column_ids = app_names_create();
    do
        status = add_line(matrix, lines, separator, complaint);
    while (status == TERN_OK && (status = mf_lines_next(lines, complaint)) == TERN_OK);
    matrix->num_rows    = app_names_count(matrix->row_ids);
    matrix->num_columns = app_names_count(matrix->column_ids);
    return status == TERN_DONE ? TERN_OK : status;
}
