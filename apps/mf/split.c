/** \file
 * Which ratings are held out, see split.h.
 */
#include "split.h"

#include "tern/random.h"

mf_part_t mf_split_part(const mf_split_t *split, uint32_t row, uint32_t column)
{
    double place = tern_random_unit(split->seed ^ UINT64_C(0x73706c6974), row, column);

    if (place < split->valid_share)
        return MF_VALID;
    return place < split->valid_share + split->test_share ? MF_TEST : MF_TRAIN;
}
