/** \file
 * In which order a worker meets its ratings, see plan.h.
 *
 * Each rating gets a key: its stretch (a piece of a block, or a column, and the band of its row), and random bits. Sorted
 * by it, ratings of a stretch are neighbours; stretches are cut into tiles, tiles gathered into panels and groups.
 */
#include "plan.h"

#include "memory.h"
#include "order.h"
#include "tern/random.h"

#include <assert.h>
#include <stdlib.h>

enum { RANDOM_BITS = 20 };

/* Which ids of one side are open, and where. */
typedef struct opening {
    uint32_t  *places; /* position + 1 by id, 0: not open */
    uint32_t   first_id;
    uint32_t **ids_p; /* the plan's list */
    size_t    *num_p, *max_p;
    size_t     capacity;
} opening_t;

typedef struct builder {
    mf_plan_t             *plan;
    const mf_plan_shape_t *shape;
    const mf_rating_t     *ratings;
    size_t                 num_ratings;
    uint32_t              *area_of; /* [num_columns] piece or place of a column */
    mf_ordered_t          *order;   /* [num_ratings] */
    opening_t              rows, columns;
    size_t                 tile_capacity, panel_capacity, group_capacity;
} builder_t;

/* Each worker begins `columns` somewhere else. */
static uint32_t place_of(const mf_plan_shape_t *shape, size_t column)
{
    size_t start = shape->num_columns * shape->worker / shape->num_workers;

    return (uint32_t)((column + shape->num_columns - start) % shape->num_columns);
}

static void number_areas(builder_t *builder, const mf_blocks_t *blocks)
{
    const mf_plan_shape_t *shape = builder->shape;

    builder->area_of = APP_NEW(uint32_t, shape->num_columns);
    if (shape->schedule == MF_COLUMNS)
        for (size_t column = 0; column < shape->num_columns; column++)
            builder->area_of[column] = place_of(shape, column);
    if (shape->schedule != MF_DSGD)
        return;
    for (size_t piece = 0; piece < blocks->num_blocks * blocks->pieces; piece++)
        for (size_t c = blocks->first[piece]; c < blocks->first[piece + 1]; c++)
            builder->area_of[c] = (uint32_t)piece;
}

static bool has_bands(const mf_plan_shape_t *shape)
{
    return shape->schedule == MF_DSGD && shape->batch == 0;
}

static uint64_t key_of(const builder_t *builder, const mf_rating_t *rating)
{
    const mf_plan_shape_t *shape = builder->shape;
    uint64_t random  = tern_random_u64(shape->seed, rating->row, rating->column);
    uint64_t stretch = builder->area_of[rating->column];

    if (shape->schedule == MF_RANDOM)
        return random;
    if (has_bands(shape))
        stretch = stretch * ((shape->num_rows - 1) / shape->tile_rows + 1) +
                  (rating->row - shape->first_row) / shape->tile_rows;
    return stretch << RANDOM_BITS | random >> (64 - RANDOM_BITS);
}

static void sort_ratings(builder_t *builder)
{
    builder->order = APP_NEW(mf_ordered_t, builder->num_ratings);
    for (size_t i = 0; i < builder->num_ratings; i++)
        builder->order[i] =
            (mf_ordered_t){key_of(builder, &builder->ratings[i]), (uint32_t)i};
    mf_order_sort(builder->num_ratings, builder->order);
}

static const mf_rating_t *rating_at(const builder_t *builder, size_t i)
{
    return &builder->ratings[builder->order[i].position];
}

static uint32_t area_at(const builder_t *builder, size_t i)
{
    return builder->area_of[rating_at(builder, i)->column];
}

static size_t end_of_area(const builder_t *builder, size_t first)
{
    size_t end = first;

    while (end < builder->num_ratings && area_at(builder, end) == area_at(builder, first))
        end++;
    return end;
}

/* Where the tile that begins at `first` ends, `end` at the latest. */
static size_t end_of_tile(const builder_t *builder, size_t first, size_t end)
{
    const mf_ordered_t *order = builder->order;
    size_t batch = builder->shape->batch > 0 ? builder->shape->batch : MF_MAX_OPEN_ROWS;
    size_t next  = first;

    if (!has_bands(builder->shape))
        return end - first < batch ? end : first + batch;
    while (next < end &&
           order[next].key >> RANDOM_BITS == order[first].key >> RANDOM_BITS)
        next++;
    return next;
}

static void *grow(void *items, size_t *capacity, size_t num, size_t item_bytes)
{
    if (num <= *capacity)
        return items;
    *capacity = num + num / 2 + 64;
    return app_resize(items, *capacity, item_bytes);
}

static void open_id(opening_t *opening, uint32_t id)
{
    if (opening->places[id - opening->first_id] != 0)
        return;
    opening->places[id - opening->first_id] = 1;
    *opening->ids_p =
        grow(*opening->ids_p, &opening->capacity, *opening->num_p + 1, sizeof(uint32_t));
    (*opening->ids_p)[(*opening->num_p)++] = id;
}

static int compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* All ids of the list from `first` on are open now: sort them, note their places. */
static mf_span_t place_ids(opening_t *opening, size_t first)
{
    mf_span_t span = {first, *opening->num_p};
    uint32_t *ids  = *opening->ids_p + first;

    qsort(ids, mf_span_size(span), sizeof(ids[0]), compare_ids);
    for (size_t i = 0; i < mf_span_size(span); i++)
        opening->places[ids[i] - opening->first_id] = (uint32_t)i + 1;
    if (mf_span_size(span) > *opening->max_p)
        *opening->max_p = mf_span_size(span);
    return span;
}

static void close_ids(opening_t *opening, mf_span_t span)
{
    for (size_t i = span.first; i < span.end; i++)
        opening->places[(*opening->ids_p)[i] - opening->first_id] = 0;
}

static uint32_t position_of(const opening_t *opening, uint32_t id)
{
    return opening->places[id - opening->first_id] - 1;
}

static void add_tile(builder_t *builder, size_t first, size_t end)
{
    mf_plan_t *plan = builder->plan;
    mf_span_t  rows = {plan->num_rows, plan->num_rows};

    for (size_t i = first; i < end; i++)
        open_id(&builder->rows, rating_at(builder, i)->row);
    rows = place_ids(&builder->rows, rows.first);
    assert(mf_span_size(rows) <= MF_MAX_OPEN_ROWS);
    for (size_t i = first; i < end; i++) {
        const mf_rating_t *rating = rating_at(builder, i);

        plan->cells[i] = (mf_cell_t){
            .row    = position_of(&builder->rows, rating->row) & (MF_MAX_OPEN_ROWS - 1),
            .column = position_of(&builder->columns, rating->column) &
                      (MF_MAX_OPEN_COLUMNS - 1),
            .value = rating->value,
        };
    }
    close_ids(&builder->rows, rows);
    plan->tiles = grow(plan->tiles, &builder->tile_capacity, plan->num_tiles + 1,
                       sizeof(mf_tile_t));
    plan->tiles[plan->num_tiles++] = (mf_tile_t){rows, {first, end}};
}

static void add_panel(builder_t *builder, size_t first, size_t end)
{
    mf_plan_t *plan  = builder->plan;
    mf_panel_t panel = {.columns = {plan->num_columns, 0}, .tiles = {plan->num_tiles, 0}};

    for (size_t i = first; i < end; i++)
        open_id(&builder->columns, rating_at(builder, i)->column);
    panel.columns = place_ids(&builder->columns, panel.columns.first);
    assert(mf_span_size(panel.columns) <= MF_MAX_OPEN_COLUMNS);
    for (size_t next; first < end; first = next) {
        next = end_of_tile(builder, first, end);
        add_tile(builder, first, next);
    }
    panel.tiles.end = plan->num_tiles;
    close_ids(&builder->columns, panel.columns);
    plan->panels = grow(plan->panels, &builder->panel_capacity, plan->num_panels + 1,
                        sizeof(mf_panel_t));
    plan->panels[plan->num_panels++] = panel;
}

/* The panels of an area: one, or with batches, one for each. */
static void add_area(builder_t *builder, size_t first, size_t end)
{
    size_t next = end;

    for (; first < end; first = next) {
        if (builder->shape->batch > 0)
            next = end_of_tile(builder, first, end);
        add_panel(builder, first, next);
    }
}

static void add_group(builder_t *builder, mf_group_t group)
{
    mf_plan_t *plan = builder->plan;

    plan->groups = grow(plan->groups, &builder->group_capacity, plan->num_groups + 1,
                        sizeof(mf_group_t));
    plan->groups[plan->num_groups++] = group;
}

/* In `dsgd` every piece is a group, since others have ratings where this worker has none. */
static void add_pieces(builder_t *builder, const mf_blocks_t *blocks)
{
    mf_plan_t *plan  = builder->plan;
    size_t     first = 0;

    for (size_t piece = 0; piece < blocks->num_blocks * blocks->pieces; piece++) {
        mf_group_t group = {.panels = {plan->num_panels, 0},
                            .range  = {blocks->first[piece], blocks->first[piece + 1]}};

        if (first < builder->num_ratings && area_at(builder, first) == piece) {
            size_t end = end_of_area(builder, first);

            add_area(builder, first, end);
            first = end;
        }
        group.panels.end = plan->num_panels;
        add_group(builder, group);
    }
}

static void add_areas(builder_t *builder)
{
    mf_plan_t *plan         = builder->plan;
    size_t     group_panels = builder->shape->group_panels;

    for (size_t first = 0, end; first < builder->num_ratings; first = end) {
        end = end_of_area(builder, first);
        add_area(builder, first, end);
    }
    for (size_t first = 0; first < plan->num_panels; first += group_panels) {
        size_t end = first + group_panels;

        add_group(builder,
                  (mf_group_t){{first, end < plan->num_panels ? end : plan->num_panels},
                               {0, 0}});
    }
}

static void add_rounds(builder_t *builder)
{
    mf_plan_t             *plan    = builder->plan;
    const mf_plan_shape_t *shape   = builder->shape;
    bool                   is_dsgd = shape->schedule == MF_DSGD;

    plan->num_rounds = is_dsgd ? shape->num_workers : shape->num_rounds;
    plan->rounds     = APP_NEW(mf_span_t, plan->num_rounds);
    for (size_t s = 0; s < plan->num_rounds; s++) {
        size_t part = is_dsgd ? (shape->worker + s) % shape->num_workers : s;

        plan->rounds[s] = (mf_span_t){plan->num_groups * part / plan->num_rounds,
                                      plan->num_groups * (part + 1) / plan->num_rounds};
    }
}

void mf_plan_create(mf_plan_t *plan, const mf_plan_shape_t *shape,
                    const mf_blocks_t *blocks, const mf_ratings_t *ratings)
{
    builder_t builder = {
        .plan        = plan,
        .shape       = shape,
        .ratings     = ratings->items,
        .num_ratings = ratings->num,
        .rows        = {APP_NEW(uint32_t, shape->num_rows), shape->first_row, &plan->rows,
                        &plan->num_rows, &plan->max_tile_rows, 0},
        .columns     = {APP_NEW(uint32_t, shape->num_columns), 0, &plan->columns,
                        &plan->num_columns, &plan->max_panel_columns, 0},
    };

    assert(ratings->num <= UINT32_MAX && shape->tile_rows <= MF_MAX_OPEN_ROWS &&
           shape->batch <= MF_MAX_OPEN_ROWS);
    *plan =
        (mf_plan_t){.cells = APP_NEW(mf_cell_t, ratings->num), .num_cells = ratings->num};
    number_areas(&builder, blocks);
    sort_ratings(&builder);
    if (shape->schedule == MF_DSGD)
        add_pieces(&builder, blocks);
    else
        add_areas(&builder);
    add_rounds(&builder);
    free(builder.area_of);
    free(builder.order);
    free(builder.rows.places);
    free(builder.columns.places);
}

void mf_plan_fini(mf_plan_t *plan)
{
    free(plan->rounds);
    free(plan->groups);
    free(plan->panels);
    free(plan->tiles);
    free(plan->cells);
    free(plan->rows);
    free(plan->columns);
    *plan = (mf_plan_t){0};
}
