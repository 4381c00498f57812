/** \file
 * The figures that a reader compares, in columns; all of them in JSON.
 */
#include "print.h"

static void print_setting(const bench_t *bench, const bench_case_t *chosen)
{
    if (chosen->place != BENCH_WORKERS)
        printf("width %u, rows %llu, ", bench->table->width,
               (unsigned long long)bench->settings->num_rows);
    if (chosen->place != BENCH_WORKERS && bench->skew < 0.0)
        printf("uniform keys, ");
    else if (chosen->place != BENCH_WORKERS)
        printf("Zipf keys of exponent %g, ", bench->skew);
    printf("workers %zu", bench->num_measuring);
    if (chosen->place == BENCH_REMOTE)
        printf(", servers %d of %d, in flight %zu", bench->settings->num_servers,
               tern_num_servers(bench->runtime),
               chosen->is_latency ? 1 : bench->settings->inflight);
    if (chosen->has_rungs)
        printf(", by %s", bench->rung);
    printf("\n");
}

void print_heading(const bench_t *bench, const bench_case_t *chosen)
{
    printf("# Tern %s: ", chosen->name);
    print_setting(bench, chosen);
    if (chosen->place == BENCH_WORKERS)
        printf("%-9s %12s %14s %14s %7s\n", "# workers", "us/call", "calls/s",
               "bare-mpi us", "ratio");
    else if (chosen->is_latency)
        printf("%-9s %10s %12s %12s %14s %14s %7s\n", "# batch", "bytes", "median us",
               "p99 us", "bare-mpi us", "bare p99 us", "ratio");
    else if (chosen->has_no_bytes)
        printf("%-9s %12s %14s %10s\n", "# batch", "us/call", "keys/s", "ns/key");
    else
        printf("%-9s %10s %12s %14s %10s %10s %14s %7s\n", "# batch", "bytes", "us/call",
               "keys/s", "ns/key", "MB/s",
               chosen->place == BENCH_REMOTE ? "bare-mpi MB/s" : "raw MB/s", "ratio");
    fflush(stdout);
}

static void print_together(const bench_result_t *result)
{
    printf("%-9d %12.2f %14.0f %14.2f %7.2f\n", result->tern.num_workers,
           record_call_us(&result->tern), result->tern.calls_per_s,
           record_call_us(&result->yardstick), result->ratio);
}

static void print_latency(const bench_t *bench, const bench_result_t *result)
{
    printf("%-9zu %10.0f %12.2f %12.2f %14.2f %14.2f %7.2f\n", bench->batch,
           record_call_bytes(bench), result->tern.median_us, result->tern.p99_us,
           result->yardstick.median_us, result->yardstick.p99_us, result->ratio);
}

static void print_hints(const bench_t *bench, const bench_result_t *result)
{
    double batch = (double)bench->batch;
    double us    = record_call_us(&result->tern);

    printf("%-9zu %12.2f %14.0f %10.1f\n", bench->batch, us,
           result->tern.calls_per_s * batch, 1e3 * us / batch);
}

static void print_throughput(const bench_t *bench, const bench_case_t *chosen,
                             const bench_result_t *result)
{
    double batch     = (double)bench->batch;
    double us        = record_call_us(&result->tern);
    double megabytes = 1e-6 * record_call_bytes(bench);

    printf("%-9zu %10.0f %12.2f %14.0f %10.1f %10.1f", bench->batch,
           record_call_bytes(bench), us, result->tern.calls_per_s * batch,
           1e3 * us / batch, result->tern.calls_per_s * megabytes);
    if (chosen->yardstick != NULL)
        printf(" %14.1f %7.2f", result->yardstick.calls_per_s * megabytes, result->ratio);
    printf("\n");
}

void print_columns(const bench_t *bench, const bench_case_t *chosen,
                   const bench_result_t *result)
{
    if (chosen->place == BENCH_WORKERS)
        print_together(result);
    else if (chosen->is_latency)
        print_latency(bench, result);
    else if (chosen->has_no_bytes)
        print_hints(bench, result);
    else
        print_throughput(bench, chosen, result);
    fflush(stdout);
}

void print_json(const record_t *record)
{
    for (size_t f = 0; f < record->num; f++) {
        const tern_field_t *field = &record->fields[f];
        const char         *quote = field->text != NULL ? "\"" : "";

        printf("%s\"%s\": %s", f == 0 ? "{" : ", ", field->name, quote);
        record_print_value(stdout, field);
        printf("%s", quote);
    }
    printf("}\n");
    fflush(stdout);
}
