#include "model/bench.h"

#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { MAX_COMPLAINTS = 5 };

void check_ok(bench_t *bench, tern_status_t status)
{
    CU_ASSERT_EQUAL(status, TERN_OK);
    if (status != TERN_OK && bench->num_complaints++ < MAX_COMPLAINTS)
        printf("# seed %" PRIu64 ": %s\n", bench->seed, tern_status_string(status));
}

void check_row(bench_t *bench, const char *what, uint64_t round, int table,
               tern_key_t key, const void *row, const double *expected)
{
    const tern_table_desc_t *desc    = &table_descs[table];
    bool                     is_same = true;

    for (uint32_t j = 0; j < desc->width; j++) {
        double value = value_at(desc->type, row, j);

        /* written so that NaN is a difference */
        is_same = is_same && fabs(value - expected[j]) <=
                                 table_tolerances[table] * (1 + fabs(expected[j]));
        if (!is_same && bench->num_complaints++ < MAX_COMPLAINTS)
            printf("# seed %" PRIu64 " round %" PRIu64 " worker %" PRIu32
                   ": %s of \"%s\" key %" PRIu64 " column %" PRIu32
                   " is %.17g, should be %.17g\n",
                   bench->seed, round, bench->worker, what, desc->name, key, j, value,
                   expected[j]);
    }
    CU_ASSERT(is_same);
}
