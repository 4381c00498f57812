/** \file
 * In which order a worker meets its ratings, and what it needs at hand for them.
 *
 * \code
 * round       ends with a clock; in the rounds of `dsgd` no two workers have the same columns
 *   group     columns that travel together
 *     panel   columns that are open together
 *       tile  rows that are open together, and the cells where they cross the panel's columns
 * \endcode
 *
 * Schedules:
 * - `dsgd`: columns are cut in as many blocks as there are workers; in round s worker w has block (w + s) mod W
 *   (Gemulla, Haas, Nijkamp, Sismanis, KDD 2011). Groups are pieces of a block and one panel each; tiles are
 *   bands of rows.
 * - `columns`: column after column, each worker from another place on; a panel is one column.
 * - `random`: any order.
 *
 * With a batch, a panel is so many ratings of its group in random order, with one tile. Without, cells of a tile
 * are in random order, too. Rows and columns are ids.
 */
#ifndef MF_PLAN_H
#define MF_PLAN_H

#include "dataset.h"
#include "kernel.h"

typedef enum mf_schedule { MF_DSGD, MF_COLUMNS, MF_RANDOM } mf_schedule_t;

typedef struct mf_span {
    size_t first, end;
} mf_span_t;

static inline size_t mf_span_size(mf_span_t span)
{
    return span.end - span.first;
}

typedef struct mf_tile {
    mf_span_t rows;  /* in mf_plan.rows, rising */
    mf_span_t cells; /* in mf_plan.cells */
} mf_tile_t;

typedef struct mf_panel {
    mf_span_t columns; /* in mf_plan.columns, rising */
    mf_span_t tiles;   /* in mf_plan.tiles */
} mf_panel_t;

typedef struct mf_group {
    mf_span_t panels; /* in mf_plan.panels; empty if the worker has no ratings there */
    mf_span_t range;  /* `dsgd`: ids of all its columns, the same for all workers */
} mf_group_t;

typedef struct mf_plan {
    size_t      num_rounds;
    mf_span_t  *rounds; /* [num_rounds] in groups */
    mf_group_t *groups;
    size_t      num_groups;
    mf_panel_t *panels;
    size_t      num_panels;
    mf_tile_t  *tiles;
    size_t      num_tiles;
    mf_cell_t  *cells;
    size_t      num_cells;
    uint32_t   *rows, *columns; /* ids */
    size_t      num_rows, num_columns;
    size_t      max_tile_rows, max_panel_columns;
} mf_plan_t;

/* How columns are cut in `dsgd`: the same on all workers. */
typedef struct mf_blocks {
    size_t num_blocks, pieces; /* per block */
    size_t first[];            /* [num_blocks * pieces + 1] columns before each piece */
} mf_blocks_t;

/* Blocks with about as many ratings each; `counts` [num_columns] are the ratings of the columns. A piece is a panel, so there may
 * be more of them than asked for. free() it. */
mf_blocks_t *mf_blocks_create(size_t num_columns, const double counts[],
                              size_t num_blocks, size_t pieces);

typedef struct mf_plan_shape {
    mf_schedule_t schedule;
    size_t        worker, num_workers;
    size_t        num_columns;
    uint32_t      first_row, num_rows; /* of the worker */
    size_t        tile_rows;           /* a tile's rows are of a band of so many */
    size_t        batch;               /* ratings; 0: no batches */
    size_t        num_rounds;          /* `columns`, `random` */
    size_t        group_panels;        /* `columns`, `random` */
    uint64_t      seed;
} mf_plan_shape_t;

/* `blocks` is for `dsgd`. */
void mf_plan_create(mf_plan_t *plan, const mf_plan_shape_t *shape,
                    const mf_blocks_t *blocks, const mf_ratings_t *ratings);
void mf_plan_fini(mf_plan_t *plan);

#endif
