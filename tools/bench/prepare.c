/** \file
 * What a run needs before it can measure: who asks whom, a table per width, where its rows are, keys.
 *
 * The remote cases ask for rows of the first `num_servers` servers. A server's keys follow each other,
 * so these are the first keys of the table. Workers whose nodes hold none of them ask; the servers
 * themselves must be workers, too: between Tern's slices they take part in the yardstick's, and during
 * Tern's they wait in a barrier, where they serve.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum { PIECE = 4096 };

/* --- who asks whom --- */

/* First key of server `number`: the first num_rows % S parts have one key more. */
static uint64_t first_key(const bench_t *bench, int number)
{
    uint64_t num   = (uint64_t)number;
    uint64_t parts = (uint64_t)tern_num_servers(bench->runtime);
    uint64_t large = bench->num_rows % parts;

    return num * (bench->num_rows / parts) + (num < large ? num : large);
}

/* This node holds rows of the remote cases. */
static bool is_near(const bench_t *bench)
{
    for (int s = 0; s < bench->num_servers; s++)
        if (tern_is_local(bench->table, first_key(bench, s)))
            return true;
    return false;
}

static void find_parts(bench_t *bench)
{
    bare_member_t self = {.is_server = tern_is_server(bench->runtime),
                          .is_worker = tern_is_worker(bench->runtime),
                          .is_near   = is_near(bench)};

    bench->bare = bare_create(MPI_COMM_WORLD, &self, bench->num_servers);
    if (tern_num_nodes(bench->runtime) == 1)
        bench->obstacles[BENCH_REMOTE] =
            "the job has one node (--node-ranks 1 makes one of every rank)";
    else if (bare_num_answering(bench->bare) < (size_t)bench->num_servers)
        bench->obstacles[BENCH_REMOTE] =
            "a server that answers must be a worker, too, to take part in the yardstick: "
            "--roles scheduler+server+worker,worker,...";
    else if (bare_num_asking(bench->bare) == 0)
        bench->obstacles[BENCH_REMOTE] =
            "no worker is on another node than the rows (--servers says whose)";
}

/* --- table --- */

static tern_status_t create_table(bench_t *bench)
{
    char              name[32];
    tern_table_desc_t desc = {.name  = name,
                              .keys  = {0, bench->num_rows},
                              .width = bench->width,
                              .init  = {TERN_INIT_CONSTANT, 1.0, 0.0},
                              .sync  = TERN_SYNC_ASYNC,
                              .index = bench->is_paged ? TERN_INDEX_PAGED
                                                       : TERN_INDEX_ARITHMETIC};

    snprintf(name, sizeof(name), "bench%u-%u", bench->num_tables++, bench->width);
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

    bench->rows = run;
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
    return TERN_OK;
}

/* Local cases run if every worker has rows. Collective over the workers. */
static tern_status_t check_rows(bench_t *bench)
{
    double        num_without = bench->rows.end == bench->rows.first ? 1.0 : 0.0;
    tern_status_t status      = tern_sum(bench->runtime, 1, &num_without);

    if (num_without > 0.0)
        bench->obstacles[BENCH_LOCAL] = "a worker's node holds no rows";
    return status;
}

/* --- keys and buffers --- */

static tern_status_t draw_keys(bench_t *bench)
{
    size_t        num     = sizes_largest(&bench->batches);
    bool          is_zipf = strcmp(bench->dist, "zipf") == 0;
    key_draw_t    local   = {.first  = bench->rows.first,
                             .end    = bench->rows.end,
                             .skew   = is_zipf ? bench->skew : -1.0,
                             .seed   = bench->seed,
                             .stream = (uint64_t)tern_worker(bench->runtime)};
    key_draw_t    remote  = local;
    tern_status_t status;

    remote.first = 0;
    remote.end   = bare_asks(bench->bare) ? first_key(bench, bench->num_servers) : 0;
    status       = key_stock_fill(&bench->local_keys, &local, num);
    if (status == TERN_OK)
        status = key_stock_fill(&bench->remote_keys, &remote, num);
    return status;
}

static void free_buffers(bench_t *bench)
{
    free(bench->values);
    free(bench->requests);
    free(bench->samples);
}

static tern_status_t allocate_buffers(bench_t *bench)
{
    size_t       batch     = sizes_largest(&bench->batches);
    size_t       row_bytes = bench->width * sizeof(float);
    size_t       bytes     = (bench->inflight * batch * row_bytes + 63) / 64 * 64;
    bare_slice_t largest   = {.num_calls     = 1,
                              .batch         = batch,
                              .inflight      = bench->inflight,
                              .request_bytes = sizeof(uint64_t) + row_bytes,
                              .answer_bytes  = row_bytes};

    free_buffers(bench);
    bench->values   = aligned_alloc(64, bytes);
    bench->requests = calloc(bench->inflight, sizeof(bench->requests[0]));
    bench->samples  = calloc(BENCH_MAX_SAMPLES, sizeof(bench->samples[0]));
    if (bench->values == NULL || bench->requests == NULL || bench->samples == NULL)
        return TERN_ERR_NO_MEMORY;
    memset(bench->values, 0, bytes);
    return bench->obstacles[BENCH_REMOTE] != NULL ? TERN_OK
                                                  : bare_reserve(bench->bare, &largest);
}

/* --- the run --- */

static tern_status_t check_servers(const bench_t *bench)
{
    int num_servers = tern_num_servers(bench->runtime);

    if (bench->num_servers <= num_servers)
        return TERN_OK;
    if (tern_rank(bench->runtime) == 0)
        fprintf(stderr, "tern-bench: --servers %d: the job has %d\n", bench->num_servers,
                num_servers);
    return TERN_ERR_USAGE;
}

static tern_status_t prepare_worker(bench_t *bench)
{
    tern_status_t status = find_rows(bench), summed = check_rows(bench);

    if (status == TERN_OK)
        status = summed;
    if (status == TERN_OK)
        status = draw_keys(bench);
    return status == TERN_OK ? allocate_buffers(bench) : status;
}

tern_status_t bench_set_width(bench_t *bench, uint32_t width)
{
    tern_status_t status = check_servers(bench);

    bench->width = width;
    if (status == TERN_OK)
        status = create_table(bench);
    if (status != TERN_OK)
        return status; /* every rank has the same */
    if (bench->bare == NULL)
        find_parts(bench);
    if (tern_is_worker(bench->runtime))
        status = prepare_worker(bench);
    return tern_agree(bench->runtime, status);
}

tern_status_t bench_close(bench_t *bench)
{
    tern_status_t status =
        tern_agree(bench->runtime, TERN_OK); /* all answer until here */

    bare_destroy(&bench->bare);
    free_buffers(bench);
    key_stock_fini(&bench->local_keys);
    key_stock_fini(&bench->remote_keys);
    return status;
}
