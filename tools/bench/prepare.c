/** \file
 * Table, rows and keys of a run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "zipf.h"

enum { PIECE = 4096, STOCK_KEYS = 1 << 21 };

static tern_status_t create_table(bench_t *bench, const tern_options_t *options)
{
    bool is_paged          = strcmp(tern_option_string(options, "index"), "paged") == 0;
    tern_table_desc_t desc = {.name  = "bench",
                              .keys  = {0, bench->num_rows},
                              .width = bench->width,
                              .init  = {TERN_INIT_CONSTANT, 1.0, 0.0},
                              .sync  = TERN_SYNC_ASYNC,
                              .index =
                                  is_paged ? TERN_INDEX_PAGED : TERN_INDEX_ARITHMETIC};

    return tern_table_create(bench->runtime, &desc, &bench->table);
}

/* Extend `run` by a row if it continues it; else begin anew, keeping the longest in bench->rows. */
static void add_row(bench_t *bench, raw_rows_t *run, uint64_t key, char *row)
{
    uint64_t num = run->end - run->first;

    if (num == 1 && row != NULL)
        run->stride = (size_t)(row - run->base);
    if (row != NULL && num > 0 && row == run->base + num * run->stride)
        run->end++;
    else
        *run = (raw_rows_t){.base = row, .first = key, .end = key + (row != NULL)};
    if (run->end - run->first > bench->rows.end - bench->rows.first)
        bench->rows = *run;
}

/* Rows of a server follow each other at a constant stride; borrowing tells where. */
static tern_status_t find_rows(bench_t *bench)
{
    static tern_borrowed_t lent[PIECE];
    static tern_key_t      keys[PIECE];
    raw_rows_t             run = {.base = NULL};

    for (uint64_t first = 0; first < bench->num_rows; first += PIECE) {
        size_t num =
            bench->num_rows - first < PIECE ? (size_t)(bench->num_rows - first) : PIECE;
        tern_status_t status;

        for (size_t i = 0; i < num; i++)
            keys[i] = first + i;
        status = tern_borrow(bench->table, num, keys, TERN_BORROW_SHARED, lent, NULL);
        if (status != TERN_OK)
            return status;
        for (size_t i = 0; i < num; i++)
            add_row(bench, &run, keys[i], lent[i].value);
        tern_return(bench->table, num, TERN_BORROW_SHARED, lent, NULL);
    }
    if (bench->rows.end == bench->rows.first) {
        fprintf(stderr, "tern-bench: no row lies on the node of worker %d\n",
                tern_worker(bench->runtime));
        return TERN_ERR_UNSUPPORTED;
    }
    return TERN_OK;
}

/* Frequent ranks are spread over the keys, as in real models, by a hash. */
static void draw_keys(bench_t *bench, const tern_options_t *options)
{
    uint64_t seed    = (uint64_t)tern_option_int(options, "seed");
    uint64_t stream  = (uint64_t)tern_worker(bench->runtime);
    uint64_t num     = bench->rows.end - bench->rows.first;
    uint64_t counter = 0;
    bool     is_zipf = strcmp(bench->dist, "zipf") == 0;
    zipf_t   zipf;

    zipf_init(&zipf, num, tern_option_real(options, "skew"));
    for (size_t i = 0; i < bench->num_keys; i++) {
        uint64_t at =
            is_zipf ? tern_random_mix(zipf_draw(&zipf, seed, stream, &counter)) % num
                    : tern_random_below(seed, stream, i, num);

        bench->keys[i] = bench->rows.first + at;
    }
}

static tern_status_t allocate(bench_t *bench)
{
    size_t bytes = (bench->batch * bench->width * sizeof(float) + 63) / 64 * 64;

    bench->num_keys = (STOCK_KEYS + bench->batch - 1) / bench->batch * bench->batch;
    bench->keys     = malloc(bench->num_keys * sizeof(bench->keys[0]));
    bench->values   = aligned_alloc(64, bytes);
    if (bench->keys == NULL || bench->values == NULL)
        return TERN_ERR_NO_MEMORY;
    memset(bench->values, 0, bytes);
    return TERN_OK;
}

tern_status_t bench_prepare(bench_t *bench, const tern_options_t *options)
{
    tern_status_t status;

    bench->width    = (uint32_t)tern_option_int(options, "width");
    bench->num_rows = (uint64_t)tern_option_int(options, "rows");
    bench->batch    = (size_t)tern_option_int(options, "batch");
    bench->dist     = tern_option_string(options, "dist");
    bench->seconds  = tern_option_real(options, "seconds");
    bench->as_json  = tern_option_flag(options, "json");
    status          = create_table(bench, options);
    if (status != TERN_OK || !tern_is_worker(bench->runtime))
        return status;
    status = find_rows(bench);
    if (status == TERN_OK)
        status = allocate(bench);
    if (status == TERN_OK)
        draw_keys(bench, options);
    return status;
}

void bench_release(bench_t *bench)
{
    free(bench->keys);
    free(bench->values);
}
