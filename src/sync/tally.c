#include "sync/tally.h"

void tern_tally_count(tern_tally_t *tally, uint64_t num_ended)
{
    uint64_t applied   = tern_tally_num_applied(tally);
    uint64_t staleness = num_ended > applied ? num_ended - applied : 0;
    uint64_t last      = TERN_STALENESS_BINS - 1;
    uint64_t largest   = __atomic_load_n(&tally->largest, __ATOMIC_RELAXED);

    __atomic_add_fetch(&tally->num_pulls[staleness < last ? staleness : last], 1,
                       __ATOMIC_RELAXED);
    while (staleness > largest &&
           !__atomic_compare_exchange_n(&tally->largest, &largest, staleness, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

void tern_tally_add(const tern_tally_t *tally, tern_staleness_t *sum)
{
    uint64_t largest = __atomic_load_n(&tally->largest, __ATOMIC_RELAXED);

    for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++)
        sum->num_pulls[b] += __atomic_load_n(&tally->num_pulls[b], __ATOMIC_RELAXED);
    if (largest > sum->largest)
        sum->largest = largest;
}
