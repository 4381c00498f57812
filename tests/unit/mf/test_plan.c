/** \file
 * Plans: every rating is met once, with the vectors of its row and column, and in `dsgd` nobody meets another worker's
 * columns.
 */
#include "mf/plan.h"
#include "support/facts.h"

#include <stdlib.h>
#include <string.h>

enum { NUM_ROWS = 900, NUM_COLUMNS = 60, NUM_RATINGS = 9000, NUM_WORKERS = 3 };

typedef struct fixture {
    mf_dataset_t dataset;
    mf_share_t   shares[NUM_WORKERS];
    mf_blocks_t *blocks;
} fixture_t;

static void setup(fixture_t *fixture)
{
    mf_synthetic_shape_t shape               = {.num_rows    = NUM_ROWS,
                                                .num_columns = NUM_COLUMNS,
                                                .num_ratings = NUM_RATINGS,
                                                .rank        = 2,
                                                .skew        = 0.5,
                                                .seed        = 1};
    mf_split_t           split               = {0, 0, 1};
    double               counts[NUM_COLUMNS] = {0};

    mf_dataset_plant(&fixture->dataset, &shape, &split);
    for (size_t w = 0; w < NUM_WORKERS; w++) {
        mf_share_t *share = &fixture->shares[w];

        mf_dataset_share(&fixture->dataset, w, NUM_WORKERS, share);
        for (size_t i = 0; i < share->parts[MF_TRAIN].num; i++)
            counts[share->parts[MF_TRAIN].items[i].column]++;
    }
    fixture->blocks = mf_blocks_create(NUM_COLUMNS, counts, NUM_WORKERS, 2);
}

static void teardown(fixture_t *fixture)
{
    for (size_t w = 0; w < NUM_WORKERS; w++)
        mf_share_fini(&fixture->shares[w]);
    mf_dataset_fini(&fixture->dataset);
    free(fixture->blocks);
}

static void plan_for(const fixture_t *fixture, size_t worker, mf_schedule_t schedule,
                     size_t batch, mf_plan_t *plan)
{
    const mf_share_t *share = &fixture->shares[worker];
    mf_plan_shape_t   shape = {.schedule     = schedule,
                               .worker       = worker,
                               .num_workers  = NUM_WORKERS,
                               .num_columns  = NUM_COLUMNS,
                               .first_row    = share->first_row,
                               .num_rows     = share->end_row - share->first_row,
                               .tile_rows    = 32,
                               .batch        = batch,
                               .num_rounds   = 4,
                               .group_panels = 5,
                               .seed         = 1};

    mf_plan_create(plan, &shape, fixture->blocks, &share->parts[MF_TRAIN]);
}

/* Call for every cell of a round, in order. */
typedef void visit_fn(uint32_t row, uint32_t column, float value, void *context);

static void visit_round(const mf_plan_t *plan, size_t round, visit_fn *visit,
                        void *context)
{
    for (size_t g = plan->rounds[round].first; g < plan->rounds[round].end; g++)
        for (size_t p = plan->groups[g].panels.first; p < plan->groups[g].panels.end; p++)
            for (size_t t = plan->panels[p].tiles.first; t < plan->panels[p].tiles.end;
                 t++) {
                const mf_tile_t *tile = &plan->tiles[t];

                for (size_t c = tile->cells.first; c < tile->cells.end; c++)
                    visit(plan->rows[tile->rows.first + plan->cells[c].row],
                          plan->columns[plan->panels[p].columns.first +
                                        plan->cells[c].column],
                          plan->cells[c].value, context);
            }
}

static float values[NUM_ROWS]
                   [NUM_COLUMNS]; /* ratings that are still to be met; 0: none */

static void meet(uint32_t row, uint32_t column, float value, void *context)
{
    (void)context;
    CU_ASSERT_EQUAL(values[row][column], value);
    values[row][column] = 0;
}

static void prove_plan(mf_schedule_t schedule, size_t batch)
{
    fixture_t fixture;

    setup(&fixture);
    for (size_t w = 0; w < NUM_WORKERS; w++) {
        const mf_ratings_t *ratings = &fixture.shares[w].parts[MF_TRAIN];
        mf_plan_t           plan;

        memset(values, 0, sizeof(values));
        for (size_t i = 0; i < ratings->num; i++)
            values[ratings->items[i].row][ratings->items[i].column] =
                ratings->items[i].value;
        plan_for(&fixture, w, schedule, batch, &plan);
        for (size_t round = 0; round < plan.num_rounds; round++)
            visit_round(&plan, round, meet, NULL);
        for (size_t i = 0; i < ratings->num; i++)
            CU_ASSERT_EQUAL(values[ratings->items[i].row][ratings->items[i].column], 0);
        mf_plan_fini(&plan);
    }
    teardown(&fixture);
}

static void every_schedule_meets_every_rating_once(void)
{
    prove_plan(MF_DSGD, 0);
    prove_plan(MF_COLUMNS, 0);
    prove_plan(MF_RANDOM, 1);
}

static void batches_meet_every_rating_once(void)
{
    prove_plan(MF_DSGD, 1);
    prove_plan(MF_DSGD, 100);
    prove_plan(MF_COLUMNS, 7);
    prove_plan(MF_RANDOM, 4096);
}

static void note_worker(uint32_t row, uint32_t column, float value, void *context)
{
    int *worker_of = context; /* [NUM_COLUMNS], then the current one */

    (void)row;
    (void)value;
    CU_ASSERT(worker_of[column] < 0 || worker_of[column] == worker_of[NUM_COLUMNS]);
    worker_of[column] = worker_of[NUM_COLUMNS];
}

static void workers_have_different_columns_in_a_round_of_dsgd(void)
{
    fixture_t fixture;
    mf_plan_t plans[NUM_WORKERS];

    setup(&fixture);
    for (size_t w = 0; w < NUM_WORKERS; w++)
        plan_for(&fixture, w, MF_DSGD, 0, &plans[w]);
    for (size_t round = 0; round < NUM_WORKERS; round++) {
        int worker_of[NUM_COLUMNS + 1];

        memset(worker_of, -1, sizeof(worker_of));
        for (int w = 0; w < NUM_WORKERS; w++) {
            worker_of[NUM_COLUMNS] = w;
            visit_round(&plans[w], round, note_worker, worker_of);
        }
    }
    for (size_t w = 0; w < NUM_WORKERS; w++)
        mf_plan_fini(&plans[w]);
    teardown(&fixture);
}

static void blocks_tile_the_columns_evenly(void)
{
    fixture_t fixture;
    double    num_cells[2 * NUM_WORKERS] = {0};

    setup(&fixture);
    CU_ASSERT_EQUAL(fixture.blocks->first[0], 0);
    CU_ASSERT_EQUAL(fixture.blocks->first[2 * NUM_WORKERS], NUM_COLUMNS);
    for (size_t w = 0; w < NUM_WORKERS; w++)
        for (size_t i = 0; i < fixture.shares[w].parts[MF_TRAIN].num; i++)
            for (size_t piece = 0; piece < 2 * NUM_WORKERS; piece++) {
                size_t column = fixture.shares[w].parts[MF_TRAIN].items[i].column;

                if (column >= fixture.blocks->first[piece] &&
                    column < fixture.blocks->first[piece + 1])
                    num_cells[piece]++;
            }
    for (size_t piece = 0; piece < 2 * NUM_WORKERS; piece++)
        CU_ASSERT(num_cells[piece] > NUM_RATINGS / (2.0 * NUM_WORKERS) / 2 &&
                  num_cells[piece] < NUM_RATINGS / (2.0 * NUM_WORKERS) * 2);
    teardown(&fixture);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(every_schedule_meets_every_rating_once),
        FACT(batches_meet_every_rating_once),
        FACT(workers_have_different_columns_in_a_round_of_dsgd),
        FACT(blocks_tile_the_columns_evenly),
    };

    return facts_run("mf/plan", facts, sizeof(facts) / sizeof(facts[0]));
}
