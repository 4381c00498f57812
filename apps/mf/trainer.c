/** \file
 * A worker's epochs, see trainer.h.
 */
#include "trainer.h"

#include "ballast.h"
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/* Others are served and the clock is looked at after so many updates at most, and so much padding. */
enum { STRIDE_UPDATES = 4096, STRIDE_MICROSECONDS = 200 };

/* A loan is renewed after so long, and so many times what its renewal takes. */
static const double loan_seconds = 5e-4, loan_costs = 20;

struct mf_trainer {
    mf_bench_t       bench;
    mf_pace_t        pace;
    size_t           stride;          /* updates between two looks */
    float          **rows, **columns; /* vectors that are open */
    const mf_rule_t *rule;
    mf_epoch_t      *epoch;
    mf_progress_fn  *progress;
    void            *context;
    size_t           round_updates, round_limit;
    size_t           round_end; /* its tiles end there */
    size_t           since_look;
    double           deadline;
    bool             is_late;
};

double mf_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

mf_trainer_t *mf_trainer_create(const mf_bench_t *bench, const mf_pace_t *pace)
{
    mf_trainer_t *trainer = APP_NEW(mf_trainer_t, 1);

    trainer->bench   = *bench;
    trainer->pace    = *pace;
    trainer->rows    = APP_NEW(float *, bench->plan->max_tile_rows);
    trainer->columns = APP_NEW(float *, bench->plan->max_panel_columns);
    trainer->stride  = STRIDE_UPDATES;
    if (pace->pad_us * STRIDE_UPDATES > STRIDE_MICROSECONDS)
        trainer->stride = (size_t)(STRIDE_MICROSECONDS / pace->pad_us) + 1;
    return trainer;
}

void mf_trainer_destroy(mf_trainer_t **trainer_p)
{
    if (*trainer_p == NULL)
        return;
    free((*trainer_p)->rows);
    free((*trainer_p)->columns);
    free(*trainer_p);
    *trainer_p = NULL;
}

/* Serve others, look at the clock, tell how far it is. */
static tern_status_t look_up(mf_trainer_t *trainer)
{
    trainer->since_look = 0;
    if (trainer->deadline > 0 && mf_now() > trainer->deadline)
        trainer->is_late = true;
    if (trainer->progress != NULL)
        trainer->progress(trainer->epoch->num_updates, trainer->epoch->square_error,
                          trainer->context);
    return trainer->bench.crew->ops->attend(trainer->bench.crew);
}

/* The first ballast of a process measures; without any there is nothing to measure. */
static void pad(const mf_trainer_t *trainer, size_t num_updates)
{
    if (trainer->pace.pad_us > 0)
        app_ballast_work(trainer->pace.pad_us * (double)num_updates);
}

static tern_status_t update_cells(mf_trainer_t *trainer, mf_span_t cells)
{
    const mf_plan_t *plan   = trainer->bench.plan;
    mf_epoch_t      *epoch  = trainer->epoch;
    tern_status_t    status = TERN_OK;

    while (cells.first < cells.end && status == TERN_OK) {
        size_t rest  = mf_span_size(cells);
        size_t num   = rest < trainer->stride ? rest : trainer->stride;
        double start = mf_now();

        epoch->square_error +=
            mf_kernel_update(trainer->rule, num, plan->cells + cells.first, trainer->rows,
                             trainer->columns);
        pad(trainer, num);
        epoch->compute_seconds += mf_now() - start;
        epoch->num_updates += (double)num;
        trainer->round_updates += num;
        trainer->since_look += num;
        cells.first += num;
        if (trainer->since_look >= trainer->stride)
            status = look_up(trainer);
    }
    return status;
}

static bool has_enough(const mf_trainer_t *trainer)
{
    return trainer->is_late || trainer->round_updates >= trainer->round_limit;
}

static tern_status_t open_columns(mf_trainer_t *trainer, const mf_panel_t *panel)
{
    mf_side_t *columns = trainer->bench.columns;

    return columns->ops->open(columns, mf_span_size(panel->columns),
                              trainer->bench.plan->columns + panel->columns.first,
                              trainer->columns);
}

static tern_status_t open_rows(mf_trainer_t *trainer, const mf_panel_t *panel,
                               const mf_tile_t *tile)
{
    mf_side_t      *rows    = trainer->bench.rows;
    mf_side_t      *columns = trainer->bench.columns;
    size_t          num     = mf_span_size(tile->rows);
    const uint32_t *ids     = trainer->bench.plan->rows + tile->rows.first;
    tern_status_t   status;

    if (!trainer->pace.is_lent || rows->ops->has(rows, num, ids))
        return rows->ops->open(rows, num, ids, trainer->rows);
    /* They have to be waited for: not with columns in hand. */
    status = columns->ops->close(columns);
    if (status == TERN_OK)
        status = rows->ops->copy(rows, num, ids, trainer->rows);
    return status == TERN_OK ? open_columns(trainer, panel) : status;
}

/* Let what the tile after this one needs be brought meanwhile. */
static tern_status_t look_ahead(mf_trainer_t *trainer, size_t panel, size_t tile)
{
    const mf_plan_t *plan    = trainer->bench.plan;
    mf_side_t       *rows    = trainer->bench.rows;
    mf_side_t       *columns = trainer->bench.columns;
    const mf_tile_t *next    = &plan->tiles[tile + 1];
    bool             is_last = tile + 1 == plan->panels[panel].tiles.end;
    tern_status_t    status  = TERN_OK;

    if (!trainer->pace.looks_ahead || tile + 1 >= trainer->round_end)
        return TERN_OK;
    if (is_last)
        status =
            columns->ops->expect(columns, mf_span_size(plan->panels[panel + 1].columns),
                                 plan->columns + plan->panels[panel + 1].columns.first);
    if (status != TERN_OK)
        return status;
    return rows->ops->expect(rows, mf_span_size(next->rows),
                             plan->rows + next->rows.first);
}

static tern_status_t run_tile(mf_trainer_t *trainer, size_t panel, size_t number)
{
    const mf_tile_t *tile = &trainer->bench.plan->tiles[number];
    mf_side_t       *rows = trainer->bench.rows;
    tern_status_t status  = open_rows(trainer, &trainer->bench.plan->panels[panel], tile);

    if (status != TERN_OK)
        return status;
    status = look_ahead(trainer, panel, number);
    if (status == TERN_OK)
        status = update_cells(trainer, tile->cells);
    return status == TERN_OK ? rows->ops->close(rows) : status;
}

/* Give columns back and borrow them anew once that is cheap compared to how long they were borrowed: what has
 * to leave the node waits for it. */
static tern_status_t renew_loan(mf_trainer_t *trainer, const mf_panel_t *panel,
                                double *opened_p, double *cost_p)
{
    mf_side_t    *columns = trainer->bench.columns;
    double        start   = mf_now();
    tern_status_t status  = TERN_OK;

    if (start - *opened_p < loan_seconds || start - *opened_p < loan_costs * *cost_p)
        return TERN_OK;
    status = columns->ops->close(columns);
    if (status == TERN_OK)
        status = trainer->bench.crew->ops->attend(trainer->bench.crew);
    if (status == TERN_OK)
        status = open_columns(trainer, panel);
    *opened_p = mf_now();
    *cost_p   = *opened_p - start;
    return status;
}

static tern_status_t run_panel(mf_trainer_t *trainer, size_t number)
{
    const mf_panel_t *panel   = &trainer->bench.plan->panels[number];
    mf_side_t        *columns = trainer->bench.columns;
    double            start   = mf_now();
    tern_status_t     status  = open_columns(trainer, panel);
    double            opened = mf_now(), cost = opened - start;

    for (size_t tile = panel->tiles.first;
         tile < panel->tiles.end && status == TERN_OK && !has_enough(trainer); tile++) {
        status = run_tile(trainer, number, tile);
        if (status == TERN_OK && trainer->pace.is_lent)
            status = renew_loan(trainer, panel, &opened, &cost);
    }
    return status == TERN_OK ? columns->ops->close(columns) : status;
}

static tern_status_t run_group(mf_trainer_t *trainer, size_t number)
{
    const mf_group_t *group  = &trainer->bench.plan->groups[number];
    mf_travel_t      *travel = trainer->bench.travel;
    tern_status_t     status = travel->ops->arrive(travel, number);

    for (size_t panel = group->panels.first;
         panel < group->panels.end && status == TERN_OK && !has_enough(trainer); panel++)
        status = run_panel(trainer, panel);
    return status == TERN_OK ? travel->ops->depart(travel, number) : status;
}

/* Tiles of the groups end there, in the plan's order. */
static size_t end_of_tiles(const mf_plan_t *plan, mf_span_t groups)
{
    size_t panels_end =
        mf_span_size(groups) > 0 ? plan->groups[groups.end - 1].panels.end : 0;

    return panels_end > 0 ? plan->panels[panels_end - 1].tiles.end : 0;
}

static size_t num_cells_of(const mf_plan_t *plan, mf_span_t groups)
{
    size_t num = 0;

    for (size_t g = groups.first; g < groups.end; g++)
        for (size_t p = plan->groups[g].panels.first; p < plan->groups[g].panels.end; p++)
            for (size_t t = plan->panels[p].tiles.first; t < plan->panels[p].tiles.end;
                 t++)
                num += mf_span_size(plan->tiles[t].cells);
    return num;
}

static tern_status_t run_round(mf_trainer_t *trainer, size_t round)
{
    const mf_plan_t *plan   = trainer->bench.plan;
    mf_travel_t     *travel = trainer->bench.travel;
    mf_crew_t       *crew   = trainer->bench.crew;
    mf_span_t        groups = plan->rounds[round];
    tern_status_t    status = travel->ops->begin_round(travel, round);

    trainer->round_updates = 0;
    trainer->round_limit   = SIZE_MAX;
    trainer->round_end     = end_of_tiles(plan, groups);
    if (trainer->pace.sample < 1)
        trainer->round_limit =
            (size_t)(trainer->pace.sample * (double)num_cells_of(plan, groups) + 0.999);
    for (size_t group = groups.first; group < groups.end && status == TERN_OK; group++)
        status = run_group(trainer, group);
    return status == TERN_OK ? crew->ops->clock(crew) : status;
}

tern_status_t mf_trainer_run(mf_trainer_t *trainer, const mf_rule_t *rule,
                             double deadline, mf_progress_fn *progress, void *context,
                             mf_epoch_t *epoch)
{
    tern_status_t status = TERN_OK;

    *epoch            = (mf_epoch_t){0};
    trainer->rule     = rule;
    trainer->epoch    = epoch;
    trainer->progress = progress;
    trainer->context  = context;
    trainer->deadline = deadline;
    trainer->is_late  = false;
    for (size_t round = 0; round < trainer->bench.plan->num_rounds && status == TERN_OK;
         round++)
        status = run_round(trainer, round);
    return status;
}

static double processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double mf_trainer_update_seconds(const mf_trainer_t *trainer, const mf_rule_t *rule)
{
    const mf_plan_t *plan = trainer->bench.plan;
    const size_t     max  = trainer->pace.pad_us > 0 ? trainer->stride : 65536;
    const size_t num_rows = plan->max_tile_rows, num_columns = plan->max_panel_columns;
    size_t       num     = plan->num_cells < max ? plan->num_cells : max;
    mf_array_t   array   = mf_array_create(0, num_rows + num_columns, mf_rule_width(rule),
                                           MF_UNIT_LINE, 0.1, 0);
    float      **vectors = APP_NEW(float *, num_rows + num_columns);
    double       best    = 0;

    for (size_t i = 0; i < num_rows + num_columns; i++)
        vectors[i] = mf_array_at(&array, i);
    for (int trial = 0; trial < 3 && num > 0; trial++) {
        double start = processor_seconds();
        double seconds;

        if (mf_kernel_update(rule, num, plan->cells, vectors, vectors + num_rows) < 0)
            break; /* never; the sum is used, so that the loop stays */
        pad(trainer, num);
        seconds = (processor_seconds() - start) / (double)num;
        if (trial == 0 || seconds < best)
            best = seconds;
    }
    free(vectors);
    free(array.memory);
    return best;
}
