/** \file
 * The worker groups of a run, where there are several: what the workers of each did.
 */
#include "runtime/stats_groups.h"

#include "runtime/units.h"

typedef struct group_sum {
    size_t   num_workers;
    uint64_t pull_keys, push_keys;
    double   seconds, wait_seconds;
} group_sum_t;

static int32_t num_groups(const tern_stats_t *stats)
{
    int32_t num = 0;

    for (size_t i = 0; i < stats->num_ranks; i++)
        if ((stats->ranks[i].roles & TERN_ROLE_WORKER) &&
            stats->ranks[i].worker_group >= num)
            num = stats->ranks[i].worker_group + 1;
    return num;
}

static group_sum_t sum_of(const tern_stats_t *stats, int32_t group)
{
    group_sum_t sum = {0};

    for (size_t i = 0; i < stats->num_ranks; i++) {
        const tern_rank_stats_t *rank = &stats->ranks[i];

        if (!(rank->roles & TERN_ROLE_WORKER) || rank->worker_group != group)
            continue;
        sum.num_workers++;
        sum.pull_keys += rank->counters.pull_keys;
        sum.push_keys += rank->counters.push_keys;
        sum.wait_seconds += rank->phase_seconds[TERN_PHASE_WAIT];
        for (int phase = 0; phase < TERN_NUM_PHASES; phase++)
            sum.seconds += rank->phase_seconds[phase];
    }
    return sum;
}

static double wait_share(const group_sum_t *sum)
{
    return sum->seconds > 0 ? sum->wait_seconds / sum->seconds : 0;
}

void tern_stats_print_groups(const tern_stats_t *stats, FILE *stream)
{
    int32_t num = num_groups(stats);
    char    pulled[TERN_UNITS_BYTES], pushed[TERN_UNITS_BYTES];

    for (int32_t group = 0; num > 1 && group < num; group++) {
        group_sum_t sum = sum_of(stats, group);

        fprintf(stream,
                "  group %-4d %zu workers, %s rows pulled, %s pushed; %.1f %% of their "
                "time waited\n",
                group, sum.num_workers, tern_units_count((double)sum.pull_keys, pulled),
                tern_units_count((double)sum.push_keys, pushed), 100 * wait_share(&sum));
    }
}

void tern_stats_write_groups(tern_json_t *json, const tern_stats_t *stats)
{
    int32_t num = num_groups(stats);

    tern_json_begin_array(json, "groups");
    for (int32_t group = 0; num > 1 && group < num; group++) {
        group_sum_t sum = sum_of(stats, group);

        tern_json_begin_object(json, NULL);
        tern_json_number(json, "group", (double)group);
        tern_json_number(json, "workers", (double)sum.num_workers);
        tern_json_number(json, "pull_keys", (double)sum.pull_keys);
        tern_json_number(json, "push_keys", (double)sum.push_keys);
        tern_json_number(json, "wait_share", wait_share(&sum));
        tern_json_end_object(json);
    }
    tern_json_end_array(json);
}
