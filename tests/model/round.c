#include "model/round.h"

#include "tern/random.h"

round_t round_of(uint64_t seed, uint64_t number, uint32_t num_workers,
                 uint32_t most_operations)
{
    return (round_t){
        .seed            = seed,
        .number          = number,
        .mode            = tern_random_below(seed, 1, number, NUM_ROUND_MODES),
        .num_workers     = num_workers,
        .most_operations = most_operations,
    };
}

uint32_t round_num_operations(const round_t *round, uint32_t worker)
{
    bool is_idle =
        round->mode == ROUND_TURN && round->number % round->num_workers != worker;

    return is_idle ? 0
                   : (uint32_t)tern_random_below(round->seed, 2 + worker, round->number,
                                                 round->most_operations + 1);
}
