#include "runtime/staleness.h"

#include "runtime/census.h"
#include "runtime/units.h"

/* Of this rank's server; all zero where it is none. */
static void own_counts(const tern_table_t *table, void *answer)
{
    tern_staleness_t *counts = answer;
    tern_tally_t     *tally;

    *counts = (tern_staleness_t){.largest = 0};
    if (table->shard == NULL || table->tallies == NULL)
        return;
    tally = table->tallies[tern_shard_segment(table->shard)];
    tern_tally_add(tally, counts);
    counts->num_applied = tern_tally_num_applied(tally);
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
    for (size_t r = 0; r < num_ranks; r++) {
        for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++)
            sum->num_pulls[b] += counts[r].num_pulls[b];
        if (counts[r].largest > sum->largest)
            sum->largest = counts[r].largest;
        if (counts[r].num_applied > sum->num_applied)
            sum->num_applied = counts[r].num_applied;
    }
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

static uint64_t num_pulls(const tern_staleness_t *staleness)
{
    uint64_t num = 0;

    for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++)
        num += staleness->num_pulls[b];
    return num;
}

void tern_staleness_print(const tern_stats_t *stats, FILE *stream)
{
    char steps[TERN_UNITS_BYTES], pulls[TERN_UNITS_BYTES];

    for (size_t t = 0; stats->staleness != NULL && t < stats->num_tables; t++) {
        const tern_staleness_t *staleness = &stats->staleness[t];
        uint64_t                num       = num_pulls(staleness);

        if (staleness->num_applied == 0)
            continue;
        fprintf(stream, "  steps      %s: %s applied; %s pulls", stats->tables[t].name,
                tern_units_count((double)staleness->num_applied, steps),
                tern_units_count((double)num, pulls));
        for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++)
            if (staleness->num_pulls[b] > 0)
                fprintf(stream, ", %.1f %% %u%s stale",
                        100 * (double)staleness->num_pulls[b] / (double)num, b,
                        b + 1 < TERN_STALENESS_BINS ? "" : " or more");
        fputc('\n', stream);
    }
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
        tern_json_begin_array(json, "pulls_by_staleness");
        for (uint64_t b = 0; b <= staleness->largest && b < TERN_STALENESS_BINS; b++)
            tern_json_number(json, NULL, (double)staleness->num_pulls[b]);
        tern_json_end_array(json);
        tern_json_end_object(json);
    }
    tern_json_end_array(json);
}
