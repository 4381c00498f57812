#include "fill.h"

#include <stdio.h>

#include "sparse.h"

enum { NUM_SAMPLES = 4096 };

/* Sampled keys that do not read as they were pushed. */
static tern_status_t check_sample(bench_table_t *table, const settings_t *settings,
                                  size_t *num_wrong_p)
{
    static tern_key_t keys[NUM_SAMPLES];
    static float      values[NUM_SAMPLES];
    uint64_t          step = settings->num_rows / NUM_SAMPLES + 1;
    tern_status_t     status;

    for (size_t i = 0; i < NUM_SAMPLES; i++)
        keys[i] = sparse_key(i * step % settings->num_rows);
    status = tern_pull(table->sparse, NUM_SAMPLES, keys, values, NULL);
    for (size_t i = 0; i < NUM_SAMPLES; i++)
        *num_wrong_p += values[i] != 1;
    return status;
}

static tern_status_t measure(tern_runtime_t *runtime, const settings_t *settings)
{
    bench_table_t table     = {.width = 1};
    double        started   = tern_seconds(runtime), seconds;
    uint64_t      num_rows  = 0;
    size_t        num_wrong = 0;
    tern_status_t status    = sparse_create(&table, runtime, settings);

    seconds = tern_seconds(runtime) - started;
    if (status == TERN_OK && tern_is_worker(runtime))
        status = tern_num_rows(table.sparse, tern_table_keys(table.sparse), &num_rows);
    if (status == TERN_OK && tern_is_worker(runtime))
        status = check_sample(&table, settings, &num_wrong);
    if (status == TERN_OK && tern_is_worker(runtime) && tern_worker(runtime) == 0)
        printf("%llu rows of %zu bytes on %d servers in %.1f s: %.0f a second; %zu of %d "
               "sampled rows are wrong\n",
               (unsigned long long)num_rows, tern_table_bytes_per_row(table.sparse),
               tern_num_servers(runtime), seconds, (double)num_rows / seconds, num_wrong,
               NUM_SAMPLES);
    if (status == TERN_OK && tern_is_worker(runtime) &&
        (num_rows != settings->num_rows || num_wrong > 0)) {
        fprintf(stderr, "tern-bench: %llu rows were pushed\n",
                (unsigned long long)settings->num_rows);
        status = TERN_ERR_FORMAT;
    }
    return tern_agree(runtime, status);
}

tern_status_t fill_run(const settings_t *settings, tern_options_t *options)
{
    tern_runtime_t *runtime = NULL;
    tern_status_t   status  = tern_init(MPI_COMM_WORLD, options, &runtime), ended;

    if (status != TERN_OK)
        return status;
    status = measure(runtime, settings);
    ended  = tern_finalize(&runtime);
    return status == TERN_OK ? ended : status;
}
