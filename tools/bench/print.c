/** \file
 * What worker 0 prints: columns under a heading as the OSU benchmarks do, or a JSON object per line.
 */
#include <stdio.h>

#include "bench.h"

/* --- columns --- */

void bench_print_heading(const bench_t *bench, const bench_case_t *chosen)
{
    if (bench->as_json)
        return;
    printf("# Tern %s: width %u, %llu rows, %s keys", chosen->name, bench->width,
           (unsigned long long)bench->num_rows, bench->dist);
    if (chosen->place == BENCH_REMOTE)
        printf(", %d of %d servers, %zu asking, %zu in flight", bench->num_servers,
               tern_num_servers(bench->runtime), bare_num_asking(bench->bare),
               chosen->is_latency ? 1 : bench->inflight);
    if (chosen->is_latency)
        printf("\n%-9s %10s %12s %12s %14s %14s %7s\n", "# batch", "bytes", "median us",
               "p99 us", "bare-mpi us", "bare p99 us", "ratio");
    else
        printf("\n%-9s %10s %12s %14s %10s %10s %14s %7s\n", "# batch", "bytes",
               "us/call", "keys/s", "ns/key", "MB/s",
               chosen->place == BENCH_REMOTE ? "bare-mpi MB/s" : "raw MB/s", "ratio");
    fflush(stdout);
}

/* Payload of a call: the values alone. */
static double call_bytes(const bench_t *bench)
{
    return (double)bench->batch * bench->width * sizeof(float);
}

/* Time per call as one worker sees it. */
static double call_us(const bench_speed_t *speed)
{
    return 1e6 * speed->num_workers / speed->calls_per_s;
}

static void print_columns(const bench_t *bench, const bench_case_t *chosen,
                          const bench_result_t *result)
{
    const bench_speed_t *tern = &result->tern, *yardstick = &result->yardstick;
    double               batch = (double)bench->batch;

    printf("%-9zu %10.0f ", bench->batch, call_bytes(bench));
    if (chosen->is_latency)
        printf("%12.2f %12.2f %14.2f %14.2f %7.2f\n", tern->median_us, tern->p99_us,
               yardstick->median_us, yardstick->p99_us, result->ratio);
    else
        printf("%12.2f %14.0f %10.1f %10.1f", call_us(tern), tern->calls_per_s * batch,
               1e3 * call_us(tern) / batch, 1e-6 * tern->calls_per_s * call_bytes(bench));
    if (!chosen->is_latency && chosen->yardstick != NULL)
        printf(" %14.1f %7.2f", 1e-6 * yardstick->calls_per_s * call_bytes(bench),
               result->ratio);
    if (!chosen->is_latency)
        printf("\n");
}

/* --- JSON --- */

static void print_speed(const bench_t *bench, const char *prefix,
                        const bench_speed_t *speed)
{
    double keys_per_s = speed->calls_per_s * (double)bench->batch;

    printf(", \"%skeys_per_s\": %.6g, \"%sus_per_call\": %.5g, \"%sMB_per_s\": %.6g",
           prefix, keys_per_s, prefix, call_us(speed), prefix,
           1e-6 * speed->calls_per_s * call_bytes(bench));
    if (speed->median_us > 0.0)
        printf(", \"%smedian_us\": %.5g, \"%sp99_us\": %.5g", prefix, speed->median_us,
               prefix, speed->p99_us);
}

static void print_json(const bench_t *bench, const bench_case_t *chosen,
                       const bench_result_t *result)
{
    bool is_remote = chosen->place == BENCH_REMOTE;

    printf("{\"case\": \"%s\", \"width\": %u, \"rows\": %llu, \"batch\": %zu, "
           "\"dist\": \"%s\", \"ranks\": %d, \"workers\": %d, \"ns_per_key\": %.4g",
           chosen->name, bench->width, (unsigned long long)bench->num_rows, bench->batch,
           bench->dist, tern_size(bench->runtime), result->tern.num_workers,
           1e3 * call_us(&result->tern) / (double)bench->batch);
    print_speed(bench, "", &result->tern);
    if (is_remote)
        printf(", \"servers\": %d, \"inflight\": %zu, \"rung\": \"message\"",
               bench->num_servers, chosen->is_latency ? 1 : bench->inflight);
    printf(", \"messages_per_call\": %.6g, \"bytes_sent_per_call\": %.8g, "
           "\"bytes_received_per_call\": %.8g",
           result->messages_per_call, result->bytes_sent_per_call,
           result->bytes_received_per_call);
    if (chosen->yardstick != NULL) {
        print_speed(bench, is_remote ? "bare_" : "raw_", &result->yardstick);
        printf(", \"ratio_to_%s\": %.4f", is_remote ? "bare" : "raw", result->ratio);
    }
    printf("}\n");
}

void bench_print_line(const bench_t *bench, const bench_case_t *chosen,
                      const bench_result_t *result)
{
    if (bench->as_json)
        print_json(bench, chosen, result);
    else
        print_columns(bench, chosen, result);
    fflush(stdout);
}
