/** \file
 * Growing list; CSV for people and pictures, HDF5 for programs.
 */
#include "results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 4096 };

tern_status_t results_add(results_t *results, const record_t *record)
{
    if (results->num == results->capacity) {
        size_t    capacity = results->capacity == 0 ? 64 : 2 * results->capacity;
        record_t *list     = realloc(results->list, capacity * sizeof(*list));

        if (list == NULL)
            return TERN_ERR_NO_MEMORY;
        results->list     = list;
        results->capacity = capacity;
    }
    results->list[results->num++] = *record;
    return TERN_OK;
}

void results_fini(results_t *results)
{
    free(results->list);
    *results = (results_t){.list = NULL};
}

const record_t *results_of(const results_t *results, const bench_case_t *chosen)
{
    for (size_t r = 0; r < results->num; r++)
        if (results->list[r].of == chosen)
            return &results->list[r];
    return NULL;
}

/* --- CSV --- */

static void write_names(FILE *file, const record_t *record)
{
    for (size_t f = 0; f < record->num; f++)
        fprintf(file, "%s%s", f == 0 ? "" : ",", record->fields[f].name);
    fputc('\n', file);
}

static void write_values(FILE *file, const record_t *record)
{
    for (size_t f = 0; f < record->num; f++) {
        fputs(f == 0 ? "" : ",", file);
        record_print_value(file, &record->fields[f]);
    }
    fputc('\n', file);
}

static tern_status_t write_case(const results_t *results, const bench_case_t *chosen,
                                const char *folder)
{
    char  path[PATH_BYTES];
    FILE *file;
    int   failed;

    snprintf(path, sizeof(path), "%s/%s.csv", folder, chosen->name);
    file   = fopen(path, "w");
    failed = file == NULL;
    if (file != NULL) {
        write_names(file, results_of(results, chosen));
        for (size_t r = 0; r < results->num; r++)
            if (results->list[r].of == chosen)
                write_values(file, &results->list[r]);
        failed = ferror(file);
        failed = fclose(file) != 0 || failed;
    }
    if (!failed)
        return TERN_OK;
    fprintf(stderr, "tern-bench: %s: %s\n", path, strerror(errno));
    return TERN_ERR_IO;
}

tern_status_t results_write_csv(const results_t *results, const char *folder)
{
    tern_status_t status = TERN_OK;

    for (size_t c = 0; c < bench_num_cases && status == TERN_OK; c++)
        if (results_of(results, &bench_cases[c]) != NULL)
            status = write_case(results, &bench_cases[c], folder);
    return status;
}

/* --- HDF5 --- */

/* The column of field `f` of a case; numbers or texts, whichever the field has. */
typedef struct column {
    double      *numbers;
    const char **texts;
    size_t       num;
} column_t;

static void collect(const results_t *results, const bench_case_t *chosen, size_t f,
                    column_t *column)
{
    column->num = 0;
    for (size_t r = 0; r < results->num; r++) {
        const record_t *record = &results->list[r];

        if (record->of != chosen)
            continue;
        column->numbers[column->num] = record->fields[f].number;
        column->texts[column->num++] = record->fields[f].text;
    }
}

static tern_status_t put_case(tern_result_t *file, const results_t *results,
                              const bench_case_t *chosen, column_t *column)
{
    const record_t *first  = results_of(results, chosen);
    tern_status_t   status = TERN_OK;

    for (size_t f = 0; first != NULL && f < first->num && status == TERN_OK; f++) {
        char path[128];

        snprintf(path, sizeof(path), "/%s/%s", chosen->name, first->fields[f].name);
        collect(results, chosen, f, column);
        status = first->fields[f].text != NULL
                     ? tern_result_put_texts(file, path, column->num, column->texts)
                     : tern_result_put_numbers(file, path, column->num, column->numbers);
    }
    return status;
}

static tern_status_t put_cases(tern_result_t *file, const results_t *results)
{
    column_t      column = {.numbers = calloc(results->num, sizeof(double)),
                            .texts   = calloc(results->num, sizeof(char *))};
    tern_status_t status =
        column.numbers == NULL || column.texts == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;

    for (size_t c = 0; c < bench_num_cases && status == TERN_OK; c++)
        status = put_case(file, results, &bench_cases[c], &column);
    free(column.numbers);
    free(column.texts);
    return status;
}

tern_status_t results_write_hdf5(const results_t *results, const char *folder,
                                 const tern_options_t *options)
{
    char           path[PATH_BYTES];
    tern_result_t *file = NULL;
    tern_status_t  status;

    snprintf(path, sizeof(path), "%s/tern-bench.h5", folder);
    status = tern_result_create(path, &file);
    if (status != TERN_OK)
        return status;
    status = tern_result_put_options(file, options);
    if (status == TERN_OK)
        status = put_cases(file, results);
    if (status == TERN_OK)
        return tern_result_close(&file);
    tern_result_abandon(&file);
    return status;
}
