/** \file
 * Sums and spreads over ranks.
 */
#include "runtime/stats.h"

#include <math.h>

tern_role_t tern_phase_role(tern_phase_t phase)
{
    return phase == TERN_PHASE_APPLY || phase == TERN_PHASE_IDLE ? TERN_ROLE_SERVER
                                                                 : TERN_ROLE_WORKER;
}

const char *tern_phase_name(tern_phase_t phase)
{
    static const char *const names[TERN_NUM_PHASES] = {
        [TERN_PHASE_COMPUTE] = "compute", [TERN_PHASE_PULL] = "pull",
        [TERN_PHASE_PUSH] = "push",       [TERN_PHASE_WAIT] = "wait",
        [TERN_PHASE_APPLY] = "apply",     [TERN_PHASE_IDLE] = "idle",
    };

    return names[phase];
}

static void spread_add(tern_spread_t *spread, double value, size_t rank)
{
    if (spread->num_ranks == 0 || value < spread->min) {
        spread->min      = value;
        spread->min_rank = (int)rank;
    }
    if (spread->num_ranks == 0 || value > spread->max) {
        spread->max      = value;
        spread->max_rank = (int)rank;
    }
    spread->num_ranks++;
    spread->sum += value;
    spread->mean = spread->sum / (double)spread->num_ranks;
}

/* Counters are of one type, so that none can be forgotten. */
static void add_counters(tern_counters_t *total, const tern_counters_t *counters)
{
    const uint64_t *from = (const uint64_t *)counters;
    uint64_t       *to   = (uint64_t *)total;

    for (size_t i = 0; i < sizeof(*total) / sizeof(*to); i++)
        to[i] += from[i];
}

static double rank_seconds(const tern_rank_stats_t *rank)
{
    double sum = 0;

    for (int phase = 0; phase < TERN_NUM_PHASES; phase++)
        sum += rank->phase_seconds[phase];
    return sum;
}

static void add_phases(tern_stats_t *stats, size_t rank,
                       double seconds_of_phase_ranks[TERN_NUM_PHASES])
{
    const tern_rank_stats_t *record = &stats->ranks[rank];

    for (int phase = 0; phase < TERN_NUM_PHASES; phase++) {
        if (!(record->roles & tern_phase_role((tern_phase_t)phase)))
            continue;
        spread_add(&stats->phases[phase], record->phase_seconds[phase], rank);
        seconds_of_phase_ranks[phase] += rank_seconds(record);
    }
}

void tern_stats_init(tern_stats_t *stats, size_t num_ranks,
                     const tern_rank_stats_t ranks[], double seconds)
{
    double phase_base[TERN_NUM_PHASES] = {0};

    *stats = (tern_stats_t){.ranks = ranks, .num_ranks = num_ranks, .seconds = seconds};
    for (size_t i = 0; i < num_ranks; i++) {
        stats->num_workers += (ranks[i].roles & TERN_ROLE_WORKER) != 0;
        stats->num_servers += (ranks[i].roles & TERN_ROLE_SERVER) != 0;
        add_counters(&stats->total, &ranks[i].counters);
        add_phases(stats, i, phase_base);
        if (ranks[i].roles & TERN_ROLE_SERVER)
            spread_add(&stats->served, (double)ranks[i].counters.served_keys, i);
    }
    for (int phase = 0; phase < TERN_NUM_PHASES; phase++)
        if (phase_base[phase] > 0)
            stats->phase_share[phase] = stats->phases[phase].sum / phase_base[phase];
    stats->num_keys =
        stats->total.pull_keys + stats->total.push_keys + stats->total.set_keys;
    stats->local_share =
        stats->num_keys ? (double)stats->total.local_keys / (double)stats->num_keys : NAN;
    stats->imbalance = stats->served.sum > 0 ? stats->served.max / stats->served.mean : 1;
}
