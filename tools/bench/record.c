/** \file
 * What is said of a measurement.
 */
#include "record.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

double record_call_bytes(const bench_t *bench)
{
    return (double)bench->batch * bench->table->width * sizeof(float);
}

double record_call_us(const bench_speed_t *speed)
{
    return 1e6 * speed->num_workers / speed->calls_per_s;
}

/* --- fields --- */

static void add_number(record_t *record, const char *name, double number)
{
    assert(record->num < RECORD_MAX_FIELDS);
    record->fields[record->num++] = (tern_field_t){.name = name, .number = number};
}

static void add_text(record_t *record, const char *name, const char *text)
{
    assert(record->num < RECORD_MAX_FIELDS);
    record->fields[record->num++] = (tern_field_t){.name = name, .text = text};
}

static void add_job(record_t *record, const bench_t *bench, const bench_result_t *result)
{
    add_text(record, "case", record->of->name);
    if (bench->sweep != NULL)
        add_text(record, "sweep", bench->sweep);
    add_number(record, "ranks", tern_size(bench->runtime));
    add_number(record, "nodes", tern_num_nodes(bench->runtime));
    add_number(record, "workers", result->tern.num_workers);
}

/* MPI's messaging layer, where the user chose one. */
static const char *transport(void)
{
    const char *layer = getenv("OMPI_MCA_pml");

    return layer != NULL ? layer : "default";
}

static void add_load(record_t *record, const bench_t *bench)
{
    const settings_t *settings = bench->settings;

    add_number(record, "width", bench->table->width);
    add_number(record, "rows", (double)settings->num_rows);
    add_number(record, "batch", (double)bench->batch);
    if (!record->of->has_no_bytes)
        add_number(record, "bytes", record_call_bytes(bench));
    add_text(record, "dist", bench->skew < 0.0 ? "uniform" : "zipf");
    add_number(record, "skew", bench->skew < 0.0 ? 0.0 : bench->skew);
    if (record->of->place != BENCH_REMOTE)
        return;
    add_number(record, "servers", settings->num_servers);
    add_number(record, "inflight",
               record->of->is_latency ? 1.0 : (double)settings->inflight);
    add_text(record, "rung", record->of->has_rungs ? bench->rung : "message");
    add_text(record, "transport", transport());
}

/* Names of a side's figures. */
typedef struct names {
    const char *calls, *keys, *us, *megabytes, *median, *p99;
} names_t;

static const names_t tern_names = {"calls_per_s", "keys_per_s", "us_per_call",
                                   "MB_per_s",    "median_us",  "p99_us"};
static const names_t raw_names  = {"raw_calls_per_s", "raw_keys_per_s", "raw_us_per_call",
                                   "raw_MB_per_s",    "raw_median_us",  "raw_p99_us"};
static const names_t bare_names = {"bare_calls_per_s", "bare_keys_per_s",
                                   "bare_us_per_call", "bare_MB_per_s",
                                   "bare_median_us",   "bare_p99_us"};

static void add_rates(record_t *record, const bench_t *bench, const bench_speed_t *speed,
                      const names_t *names)
{
    add_number(record, names->calls, speed->calls_per_s);
    add_number(record, names->us, record_call_us(speed));
    if (record->of->place != BENCH_WORKERS)
        add_number(record, names->keys, speed->calls_per_s * (double)bench->batch);
    if (record->of->place != BENCH_WORKERS && !record->of->has_no_bytes)
        add_number(record, names->megabytes,
                   1e-6 * speed->calls_per_s * record_call_bytes(bench));
}

/* Joint calls are not all that their workers do in a slice. */
static void add_speed(record_t *record, const bench_t *bench, const bench_speed_t *speed,
                      const names_t *names)
{
    if (!record->of->is_joint)
        add_rates(record, bench, speed, names);
    if (record->of->is_latency) {
        add_number(record, names->median, speed->median_us);
        add_number(record, names->p99, speed->p99_us);
    }
}

static void add_traffic(record_t *record, const bench_result_t *result)
{
    add_number(record, "messages_per_call", result->messages_per_call);
    if (record->of->has_rungs)
        add_number(record, "gets_per_call", result->gets_per_call);
    add_number(record, "bytes_sent_per_call", result->bytes_sent_per_call);
    add_number(record, "bytes_received_per_call", result->bytes_received_per_call);
}

void record_fill(record_t *record, const bench_t *bench, const bench_case_t *of,
                 const bench_result_t *result)
{
    bool is_local = of->place == BENCH_LOCAL;

    *record = (record_t){.of = of};
    add_job(record, bench, result);
    if (of->place != BENCH_WORKERS)
        add_load(record, bench);
    add_speed(record, bench, &result->tern, &tern_names);
    if (is_local)
        add_number(record, "ns_per_key",
                   1e3 * record_call_us(&result->tern) / (double)bench->batch);
    if (!of->is_joint)
        add_traffic(record, result);
    if (of->yardstick == NULL)
        return;
    add_speed(record, bench, &result->yardstick, is_local ? &raw_names : &bare_names);
    add_number(record, is_local ? "ratio_to_raw" : "ratio_to_bare", result->ratio);
}

void record_print_value(FILE *file, const tern_field_t *field)
{
    if (field->text != NULL)
        fputs(field->text, file);
    else if (field->number == floor(field->number) && fabs(field->number) < 1e15)
        fprintf(file, "%.0f", field->number);
    else
        fprintf(file, "%.6g", field->number);
}
