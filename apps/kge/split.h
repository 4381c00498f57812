/** \file
 * Which part of the data a triple belongs to: a pure function of the seed and of the names, so that
 * the split depends neither on the order of the input nor on the machine.
 *
 * Random splits of knowledge graphs leak: where (a, hypernym, b) is in train, (b, hyponym, a) in test is
 * given away. The *pair* split hashes the unordered pair {head, tail}, so that all triples between two
 * entities fall into the same part; the *triple* split hashes the triple, as the literature's random
 * splits do.
 */
#ifndef KGE_SPLIT_H
#define KGE_SPLIT_H

#include <stdint.h>

typedef enum kge_split {
    KGE_SPLIT_PAIR   = 0,
    KGE_SPLIT_TRIPLE = 1,
} kge_split_t;

typedef enum kge_part {
    KGE_TRAIN     = 0,
    KGE_VALID     = 1,
    KGE_TEST      = 2,
    KGE_NUM_PARTS = 3,
} kge_part_t;

/* "train", "valid", "test". */
extern const char *const kge_part_names[KGE_NUM_PARTS];

/* Hash modulo 100: 0-2 valid, 3-5 test, the rest train. */
kge_part_t kge_split_part(kge_split_t split, uint64_t seed, const char *head,
                          const char *relation, const char *tail);

#endif
