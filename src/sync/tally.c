#include "sync/tally.h"

static void raise_to(uint64_t *largest_p, uint64_t value)
{
    uint64_t largest = __atomic_load_n(largest_p, __ATOMIC_RELAXED);

    while (value > largest &&
           !__atomic_compare_exchange_n(largest_p, &largest, value, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

static void count(uint64_t bins[], uint64_t *largest_p, uint64_t staleness)
{
    uint64_t last = TERN_STALENESS_BINS - 1;

    __atomic_add_fetch(&bins[staleness < last ? staleness : last], 1, __ATOMIC_RELAXED);
    raise_to(largest_p, staleness);
}

void tern_tally_count(tern_tally_t *tally, uint64_t num_ended)
{
    uint64_t applied = tern_tally_num_applied(tally);

    count(tally->num_pulls, &tally->largest,
          num_ended > applied ? num_ended - applied : 0);
}

void tern_tally_show(tern_tally_t *tally, int worker, uint64_t num_applied)
{
    raise_to(&tally->num_seen[worker], num_applied);
}

void tern_tally_count_step(tern_tally_t *tally, uint64_t staleness)
{
    count(tally->num_steps, &tally->largest_of_steps, staleness);
}

static void add(const uint64_t bins[], const uint64_t *largest_p, uint64_t sums[],
                uint64_t *largest_sum)
{
    uint64_t largest = __atomic_load_n(largest_p, __ATOMIC_RELAXED);

    for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++)
        sums[b] += __atomic_load_n(&bins[b], __ATOMIC_RELAXED);
    if (largest > *largest_sum)
        *largest_sum = largest;
}

void tern_staleness_add(tern_staleness_t *sum, const tern_staleness_t *counts)
{
    for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++) {
        sum->num_pulls[b] += counts->num_pulls[b];
        sum->num_steps[b] += counts->num_steps[b];
    }
    if (counts->largest > sum->largest)
        sum->largest = counts->largest;
    if (counts->largest_of_steps > sum->largest_of_steps)
        sum->largest_of_steps = counts->largest_of_steps;
    if (counts->num_applied > sum->num_applied)
        sum->num_applied = counts->num_applied;
}

void tern_tally_add(const tern_tally_t *tally, tern_staleness_t *sum)
{
    add(tally->num_pulls, &tally->largest, sum->num_pulls, &sum->largest);
    add(tally->num_steps, &tally->largest_of_steps, sum->num_steps,
        &sum->largest_of_steps);
}
