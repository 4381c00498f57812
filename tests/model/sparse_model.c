#include "model/sparse_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/affine.h"
#include "model/seed.h"

enum { ROUNDS_OF_AN_OWNER = 6, NUM_FAVOURITES = 4 };

/* The first adds, knows versions and clocks, and no function changes it; the second tells the order of pushes; keys of
 * the third come with their third push. */
const tern_table_desc_t sparse_descs[SPARSE_TABLES] = {
    {.name     = "adding",
     .keys     = {0, UINT64_MAX},
     .width    = SPARSE_WIDTH,
     .sync     = TERN_SYNC_ASYNC,
     .update   = "add",
     .init     = {TERN_INIT_CONSTANT, 2, 0},
     .index    = TERN_INDEX_HASH,
     .columns  = TERN_COLUMN_VERSION | TERN_COLUMN_CLOCK,
     .max_rows = 4000},
    {.name      = "affine",
     .keys      = {0, UINT64_MAX},
     .width     = SPARSE_WIDTH,
     .type      = TERN_FLOAT64,
     .sync      = TERN_SYNC_ASYNC,
     .update    = "affine",
     .init      = {TERN_INIT_CONSTANT, 5, 0},
     .index     = TERN_INDEX_HASH,
     .placement = TERN_PLACEMENT_RANGE,
     .max_rows  = 4000},
    {.name        = "admitting",
     .keys        = {0, UINT64_MAX},
     .width       = SPARSE_WIDTH,
     .sync        = TERN_SYNC_ASYNC,
     .update      = "add",
     .index       = TERN_INDEX_HASH,
     .admit_after = 3,
     .admit_bytes = 1 << 20, /* so many that no key is counted twice */
     .max_rows    = 4000},
};

/* --- keys --- */

static int compare_keys(const void *a, const void *b)
{
    tern_key_t x = *(const tern_key_t *)a, y = *(const tern_key_t *)b;

    return (x > y) - (x < y);
}

void sparse_model_init(sparse_model_t *model)
{
    uint32_t num = 0;

    *model             = (sparse_model_t){.first_neighbour = 0};
    model->keys[num++] = 0;
    model->keys[num++] = 1;
    model->keys[num++] = UINT64_MAX - 1;
    for (tern_key_t k = 0; k < SPARSE_NEIGHBOURS; k++)
        model->keys[num++] = SPARSE_FIRST_NEIGHBOUR + k;
    for (uint64_t i = 0; num < SPARSE_KEYS; i++)
        model->keys[num++] = tern_random_u64(31, 0, i) >> 1 | 2;
    qsort(model->keys, SPARSE_KEYS, sizeof model->keys[0], compare_keys);
    while (model->keys[model->first_neighbour] != SPARSE_FIRST_NEIGHBOUR)
        model->first_neighbour++;
}

tern_range_t sparse_range(const sparse_model_t *model, uint32_t first, uint32_t end)
{
    return first == end ? (tern_range_t){model->keys[first], model->keys[first]}
                        : (tern_range_t){model->keys[first], model->keys[end - 1] + 1};
}

/* --- operations --- */

static bool is_in(const sparse_operation_t *operation, uint32_t which)
{
    for (size_t i = 0; i < operation->num_keys; i++)
        if (operation->which[i] == which)
            return true;
    return false;
}

/* Any key, or in a disjoint round one of the worker's. */
static uint32_t draw_key(const round_t *round, uint32_t worker, dice_t *dice)
{
    uint32_t num  = round->mode == ROUND_DISJOINT ? round->num_workers : 1;
    uint64_t turn = round->number / ROUNDS_OF_AN_OWNER;
    uint32_t own  = (uint32_t)((worker + turn) % num);

    return own + num * (uint32_t)roll(dice, (SPARSE_KEYS - own - 1) / num + 1);
}

/* Different keys, but where the order of pushes counts. Some lists come again, as those of a program do. */
static void draw_keys(const round_t *round, uint32_t worker, dice_t *dice,
                      sparse_operation_t *operation)
{
    bool   may_repeat = operation->table == 1 && operation->kind != SPARSE_PUSH_PULL;
    size_t num        = roll(dice, SPARSE_CALL_KEYS + 1);
    dice_t favourite = {.seed = round->seed, .stream = 1000 + roll(dice, NUM_FAVOURITES)};
    dice_t *drawn    = roll(dice, 2) ? &favourite : dice;

    while (num-- > 0) {
        uint32_t which = draw_key(round, worker, drawn);

        if (may_repeat || !is_in(operation, which))
            operation->which[operation->num_keys++] = which;
    }
}

static void draw_neighbours(const sparse_model_t *model, dice_t *dice,
                            sparse_operation_t *operation)
{
    uint32_t first = (uint32_t)roll(dice, SPARSE_NEIGHBOURS);

    operation->num_keys = 1 + roll(dice, SPARSE_NEIGHBOURS - first);
    for (uint32_t i = 0; i < operation->num_keys; i++)
        operation->which[i] = model->first_neighbour + first + i;
}

static void draw_eviction(const sparse_model_t *model, dice_t *dice,
                          sparse_operation_t *operation)
{
    tern_eviction_t *eviction = &operation->eviction;
    uint64_t         by       = operation->table == 0 ? roll(dice, 3) : 2;

    eviction->by         = by == 0   ? TERN_EVICT_AGE
                           : by == 1 ? TERN_EVICT_FREQUENCY
                                     : TERN_EVICT_SCORE;
    eviction->limit      = by < 2               ? (double)roll(dice, 6)
                           : roll(dice, 8) == 0 ? 1e9
                                                : (double)roll(dice, 300);
    eviction->is_dry_run = roll(dice, 3) == 0;
    if (roll(dice, 3) > 0) {
        eviction->range = sparse_range(model, operation->first, operation->end);
    } else { /* an empty range is the whole table */
        operation->first = 0;
        operation->end   = SPARSE_KEYS;
    }
}

static void draw_values(dice_t *dice, sparse_operation_t *operation)
{
    for (size_t i = 0; i < operation->num_keys; i++)
        for (uint32_t j = 0; j < SPARSE_WIDTH; j++)
            operation->rows[i][j] = 1 + (double)roll(dice, 9); /* no row of zeros */
}

/* Half of what may be done only alone, when one is. */
static sparse_kind_t draw_kind(const round_t *round, dice_t *dice)
{
    if (round->mode == ROUND_COMMUTES)
        return SPARSE_PUSH;
    if (round->mode == ROUND_TURN && roll(dice, 2))
        return SPARSE_NUM_DISJOINT + roll(dice, SPARSE_NUM_KINDS - SPARSE_NUM_DISJOINT);
    return roll(dice, SPARSE_NUM_DISJOINT);
}

static int draw_table(const round_t *round, sparse_kind_t kind, dice_t *dice)
{
    if (round->mode == ROUND_COMMUTES || (kind == SPARSE_EVICT && roll(dice, 2)))
        return 0;
    return kind == SPARSE_CALL ? 1 + (int)roll(dice, SPARSE_TABLES - 1)
                               : (int)roll(dice, SPARSE_TABLES);
}

void sparse_operation_draw(const round_t *round, const sparse_model_t *model,
                           uint32_t worker, uint32_t index, sparse_operation_t *operation)
{
    dice_t dice = {.seed = round->seed,
                   .stream =
                       1 + (round->number * round->num_workers + worker) * 64 + index};

    *operation       = (sparse_operation_t){.waits = roll(&dice, 3) == 0};
    operation->kind  = draw_kind(round, &dice);
    operation->table = draw_table(round, operation->kind, &dice);
    operation->first = (uint32_t)roll(&dice, SPARSE_KEYS);
    operation->end =
        operation->first + 1 + (uint32_t)roll(&dice, SPARSE_KEYS - operation->first);
    if (operation->kind < SPARSE_NUM_DISJOINT)
        draw_keys(round, worker, &dice, operation);
    else if (operation->kind == SPARSE_EVICT)
        draw_eviction(model, &dice, operation);
    else if (operation->kind != SPARSE_CALL)
        draw_neighbours(model, &dice, operation);
    draw_values(&dice, operation);
}

/* --- rows --- */

static void create_row(sparse_row_t *row, const tern_table_desc_t *desc)
{
    *row = (sparse_row_t){.exists = true, .num_sightings = row->num_sightings};
    for (uint32_t j = 0; j < SPARSE_WIDTH; j++)
        row->value[j] = desc->init.a;
}

static void push_row(sparse_row_t *row, const tern_table_desc_t *desc,
                     const double delta[], uint64_t clock)
{
    uint32_t admit_after = desc->admit_after > 1 ? desc->admit_after : 1;

    if (!row->exists && ++row->num_sightings < admit_after)
        return;
    if (!row->exists)
        create_row(row, desc);
    for (uint32_t j = 0; j < SPARSE_WIDTH; j++)
        if (strcmp(desc->update, "affine") == 0)
            affine_step(&row->value[j], &row->state[j], delta[j]);
        else
            row->value[j] += delta[j];
    row->version++;
    row->clock = clock;
}

static void set_row(sparse_row_t *row, const tern_table_desc_t *desc,
                    const double value[], uint64_t clock)
{
    if (!row->exists)
        create_row(row, desc);
    memcpy(row->value, value, sizeof row->value);
    memset(row->state, 0, sizeof row->state);
    row->version++;
    row->clock = clock;
}

static bool is_to_go(const sparse_row_t *row, const tern_eviction_t *eviction,
                     uint64_t clock)
{
    double sum = 0;

    switch (eviction->by) {
    case TERN_EVICT_AGE:
        return (double)(clock - row->clock) >= eviction->limit;
    case TERN_EVICT_FREQUENCY:
        return (double)row->version <= eviction->limit;
    default:
        for (uint32_t j = 0; j < SPARSE_WIDTH; j++)
            sum += row->value[j] * row->value[j];
        return sqrt(sum) <= eviction->limit;
    }
}

static void evict(sparse_model_t *model, const sparse_operation_t *operation,
                  uint64_t clock, tern_evicted_t *told)
{
    for (uint32_t k = operation->first; k < operation->end; k++) {
        sparse_row_t *row = &model->rows[operation->table][k];

        if (!row->exists)
            continue;
        told->num_rows_before++;
        if (!is_to_go(row, &operation->eviction, clock))
            continue;
        told->num_rows++;
        row->exists = operation->eviction.is_dry_run;
    }
}

/* The function of the tests adds one to the first value of each row. */
static void call(sparse_model_t *model, const sparse_operation_t *operation,
                 tern_evicted_t *told)
{
    for (uint32_t k = operation->first; k < operation->end; k++) {
        sparse_row_t *row = &model->rows[operation->table][k];

        row->value[0] += row->exists;
        told->num_rows += row->exists;
    }
}

void sparse_model_apply(sparse_model_t *model, const sparse_operation_t *operation,
                        uint64_t clock, tern_evicted_t *told)
{
    const tern_table_desc_t *desc = &sparse_descs[operation->table];

    *told = (tern_evicted_t){.num_rows = 0};
    if (operation->kind == SPARSE_EVICT)
        evict(model, operation, clock, told);
    if (operation->kind == SPARSE_CALL)
        call(model, operation, told);
    if (operation->kind == SPARSE_PULL || operation->kind == SPARSE_PULL_RANGE)
        return;
    for (size_t i = 0; i < operation->num_keys; i++) {
        sparse_row_t *row = &model->rows[operation->table][operation->which[i]];

        if (operation->kind == SPARSE_SET)
            set_row(row, desc, operation->rows[i], clock);
        else
            push_row(row, desc, operation->rows[i], clock);
    }
}

const double *sparse_model_value(const sparse_model_t *model, int table, uint32_t which)
{
    static const double initial[SPARSE_TABLES][SPARSE_WIDTH] = {{2, 2, 2}, {5, 5, 5}};
    const sparse_row_t *row                                  = &model->rows[table][which];

    return row->exists ? row->value : initial[table];
}

uint64_t sparse_model_count(const sparse_model_t *model, int table, uint32_t first,
                            uint32_t end)
{
    uint64_t num = 0;

    for (uint32_t k = first; k < end; k++)
        num += model->rows[table][k].exists;
    return num;
}
