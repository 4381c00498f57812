#include "runtime/staleness.h"

#include "runtime/census.h"
#include "runtime/units.h"
#include "table/tallies.h"

static void own_counts(const tern_table_t *table, void *answer)
{
    *(tern_staleness_t *)answer = tern_table_own_staleness(table);
}

static bool collects(const tern_table_t *table)
{
    return table->policy->collects;
}

/* Servers apply the same steps; ranks that are none have 0. */
static void sum_of(size_t num_ranks, const void *all, void *answer)
{
    const tern_staleness_t *counts = all;
    tern_staleness_t       *sum    = answer;

    *sum = (tern_staleness_t){.largest = 0};
    for (size_t r = 0; r < num_ranks; r++)
        tern_staleness_add(sum, &counts[r]);
}

tern_status_t tern_staleness_gather(tern_runtime_t *runtime, tern_staleness_t sums[])
{
    static const tern_census_t census = {.what      = "the steps of a table",
                                         .own_bytes = sizeof(tern_staleness_t),
                                         .sum_bytes = sizeof(tern_staleness_t),
                                         .concerns  = collects,
                                         .own       = own_counts,
                                         .sum       = sum_of};

    return tern_census_take(runtime, &census, sums);
}

/* How many, and the shares that were so stale. */
static void print_bins(FILE *stream, const char *of_what, const uint64_t bins[])
{
    char     count[TERN_UNITS_BYTES];
    uint64_t num = 0;

    for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++)
        num += bins[b];
    fprintf(stream, "; %s %s", tern_units_count((double)num, count), of_what);
    for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++)
        if (bins[b] > 0)
            fprintf(stream, ", %.1f %% %u%s stale", 100 * (double)bins[b] / (double)num,
                    b, b + 1 < TERN_STALENESS_BINS ? "" : " or more");
}

void tern_staleness_print(const tern_stats_t *stats, FILE *stream)
{
    char steps[TERN_UNITS_BYTES];

    for (size_t t = 0; stats->staleness != NULL && t < stats->num_tables; t++) {
        const tern_staleness_t *staleness = &stats->staleness[t];

        if (staleness->num_applied == 0)
            continue;
        fprintf(stream, "  steps      %s: %s applied", stats->tables[t].name,
                tern_units_count((double)staleness->num_applied, steps));
        print_bins(stream, "pulls", staleness->num_pulls);
        print_bins(stream, "pushing steps", staleness->num_steps);
        fputc('\n', stream);
    }
}

static void write_bins(tern_json_t *json, const char *name, uint64_t largest,
                       const uint64_t bins[])
{
    tern_json_begin_array(json, name);
    for (uint64_t b = 0; b <= largest && b < TERN_STALENESS_BINS; b++)
        tern_json_number(json, NULL, (double)bins[b]);
    tern_json_end_array(json);
}

void tern_staleness_write(tern_json_t *json, const tern_stats_t *stats)
{
    tern_json_begin_array(json, "steps");
    for (size_t t = 0; stats->staleness != NULL && t < stats->num_tables; t++) {
        const tern_staleness_t *staleness = &stats->staleness[t];

        if (staleness->num_applied == 0)
            continue;
        tern_json_begin_object(json, NULL);
        tern_json_text(json, "table", stats->tables[t].name);
        tern_json_number(json, "applied", (double)staleness->num_applied);
        tern_json_number(json, "largest_staleness", (double)staleness->largest);
        write_bins(json, "pulls_by_staleness", staleness->largest, staleness->num_pulls);
        tern_json_number(json, "largest_step_staleness",
                         (double)staleness->largest_of_steps);
        write_bins(json, "steps_by_staleness", staleness->largest_of_steps,
                   staleness->num_steps);
        tern_json_end_object(json);
    }
    tern_json_end_array(json);
}
