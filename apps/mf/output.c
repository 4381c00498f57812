/** \file
 * Writing the result file, see output.h.
 */
#include "output.h"

#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_IDS = 4096, PATH_BYTES = 128 };

typedef struct writer {
    tern_result_t *result;
    tern_status_t  status; /* of the first failure; later calls do nothing */
} writer_t;

static void put_number(writer_t *writer, const char *path, double number)
{
    if (writer->status == TERN_OK && !isnan(number))
        writer->status = tern_result_put_number(writer->result, path, number);
}

/* Vectors by id, block by block. */
static void put_vectors(writer_t *writer, const char *path, mf_side_t *side)
{
    float    *values = APP_NEW(float, BLOCK_IDS * side->width);
    uint32_t *ids    = APP_NEW(uint32_t, BLOCK_IDS);

    if (writer->status == TERN_OK)
        writer->status = tern_result_add_matrix(writer->result, path, side->num,
                                                side->width, TERN_FLOAT32);
    for (size_t first = 0; first < side->num && writer->status == TERN_OK;
         first += BLOCK_IDS) {
        size_t rest = side->num - first;
        size_t num  = rest < BLOCK_IDS ? rest : BLOCK_IDS;

        for (size_t i = 0; i < num; i++)
            ids[i] = (uint32_t)(first + i);
        writer->status = side->ops->read(side, num, ids, values);
        if (writer->status == TERN_OK)
            writer->status =
                tern_result_put_rows(writer->result, path, first, num, values);
    }
    free(values);
    free(ids);
}

static void put_ids(writer_t *writer, const char *path, const app_names_t *ids)
{
    if (writer->status == TERN_OK && ids != NULL)
        writer->status = tern_result_put_texts(writer->result, path, app_names_count(ids),
                                               app_names_texts(ids));
}

/* Columns of the history. */
typedef double column_fn(const mf_record_t *record);

static double seconds_of(const mf_record_t *record)
{
    return record->seconds;
}

static double train_rmse_of(const mf_record_t *record)
{
    return record->train_rmse;
}

static double valid_rmse_of(const mf_record_t *record)
{
    return record->valid_rmse;
}

static double rate_of(const mf_record_t *record)
{
    return record->rate;
}

static double updates_of(const mf_record_t *record)
{
    return record->num_updates;
}

static void put_column(writer_t *writer, const mf_training_t *training, const char *path,
                       column_fn *column)
{
    double *numbers = APP_NEW(double, training->num_records);

    for (size_t i = 0; i < training->num_records; i++)
        numbers[i] = column(&training->records[i]);
    if (writer->status == TERN_OK)
        writer->status =
            tern_result_put_numbers(writer->result, path, training->num_records, numbers);
    free(numbers);
}

static void put_history(writer_t *writer, const mf_training_t *training)
{
    put_column(writer, training, "/history/train_seconds", seconds_of);
    put_column(writer, training, "/history/train_rmse", train_rmse_of);
    put_column(writer, training, "/history/valid_rmse", valid_rmse_of);
    put_column(writer, training, "/history/learning_rate", rate_of);
    put_column(writer, training, "/history/updates", updates_of);
}

static void put_results(writer_t *writer, const mf_worker_t *worker,
                        const mf_training_t *training)
{
    put_number(writer, "/results/mean", (double)worker->rule.mean);
    put_number(writer, "/results/test_rmse", training->test_rmse);
    put_number(writer, "/results/target_seconds", training->target_seconds);
    put_number(writer, "/results/epoch_seconds",
               mf_training_epoch_seconds(training, worker->num_ratings[MF_TRAIN]));
}

tern_status_t mf_output_write(const mf_worker_t *worker, const mf_dataset_t *dataset,
                              const mf_training_t  *training,
                              const tern_options_t *options)
{
    writer_t      writer = {NULL, TERN_OK};
    tern_status_t status = tern_result_create(worker->settings->output, &writer.result);

    if (status != TERN_OK)
        return status;
    writer.status = tern_result_put_options(writer.result, options);
    put_vectors(&writer, "/rows/values", worker->rows);
    put_ids(&writer, "/rows/ids", dataset->matrix.row_ids);
    put_vectors(&writer, "/columns/values", worker->columns);
    put_ids(&writer, "/columns/ids", dataset->matrix.column_ids);
    put_number(&writer, "/results/is_transposed", dataset->is_transposed);
    put_history(&writer, training);
    put_results(&writer, worker, training);
    if (writer.status == TERN_OK)
        return tern_result_close(&writer.result);
    tern_result_abandon(&writer.result);
    return writer.status;
}
