#include "history/promises.h"

#include <CUnit/CUnit.h>
#include <limits.h>
#include <mpi.h>

static const struct {
    const char *name, *policy, *locations;
    /* eventual, late PRAM, PRAM, causal, sequential, linearizable; causal across keys. y: kept; n: a history shows that it is not;
     * -: not promised, and not seen broken */
    const char *keeps[NUM_WAYS];
} systems[NUM_SYSTEMS] = {
    [CLASSIC]          = {"classic", "static", "home", {"yyyyyyy", "yyyyyyn"}},
    [LAPSE]            = {"relocate", "relocate", "home", {"yyyyyyy", "yyyyyyn"}},
    [LAPSE_WITH_CACHE] = {"relocate, caches",
                          "relocate",
                          "cache",
                          {"yyyyyyy", "ynnnnnn"}},
    [SSP]              = {"ssp", "ssp", "home", {"yyy-nnn", "yynnnnn"}},
    [ADAPTIVE]         = {"adaptive", "adaptive", "home", {"yyy-nnn", "yynnnnn"}},
    [ESSP]             = {"essp", "essp", "home", {"yyy-nnn", "yynnnnn"}},
};

static const char *const way_names[NUM_WAYS] = {"synchronous", "asynchronous"};

/* Histories judged, and those that broke the promise. */
static unsigned num_judged[NUM_SYSTEMS][NUM_WAYS];
static unsigned num_broken[NUM_SYSTEMS][NUM_WAYS][NUM_PROMISES];

/* The shortest proof of each that was broken. */
static violation_t proofs[NUM_SYSTEMS][NUM_WAYS][NUM_PROMISES];

enum { STALENESS = 4 };

const char *ps_name(ps_t ps)
{
    return systems[ps].name;
}

recorder_t ps_begin(ps_t ps, way_t way, const char *links)
{
    const char *const settings[] = {"roles",     session_all_roles(),   "emulate", links,
                                    "locations", systems[ps].locations, NULL};

    return recorder_begin(&(recorder_setup_t){.policy          = systems[ps].policy,
                                              .settings        = settings,
                                              .is_asynchronous = way == ASYNCHRONOUS,
                                              .staleness       = STALENESS});
}

static bool is_kept(const history_t *history, int promise, violation_t *violation)
{
    return promise == CAUSAL_ACROSS_KEYS
               ? consistency_holds(history, CONSISTENCY_CAUSAL, violation)
               : consistency_holds_per_key(history, (consistency_t)promise, violation);
}

static const char *promise_name(int promise)
{
    return promise == CAUSAL_ACROSS_KEYS ? "causal across keys"
                                         : consistency_names[promise];
}

static void print_proof(ps_t ps, way_t way, int promise, const violation_t *violation)
{
    printf("# %s, %s, is not %s:\n", systems[ps].name, way_names[way],
           promise_name(promise));
    violation_print(violation, "#   ", stdout);
}

/* Fewer operations first, then those that saw less. */
static unsigned length_of(const violation_t *proof)
{
    unsigned length = proof->num_ops > 0 ? 0 : UINT_MAX;

    for (size_t i = 0; i < proof->num_ops; i++)
        length += 1000 + (unsigned)__builtin_popcountll(proof->ops[i].set);
    return length;
}

static void note(ps_t ps, way_t way, int promise, const violation_t *violation)
{
    violation_t *proof       = &proofs[ps][way][promise];
    bool         should_keep = systems[ps].keeps[way][promise] == 'y';

    CU_ASSERT_FALSE(should_keep);
    if (should_keep)
        print_proof(ps, way, promise, violation);
    if (length_of(violation) < length_of(proof))
        *proof = *violation;
}

/* The promises that the history breaks, as a set of bits. */
static unsigned judge(ps_t ps, way_t way, const history_t *history)
{
    unsigned    broken = 0;
    violation_t violation;

    for (int promise = 0; promise < NUM_PROMISES; promise++)
        if (!is_kept(history, promise, &violation)) {
            broken |= 1u << promise;
            note(ps, way, promise, &violation);
        }
    return broken;
}

unsigned promises_judge(ps_t ps, way_t way, recorder_t *recorder)
{
    history_t history = recorder_end(recorder);
    unsigned  broken  = judge(ps, way, &history);

    history_fini(&history);
    MPI_Bcast(&broken, 1, MPI_UNSIGNED, 0, MPI_COMM_WORLD);
    num_judged[ps][way]++;
    for (int promise = 0; promise < NUM_PROMISES; promise++)
        num_broken[ps][way][promise] += broken >> promise & 1;
    return broken;
}

static void print_row(ps_t ps, way_t way)
{
    printf("# | %s | %s |", systems[ps].name, way_names[way]);
    for (int promise = 0; promise < NUM_PROMISES; promise++)
        if (num_broken[ps][way][promise] > 0)
            printf(" broken in %u |", num_broken[ps][way][promise]);
        else
            printf(" kept |");
    printf(" %u |\n", num_judged[ps][way]);
}

static void print_table(void)
{
    printf("# | system | operations |");
    for (int promise = 0; promise < NUM_PROMISES; promise++)
        printf(" %s |", promise_name(promise));
    printf(" histories |\n");
    for (int ps = 0; ps < NUM_SYSTEMS; ps++)
        for (int way = 0; way < NUM_WAYS; way++)
            if (num_judged[ps][way] > 0)
                print_row((ps_t)ps, (way_t)way);
}

/* Of the weakest promise that a system breaks, and across keys. */
static void print_proofs(ps_t ps, way_t way)
{
    bool has_printed = false;

    for (int promise = 0; promise < NUM_PROMISES; promise++) {
        if (proofs[ps][way][promise].num_ops == 0 ||
            (has_printed && promise != CAUSAL_ACROSS_KEYS))
            continue;
        print_proof(ps, way, promise, &proofs[ps][way][promise]);
        has_printed = true;
    }
}

void promises_print(void)
{
    int rank;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank != 0)
        return;
    print_table();
    for (int ps = 0; ps < NUM_SYSTEMS; ps++)
        for (int way = 0; way < NUM_WAYS; way++)
            print_proofs((ps_t)ps, (way_t)way);
}
