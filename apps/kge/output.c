/** \file
 * Writing the result file, see output.h.
 */
#include "output.h"

#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_ROWS = 4096, PATH_BYTES = 256 };

/* A place in the file: paths are composed below `group`, which is "" or "/pair" or "/triple". */
typedef struct writer {
    tern_result_t *result;
    const char    *group;
    tern_status_t  status; /* of the first failure; later calls do nothing */
    char           path[PATH_BYTES];
} writer_t;

static const char *compose(writer_t *writer, const char *folder, const char *name)
{
    snprintf(writer->path, sizeof(writer->path), "%s/%s/%s", writer->group, folder, name);
    return writer->path;
}

static void put_number(writer_t *writer, const char *folder, const char *name,
                       double number)
{
    if (writer->status == TERN_OK)
        writer->status =
            tern_result_put_number(writer->result, compose(writer, folder, name), number);
}

static void put_text(writer_t *writer, const char *folder, const char *name,
                     const char *text)
{
    if (writer->status == TERN_OK)
        writer->status =
            tern_result_put_text(writer->result, compose(writer, folder, name), text);
}

static void put_names(writer_t *writer, const char *folder, const app_names_t *names)
{
    if (writer->status == TERN_OK)
        writer->status =
            tern_result_put_texts(writer->result, compose(writer, folder, "names"),
                                  app_names_count(names), app_names_texts(names));
}

typedef tern_status_t read_fn(kge_rows_t *rows, tern_range_t range, float values[]);

/* A matrix, block by block. */
static void put_matrix(writer_t *writer, const char *folder, const char *name,
                       kge_rows_t *rows, read_fn *read)
{
    float *block = APP_NEW(float, BLOCK_ROWS * rows->width);

    if (writer->status == TERN_OK)
        writer->status =
            tern_result_add_matrix(writer->result, compose(writer, folder, name),
                                   rows->num_rows, rows->width, TERN_FLOAT32);
    for (size_t first = 0; first < rows->num_rows && writer->status == TERN_OK;
         first += BLOCK_ROWS) {
        size_t rest = rows->num_rows - first;
        size_t num  = rest < BLOCK_ROWS ? rest : BLOCK_ROWS;

        writer->status = read(rows, (tern_range_t){first, first + num}, block);
        if (writer->status == TERN_OK)
            writer->status =
                tern_result_put_rows(writer->result, writer->path, first, num, block);
    }
    free(block);
}

/* State that lies on other nodes is out of reach, and left out. Rows may lie anywhere, so each is asked for. */
static bool has_state(kge_rows_t *rows)
{
    float        *row    = APP_NEW(float, rows->width);
    tern_status_t status = TERN_OK;

    for (size_t key = 0; key < rows->num_rows && status == TERN_OK; key++)
        status = rows->ops->read_state(rows, (tern_range_t){key, key + 1}, row);
    free(row);
    return status == TERN_OK;
}

static void put_rows(writer_t *writer, const char *folder, kge_rows_t *rows,
                     const app_names_t *names)
{
    put_names(writer, folder, names);
    put_matrix(writer, folder, "values", rows, rows->ops->read_range);
    if (has_state(rows))
        put_matrix(writer, folder, "state", rows, rows->ops->read_state);
}

/* One column of the history. */
typedef double column_fn(const kge_record_t *record);

static double epoch_of(const kge_record_t *record)
{
    return record->epoch;
}

static double seconds_of(const kge_record_t *record)
{
    return record->seconds;
}

static double loss_of(const kge_record_t *record)
{
    return record->loss;
}

static double rate_of(const kge_record_t *record)
{
    return record->rate;
}

static double mrr_of(const kge_record_t *record)
{
    return record->valid.num_queries > 0 ? record->valid.mrr : NAN;
}

static double hits10_of(const kge_record_t *record)
{
    return record->valid.num_queries > 0 ? record->valid.hits10 : NAN;
}

static void put_column(writer_t *writer, const kge_history_t *history, const char *name,
                       column_fn *column)
{
    double *numbers = APP_NEW(double, history->num);

    for (size_t i = 0; i < history->num; i++)
        numbers[i] = column(&history->records[i]);
    if (writer->status == TERN_OK)
        writer->status = tern_result_put_numbers(
            writer->result, compose(writer, "history", name), history->num, numbers);
    free(numbers);
}

static void put_history(writer_t *writer, const kge_history_t *history)
{
    if (history->num == 0)
        return;
    put_column(writer, history, "epoch", epoch_of);
    put_column(writer, history, "seconds", seconds_of);
    put_column(writer, history, "loss", loss_of);
    put_column(writer, history, "rate", rate_of);
    put_column(writer, history, "valid_mrr", mrr_of);
    put_column(writer, history, "valid_hits10", hits10_of);
}

static void put_metrics(writer_t *writer, const char *folder,
                        const kge_metrics_t *metrics)
{
    if (metrics->num_queries == 0)
        return;
    put_number(writer, folder, "mrr", metrics->mrr);
    put_number(writer, folder, "hits1", metrics->hits1);
    put_number(writer, folder, "hits3", metrics->hits3);
    put_number(writer, folder, "hits10", metrics->hits10);
    put_number(writer, folder, "queries", metrics->num_queries);
}

static void put_experiment(writer_t *writer, const kge_experiment_t *experiment)
{
    char group[16];

    snprintf(group, sizeof(group), "%s%s", experiment->name[0] != '\0' ? "/" : "",
             experiment->name);
    writer->group = group;
    put_rows(writer, "entity", experiment->parameters.entities,
             experiment->dataset.entities);
    put_rows(writer, "relation", experiment->parameters.relations,
             experiment->dataset.relations);
    put_history(writer, &experiment->history);
    put_metrics(writer, "results/test", &experiment->test);
    put_metrics(writer, "results/partner", &experiment->partner);
    put_number(writer, "results", "train_seconds", experiment->train_seconds);
    put_number(writer, "results", "test_seconds", experiment->test_seconds);
    writer->group = "";
}

tern_status_t kge_output_write(const kge_settings_t    *settings,
                               const tern_options_t    *options,
                               const kge_experiments_t *experiments)
{
    writer_t writer = {.group = ""};

    writer.status = tern_result_create(settings->output, &writer.result);
    if (writer.status != TERN_OK)
        return writer.status;
    writer.status = tern_result_put_options(writer.result, options);
    put_text(&writer, "model", "name", settings->recipe.model->name);
    put_number(&writer, "model", "dim", (double)settings->recipe.dim);
    put_text(&writer, "model", "row", settings->recipe.model->row);
    for (size_t i = 0; i < experiments->num; i++)
        put_experiment(&writer, &experiments->items[i]);
    if (writer.status == TERN_OK)
        return tern_result_close(&writer.result);
    tern_result_abandon(&writer.result);
    return writer.status;
}
