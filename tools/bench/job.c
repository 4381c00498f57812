/** \file
 * The remote cases ask for rows of the first `num_servers` servers. A server's keys follow each other,
 * so these are the first keys of the table. Workers whose nodes hold none of them ask; the servers
 * themselves must be workers, too: between Tern's slices they take part in the yardstick's, and during
 * Tern's they wait in a barrier, where they serve.
 */
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sparse.h"

/* Stocks have a largest batch at least; local ones also more keys than caches. */
enum { LOCAL_KEYS = 2 * SETTINGS_MAX_BATCH, REMOTE_KEYS = SETTINGS_MAX_BATCH };

/* --- who asks whom --- */

/* First key of server `number`: the first num_rows % S parts have one key more. */
static uint64_t first_key(const bench_t *bench, int number)
{
    uint64_t num   = (uint64_t)number;
    uint64_t parts = (uint64_t)tern_num_servers(bench->runtime);
    uint64_t large = bench->settings->num_rows % parts;

    return num * (bench->settings->num_rows / parts) + (num < large ? num : large);
}

/* This node holds rows of the remote cases. */
static bool is_near(const bench_t *bench)
{
    for (int s = 0; s < bench->settings->num_servers; s++)
        if (tern_is_local(bench->table->table, first_key(bench, s)))
            return true;
    return false;
}

static void find_parts(bench_t *bench)
{
    int           num_servers = bench->settings->num_servers;
    bare_member_t self        = {.is_server = tern_is_server(bench->runtime),
                                 .is_worker = tern_is_worker(bench->runtime),
                                 .is_near   = is_near(bench)};

    bench->bare = bare_create(MPI_COMM_WORLD, &self, num_servers);
    if (tern_num_nodes(bench->runtime) == 1)
        bench->obstacles[BENCH_REMOTE] =
            "the job has one node (--node-ranks 1 makes one of every rank)";
    else if (bare_num_answering(bench->bare) < (size_t)num_servers)
        bench->obstacles[BENCH_REMOTE] =
            "a server that answers must be a worker, too, to take part in the yardstick: "
            "--roles scheduler+server+worker,worker,...";
    else if (bare_num_able(bench->bare) == 0)
        bench->obstacles[BENCH_REMOTE] =
            "no worker is on another node than the rows (--servers says whose)";
}

/* Local cases run if every worker has rows. Collective over the workers. */
static tern_status_t check_rows(bench_t *bench)
{
    const raw_rows_t *rows        = &bench->table->rows;
    double            num_without = rows->end == rows->first ? 1.0 : 0.0;
    tern_status_t     status      = tern_sum(bench->runtime, 1, &num_without);

    if (num_without > 0.0)
        bench->obstacles[BENCH_LOCAL] = "a worker's node holds no rows";
    return status;
}

size_t job_num_able(const bench_t *bench, bench_place_t place)
{
    return place == BENCH_REMOTE ? bare_num_able(bench->bare)
                                 : (size_t)tern_num_workers(bench->runtime);
}

void job_set_measuring(bench_t *bench, size_t num)
{
    bench->num_measuring = num;
    bare_set_asking(bench->bare, num);
}

/* --- buffers and keys --- */

static void free_buffers(bench_t *bench)
{
    free(bench->values);
    free(bench->deltas);
    free(bench->keys);
    free(bench->requests);
    free(bench->samples);
    bench->values   = NULL;
    bench->deltas   = NULL;
    bench->keys     = NULL;
    bench->requests = NULL;
    bench->samples  = NULL;
}

static tern_status_t allocate_buffers(bench_t *bench, size_t batch)
{
    size_t       inflight  = bench->settings->inflight;
    size_t       row_bytes = bench->table->width * sizeof(float);
    size_t       bytes     = (inflight * batch * row_bytes + 63) / 64 * 64;
    size_t       least     = BENCH_LONG_MESSAGE / row_bytes + 1;
    bare_slice_t largest   = {.batch         = batch > least ? batch : least,
                              .inflight      = inflight,
                              .request_bytes = sizeof(uint64_t) + row_bytes,
                              .answer_bytes  = sizeof(uint64_t) + row_bytes};

    free_buffers(bench);
    bench->values   = aligned_alloc(64, bytes);
    bench->deltas   = malloc(batch * row_bytes);
    bench->keys     = malloc(batch * sizeof(bench->keys[0]));
    bench->requests = calloc(inflight, sizeof(bench->requests[0]));
    bench->samples  = calloc(BENCH_MAX_SAMPLES, sizeof(bench->samples[0]));
    if (bench->values == NULL || bench->deltas == NULL || bench->keys == NULL ||
        bench->requests == NULL || bench->samples == NULL)
        return TERN_ERR_NO_MEMORY;
    memset(bench->values, 0, bytes);
    for (size_t i = 0; i < batch * bench->table->width; i++)
        bench->deltas[i] = 1e-3f; /* zeros would be one page for all, in cache */
    if (bench->obstacles[BENCH_REMOTE] != NULL)
        return TERN_OK;
    return bare_reserve(bench->bare, &largest);
}

tern_status_t job_set_skew(bench_t *bench, double skew)
{
    const raw_rows_t *rows   = &bench->table->rows;
    key_draw_t        local  = {.first  = rows->first,
                                .end    = rows->end,
                                .skew   = skew,
                                .seed   = bench->settings->seed,
                                .stream = (uint64_t)tern_worker(bench->runtime),
                                .num    = LOCAL_KEYS};
    key_draw_t        remote = local;
    tern_status_t     status;

    remote.first = 0;
    remote.end =
        bare_asks(bench->bare) ? first_key(bench, bench->settings->num_servers) : 0;
    remote.num  = REMOTE_KEYS;
    bench->walk = key_walk(first_key(bench, bench->settings->num_servers));
    bench->skew = skew;
    status      = key_stock_fill(&bench->local_keys, &local);
    if (status == TERN_OK)
        status = key_stock_fill(&bench->remote_keys, &remote);
    return status == TERN_OK ? sparse_fill_keys(bench) : status;
}

/* --- the job --- */

static tern_status_t check_servers(const bench_t *bench)
{
    int num_servers = tern_num_servers(bench->runtime);

    if (bench->settings->num_servers <= num_servers)
        return TERN_OK;
    if (tern_rank(bench->runtime) == 0)
        fprintf(stderr, "tern-bench: --servers %d: the job has %d\n",
                bench->settings->num_servers, num_servers);
    return TERN_ERR_USAGE;
}

static void note_rung(const char *name, const char *value, void *context)
{
    bench_t *bench = context;

    if (strcmp(name, "pulls") == 0)
        bench->rung = strstr(value, "window") != NULL ? "window" : "message";
}

tern_status_t job_open(bench_t *bench, const settings_t *settings,
                       tern_options_t *options, const char *rung)
{
    tern_status_t status = TERN_OK;

    bench->settings = settings;
    if (rung != NULL)
        status = tern_options_set(options, "pull", rung);
    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, options, &bench->runtime);
    if (status != TERN_OK)
        return status;
    tern_info_probe(bench->runtime, note_rung, bench);
    return check_servers(bench);
}

tern_status_t job_set_width(bench_t *bench, uint32_t width, const sizes_t *batches)
{
    tern_status_t status = tables_find(&bench->tables, bench->runtime, bench->settings,
                                       width, &bench->table);

    if (status != TERN_OK)
        return status; /* every rank has the same */
    if (bench->bare == NULL)
        find_parts(bench);
    if (tern_is_worker(bench->runtime)) {
        tern_status_t checked = check_rows(bench);

        status = allocate_buffers(bench, sizes_largest(batches));
        if (status != TERN_OK)
            fprintf(stderr,
                    "tern-bench: no memory for --inflight %zu batches of %zu rows\n",
                    bench->settings->inflight, sizes_largest(batches));
        else
            status = checked;
    }
    return tern_agree(bench->runtime, status);
}

tern_status_t job_close(bench_t *bench, tern_status_t status)
{
    tern_status_t ended;

    if (bench->runtime == NULL)
        return status;
    status = tern_agree(bench->runtime, status); /* all answer until here */
    bare_destroy(&bench->bare);
    free_buffers(bench);
    key_stock_fini(&bench->local_keys);
    key_stock_fini(&bench->remote_keys);
    key_stock_fini(&bench->sparse_keys);
    tables_fini(&bench->tables);
    ended = tern_finalize(&bench->runtime);
    return status == TERN_OK ? ended : status;
}
