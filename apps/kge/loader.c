/** \file
 * Reading triples from text, see loader.h.
 */
#include "loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUM_FIELDS = 3 };

/* Cut `line` into fields in place; returns how many there are, at most NUM_FIELDS + 1. */
static int cut_fields(char *line, char *fields[])
{
    const char *separators = strchr(line, '\t') != NULL ? "\t\r\n" : " \r\n";
    char       *rest       = NULL;
    int         num        = 0;

    for (char *field = strtok_r(line, separators, &rest); field != NULL;
         field       = strtok_r(NULL, separators, &rest)) {
        if (num == NUM_FIELDS)
            return num + 1;
        fields[num++] = field;
    }
    return num;
}

static tern_status_t load_line(char *line, size_t length, const char *path,
                               size_t line_number, kge_load_fn *visit, void *context,
                               app_complaint_t *complaint)
{
    char *fields[NUM_FIELDS];
    int   num_fields = 0;

    if (strlen(line) != length)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s:%zu: the line contains a zero byte", path, line_number);
    num_fields = cut_fields(line, fields);
    if (num_fields == 0)
        return TERN_OK;
    if (num_fields != NUM_FIELDS)
        return app_complain(
            complaint, TERN_ERR_FORMAT,
            "%s:%zu: expected head, relation and tail, found %s%d field%s", path,
            line_number, num_fields > NUM_FIELDS ? "at least " : "", num_fields,
            num_fields == 1 ? "" : "s");
    visit(fields[0], fields[1], fields[2], context);
    return TERN_OK;
}

tern_status_t kge_load_file(const char *path, kge_load_fn *visit, void *context,
                            app_complaint_t *complaint)
{
    FILE         *file        = fopen(path, "r");
    char         *line        = NULL;
    size_t        line_bytes  = 0;
    size_t        line_number = 0;
    ssize_t       length      = 0;
    tern_status_t status      = TERN_OK;

    if (file == NULL)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    while (status == TERN_OK && (length = getline(&line, &line_bytes, file)) >= 0)
        status = load_line(line, (size_t)length, path, ++line_number, visit, context,
                           complaint);
    if (status == TERN_OK && ferror(file))
        status = app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    free(line);
    fclose(file);
    return status;
}
