#include "model/seed.h"

#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

uint64_t seed_agree(tern_runtime_t *runtime)
{
    const char *given = getenv("TERN_SEED");
    double      seed =
        (double)(tern_random_u64((uint64_t)time(NULL), 0, (uint64_t)getpid()) >> 32);

    if (given)
        seed = (double)strtoull(given, NULL, 10);
    if (tern_worker(runtime) != 0)
        seed = 0;
    CU_ASSERT_EQUAL(tern_sum(runtime, 1, &seed), TERN_OK);
    if (tern_worker(runtime) == 0)
        printf("# seed %.0f (TERN_SEED=%.0f replays it)\n", seed, seed);
    return (uint64_t)seed;
}

uint64_t seed_limit_rounds(uint64_t num_rounds)
{
    const char *given = getenv("MODEL_ROUNDS");
    uint64_t    limit = given ? strtoull(given, NULL, 10) : num_rounds;

    return limit < num_rounds ? limit : num_rounds;
}

uint64_t roll(dice_t *dice, uint64_t bound)
{
    return tern_random_below(dice->seed, dice->stream, dice->counter++, bound);
}
