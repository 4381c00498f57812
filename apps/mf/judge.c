/** \file
 * The error on held-out ratings, see judge.h: ratings are met in the order of a plan, so that a column is read once, and a
 * row once for each panel.
 */
#include "judge.h"

#include "memory.h"

#include <math.h>
#include <stdlib.h>

enum { PANEL_COLUMNS = 4096, TILE_ROWS = 512 };

struct mf_judge {
    mf_plan_t plan;
    float    *rows, *columns;                /* copies */
    float   **row_vectors, **column_vectors; /* where they are */
};

mf_judge_t *mf_judge_create(const mf_share_t *share, mf_part_t part, size_t num_columns,
                            size_t max_ratings)
{
    mf_judge_t  *judge   = APP_NEW(mf_judge_t, 1);
    mf_ratings_t ratings = share->parts[part];
    double      *counts  = APP_NEW(double, num_columns);
    mf_blocks_t *blocks =
        mf_blocks_create(num_columns, counts, 1, num_columns / PANEL_COLUMNS + 1);
    mf_plan_shape_t shape = {
        .schedule    = MF_DSGD,
        .num_workers = 1,
        .num_columns = num_columns,
        .first_row   = share->first_row,
        .num_rows    = share->end_row - share->first_row,
        .tile_rows   = TILE_ROWS,
    };

    if (max_ratings > 0 && ratings.num > max_ratings)
        ratings.num = max_ratings;
    mf_plan_create(&judge->plan, &shape, blocks, &ratings);
    free(blocks);
    free(counts);
    return judge;
}

void mf_judge_destroy(mf_judge_t **judge_p)
{
    mf_judge_t *judge = *judge_p;

    if (judge == NULL)
        return;
    mf_plan_fini(&judge->plan);
    free(judge->rows);
    free(judge->columns);
    free(judge->row_vectors);
    free(judge->column_vectors);
    free(judge);
    *judge_p = NULL;
}

static void point_to(float *memory, size_t num, size_t width, float *vectors[])
{
    for (size_t i = 0; i < num; i++)
        vectors[i] = memory + i * width;
}

static void reserve(mf_judge_t *judge, size_t width)
{
    size_t num_rows    = judge->plan.max_tile_rows,
           num_columns = judge->plan.max_panel_columns;

    if (judge->rows != NULL)
        return;
    judge->rows           = APP_NEW(float, num_rows *width);
    judge->columns        = APP_NEW(float, num_columns *width);
    judge->row_vectors    = APP_NEW(float *, num_rows);
    judge->column_vectors = APP_NEW(float *, num_columns);
    point_to(judge->rows, num_rows, width, judge->row_vectors);
    point_to(judge->columns, num_columns, width, judge->column_vectors);
}

static tern_status_t add_panel(mf_judge_t *judge, mf_crew_t *crew,
                               const mf_panel_t *panel, const mf_rule_t *rule,
                               mf_side_t *rows, mf_side_t *columns, double *sum_p)
{
    const mf_plan_t *plan = &judge->plan;
    tern_status_t    status =
        columns->ops->read(columns, mf_span_size(panel->columns),
                           plan->columns + panel->columns.first, judge->columns);

    for (size_t t = panel->tiles.first; t < panel->tiles.end && status == TERN_OK; t++) {
        const mf_tile_t *tile = &plan->tiles[t];

        status = rows->ops->read(rows, mf_span_size(tile->rows),
                                 plan->rows + tile->rows.first, judge->rows);
        if (status == TERN_OK)
            *sum_p += mf_kernel_square_error(rule, mf_span_size(tile->cells),
                                             plan->cells + tile->cells.first,
                                             judge->row_vectors, judge->column_vectors);
        if (status == TERN_OK)
            status = crew->ops->attend(crew);
    }
    return status;
}

tern_status_t mf_judge_rmse(mf_judge_t *judge, mf_crew_t *crew, const mf_rule_t *rule,
                            mf_side_t *rows, mf_side_t *columns, double *rmse_p)
{
    double        sums[2] = {0, (double)judge->plan.num_cells};
    tern_status_t status  = TERN_OK;

    reserve(judge, rows->width);
    for (size_t p = 0; p < judge->plan.num_panels && status == TERN_OK; p++)
        status =
            add_panel(judge, crew, &judge->plan.panels[p], rule, rows, columns, &sums[0]);
    if (status == TERN_OK)
        status = crew->ops->sum(crew, 2, sums);
    if (status == TERN_OK)
        *rmse_p = sums[1] > 0 ? sqrt(sums[0] / sums[1]) : NAN;
    return status;
}
