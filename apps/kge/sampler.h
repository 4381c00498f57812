/** \file
 * Random choices of training: the order of an epoch and the negatives of a batch. Both are pure
 * functions of seed, epoch and position, so that they depend neither on timing nor on the number of workers.
 */
#ifndef KGE_SAMPLER_H
#define KGE_SAMPLER_H

#include "tern/types.h"

#include <stddef.h>
#include <stdint.h>

/* A permutation of 0 .. num - 1 (Fisher and Yates 1938; Durstenfeld 1964). */
void kge_sample_order(uint64_t seed, uint64_t epoch, size_t num, uint32_t order[]);

/* Draws `first` .. first + num - 1 of the epoch's stream of entities, uniform below `num_entities`. */
void kge_sample_entities(uint64_t seed, uint64_t epoch, uint64_t first, size_t num,
                         size_t num_entities, tern_key_t entities[]);

#endif
