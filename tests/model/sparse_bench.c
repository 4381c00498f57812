#include "model/sparse_bench.h"

#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <stdio.h>

#include "model/operation.h"
#include "model/seed.h"

enum { MAX_COMPLAINTS = 5 };

void sparse_check(sparse_bench_t *bench, const round_t *round, const char *what,
                  bool is_right)
{
    CU_ASSERT(is_right);
    if (!is_right && bench->num_complaints++ < MAX_COMPLAINTS)
        printf("# seed %" PRIu64 " round %" PRIu64 " mode %d worker %u: %s\n",
               bench->seed, round->number, (int)round->mode, bench->worker, what);
}

void sparse_check_ok(sparse_bench_t *bench, const round_t *round,
                     tern_status_t status)
{
    sparse_check(bench, round, tern_status_string(status), status == TERN_OK);
}

void sparse_check_row(sparse_bench_t *bench, const round_t *round,
                      const char *what, int table, uint32_t which, const void *rows,
                      size_t i)
{
    const double *expected = sparse_model_value(&bench->model, table, which);
    bool          is_same  = true;

    for (uint32_t j = 0; j < SPARSE_WIDTH; j++) {
        double value = value_at(sparse_descs[table].type, rows, i * SPARSE_WIDTH + j);

        is_same = is_same && value == expected[j];
        if (!is_same && bench->num_complaints < MAX_COMPLAINTS)
            printf("# '%s' key %" PRIu64 " column %u is %g, should be %g\n",
                   sparse_descs[table].name, bench->model.keys[which], j, value,
                   expected[j]);
    }
    sparse_check(bench, round, what, is_same);
}

void sparse_check_by_pull(sparse_bench_t *bench, const round_t *round, int table)
{
    static double rows[SPARSE_KEYS * SPARSE_WIDTH];

    sparse_check_ok(
        bench, round,
        tern_pull(bench->tables[table], SPARSE_KEYS, bench->model.keys, rows, NULL));
    for (uint32_t k = 0; k < SPARSE_KEYS; k++)
        sparse_check_row(bench, round, "pull", table, k, rows, k);
}

void sparse_check_by_count(sparse_bench_t *bench, const round_t *round, int table)
{
    dice_t   dice  = {round->seed, 500 + bench->worker, 2 * round->number};
    uint32_t first = (uint32_t)roll(&dice, SPARSE_KEYS);
    uint32_t end   = first + (uint32_t)roll(&dice, SPARSE_KEYS - first);
    uint64_t num = UINT64_MAX, all = UINT64_MAX;

    sparse_check_ok(bench, round,
                    tern_num_rows(bench->tables[table],
                                  sparse_range(&bench->model, first, end), &num));
    sparse_check_ok(
        bench, round,
        tern_num_rows(bench->tables[table], tern_table_keys(bench->tables[table]), &all));
    sparse_check(bench, round, "rows of a range",
                 num == sparse_model_count(&bench->model, table, first, end));
    sparse_check(bench, round, "rows of a table",
                 all == sparse_model_count(&bench->model, table, 0, SPARSE_KEYS));
}

static uint32_t next_existing(const sparse_model_t *model, int table, uint32_t which)
{
    while (which < SPARSE_KEYS && !model->rows[table][which].exists)
        which++;
    return which;
}

void sparse_check_by_scan(sparse_bench_t *bench, const round_t *round, int table)
{
    static double rows[SPARSE_KEYS * SPARSE_WIDTH];
    tern_range_t  rest  = tern_table_keys(bench->tables[table]);
    size_t        most  = 1 + tern_random_below(round->seed, 700, round->number, 200);
    uint32_t      which = next_existing(&bench->model, table, 0);
    tern_key_t    keys[SPARSE_KEYS];
    size_t        num;

    do {
        tern_status_t status =
            tern_scan(bench->tables[table], &rest, most, keys, rows, &num);

        sparse_check_ok(bench, round, status);
        if (status != TERN_OK)
            return;
        for (size_t i = 0; i < num; i++) {
            bool is_right = which < SPARSE_KEYS && keys[i] == bench->model.keys[which];

            sparse_check(bench, round, "key of a scan", is_right);
            if (!is_right)
                return;
            sparse_check_row(bench, round, "scan", table, which, rows, i);
            which = next_existing(&bench->model, table, which + 1);
        }
    } while (num > 0);
    sparse_check(bench, round, "end of a scan", which == SPARSE_KEYS);
}
