/** \file
 * Which ratings are held out: decided by a hash of row and column alone, so that it does not depend on the
 * order of a file or on who generates what, and an entry that a file has twice falls on one side.
 */
#ifndef MF_SPLIT_H
#define MF_SPLIT_H

#include <stdint.h>

typedef enum mf_part { MF_TRAIN, MF_VALID, MF_TEST, MF_NUM_PARTS } mf_part_t;

typedef struct mf_split {
    double   valid_share, test_share;
    uint64_t seed;
} mf_split_t;

mf_part_t mf_split_part(const mf_split_t *split, uint32_t row, uint32_t column);

#endif
