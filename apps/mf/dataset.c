/** \file
 * What is factorized, see dataset.h.
 */
#include "dataset.h"

#include "memory.h"

#include <stdlib.h>

/* From numbers of ratings in first[1 ..] to their sums. */
static void cumulate(mf_dataset_t *dataset)
{
    for (size_t row = 0; row < dataset->num_rows; row++)
        dataset->first[row + 1] += dataset->first[row];
}

tern_status_t mf_dataset_load(mf_dataset_t *dataset, const char *path,
                              const mf_split_t *split, app_complaint_t *complaint)
{
    mf_matrix_t  *matrix = &dataset->matrix;
    tern_status_t status = TERN_OK;

    *dataset = (mf_dataset_t){.split = *split};
    status   = mf_matrix_read(matrix, path, complaint);
    if (status != TERN_OK)
        return status;
    dataset->is_transposed = matrix->num_columns > matrix->num_rows;
    if (dataset->is_transposed)
        mf_matrix_transpose(matrix);
    dataset->num_rows    = matrix->num_rows;
    dataset->num_columns = matrix->num_columns;
    dataset->first       = APP_NEW(uint64_t, dataset->num_rows + 1);
    for (size_t i = 0; i < matrix->ratings.num; i++)
        dataset->first[matrix->ratings.items[i].row + 1]++;
    cumulate(dataset);
    return TERN_OK;
}

void mf_dataset_plant(mf_dataset_t *dataset, const mf_synthetic_shape_t *shape,
                      const mf_split_t *split)
{
    mf_synthetic_shape_t upright = *shape;

    *dataset = (mf_dataset_t){.split         = *split,
                              .is_transposed = shape->num_columns > shape->num_rows};
    if (dataset->is_transposed) {
        upright.num_rows    = shape->num_columns;
        upright.num_columns = shape->num_rows;
    }
    dataset->num_rows    = upright.num_rows;
    dataset->num_columns = upright.num_columns;
    dataset->synthetic   = mf_synthetic_create(&upright);
    dataset->first       = APP_NEW(uint64_t, dataset->num_rows + 1);
    for (size_t row = 0; row < dataset->num_rows; row++)
        dataset->first[row + 1] = mf_synthetic_count(dataset->synthetic, (uint32_t)row);
    cumulate(dataset);
}

void mf_dataset_fini(mf_dataset_t *dataset)
{
    mf_matrix_fini(&dataset->matrix);
    mf_synthetic_destroy(&dataset->synthetic);
    free(dataset->first);
    *dataset = (mf_dataset_t){0};
}

/* Before it lies at least the part of all ratings that the workers before have. */
uint32_t mf_dataset_first_row(const mf_dataset_t *dataset, size_t worker,
                              size_t num_workers)
{
    uint64_t total  = dataset->first[dataset->num_rows];
    uint64_t before = (uint64_t)((unsigned __int128)total * worker / num_workers);
    size_t   low = 0, high = dataset->num_rows;

    if (worker == num_workers)
        return (uint32_t)high;
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (dataset->first[middle] < before)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static void deal_out(const mf_dataset_t *dataset, mf_rating_t rating, mf_share_t *share)
{
    mf_part_t part = mf_split_part(&dataset->split, rating.row, rating.column);

    mf_ratings_append(&share->parts[part], rating);
}

static void share_planted(const mf_dataset_t *dataset, mf_share_t *share)
{
    mf_ratings_t row_ratings = {0};
    uint32_t    *met_by      = APP_NEW(uint32_t, dataset->num_columns);

    for (uint32_t row = share->first_row; row < share->end_row; row++) {
        row_ratings.num = 0;
        mf_synthetic_row(dataset->synthetic, row, met_by, &row_ratings);
        for (size_t i = 0; i < row_ratings.num; i++)
            deal_out(dataset, row_ratings.items[i], share);
    }
    mf_ratings_fini(&row_ratings);
    free(met_by);
}

static void share_loaded(const mf_dataset_t *dataset, mf_share_t *share)
{
    const mf_ratings_t *ratings = &dataset->matrix.ratings;

    for (size_t i = 0; i < ratings->num; i++)
        if (ratings->items[i].row >= share->first_row &&
            ratings->items[i].row < share->end_row)
            deal_out(dataset, ratings->items[i], share);
}

void mf_dataset_share(const mf_dataset_t *dataset, size_t worker, size_t num_workers,
                      mf_share_t *share)
{
    *share = (mf_share_t){
        .first_row = mf_dataset_first_row(dataset, worker, num_workers),
        .end_row   = mf_dataset_first_row(dataset, worker + 1, num_workers),
    };
    if (dataset->synthetic != NULL)
        share_planted(dataset, share);
    else
        share_loaded(dataset, share);
}

void mf_share_fini(mf_share_t *share)
{
    for (int part = 0; part < MF_NUM_PARTS; part++)
        mf_ratings_fini(&share->parts[part]);
}
