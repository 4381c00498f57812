/** \file
 * Creating a table and finding the rows of the node by borrowing them.
 */
#include "tables.h"

#include <stdio.h>

#include "sparse.h"

enum { PIECE = 4096 };

static tern_status_t create_moving(bench_table_t *table, tern_runtime_t *runtime,
                                   const settings_t *settings)
{
    char              name[32];
    tern_table_desc_t desc = {.name   = name,
                              .keys   = {0, settings->num_rows},
                              .width  = table->width,
                              .init   = {TERN_INIT_CONSTANT, 1.0, 0.0},
                              .sync   = TERN_SYNC_ASYNC,
                              .policy = "relocate"};

    snprintf(name, sizeof(name), "moving-%u", table->width);
    return tern_table_create(runtime, &desc, &table->moving);
}

static tern_status_t create_table(bench_table_t *table, tern_runtime_t *runtime,
                                  const settings_t *settings)
{
    char              name[32];
    tern_table_desc_t desc = {.name  = name,
                              .keys  = {0, settings->num_rows},
                              .width = table->width,
                              .init  = {TERN_INIT_CONSTANT, 1.0, 0.0},
                              .sync  = TERN_SYNC_ASYNC,
                              .index = settings->is_paged ? TERN_INDEX_PAGED
                                                          : TERN_INDEX_ARITHMETIC};

    snprintf(name, sizeof(name), "bench-%u", table->width);
    return tern_table_create(runtime, &desc, &table->table);
}

/* Extend `run` by a row if it continues it; else begin anew, keeping the longest in table->rows. */
static void add_row(bench_table_t *table, raw_rows_t *run, uint64_t key, char *row)
{
    uint64_t num = run->end - run->first;

    if (num == 1 && row != NULL)
        run->stride = (size_t)(row - run->base);
    if (row != NULL && num > 0 && row == run->base + num * run->stride)
        run->end++;
    else
        *run = (raw_rows_t){.base = row, .first = key, .end = key + (row != NULL)};
    if (run->end - run->first > table->rows.end - table->rows.first)
        table->rows = *run;
}

/* Rows of a server follow each other at a constant stride; borrowing tells where. */
static tern_status_t find_rows(bench_table_t *table, uint64_t num_rows)
{
    static tern_borrowed_t lent[PIECE];
    static tern_key_t      keys[PIECE];
    raw_rows_t             run = {.base = NULL};

    for (uint64_t first = 0; first < num_rows; first += PIECE) {
        size_t        num = num_rows - first < PIECE ? (size_t)(num_rows - first) : PIECE;
        tern_status_t status;

        for (size_t i = 0; i < num; i++)
            keys[i] = first + i;
        status = tern_borrow(table->table, num, keys, TERN_BORROW_SHARED, lent, NULL);
        if (status != TERN_OK)
            return status;
        for (size_t i = 0; i < num; i++)
            add_row(table, &run, keys[i], lent[i].value);
        tern_return(table->table, num, TERN_BORROW_SHARED, lent, NULL);
    }
    return TERN_OK;
}

tern_status_t tables_find(tables_t *tables, tern_runtime_t *runtime,
                          const settings_t *settings, uint32_t width,
                          bench_table_t **table_p)
{
    bench_table_t *table = &tables->list[tables->num];
    tern_status_t  status;

    for (size_t t = 0; t < tables->num; t++)
        if (tables->list[t].width == width) {
            *table_p = &tables->list[t];
            return TERN_OK;
        }
    if (tables->num == SIZES_MAX)
        return TERN_ERR_NO_MEMORY;
    *table = (bench_table_t){.width = width};
    status = create_table(table, runtime, settings);
    if (status == TERN_OK && settings->moves_rows)
        status = create_moving(table, runtime, settings);
    if (status == TERN_OK && settings->has_sparse)
        status = sparse_create(table, runtime, settings);
    if (status == TERN_OK && settings->has_sparse && tern_is_worker(runtime))
        status = sparse_fill_plain(table, settings->num_rows);
    if (status == TERN_OK && tern_is_worker(runtime))
        status = find_rows(table, settings->num_rows);
    status = tern_agree(runtime, status);
    if (status != TERN_OK)
        return status;
    tables->num++;
    *table_p = table;
    return TERN_OK;
}

void tables_fini(tables_t *tables)
{
    for (size_t t = 0; t < tables->num; t++)
        plain_fini(&tables->list[t].plain);
}
