/** \file
 * Known answers: which entities complete (head, relation, ?) and (?, relation, tail).
 */
#ifndef KGE_KNOWN_H
#define KGE_KNOWN_H

#include "model.h"
#include "triples.h"

typedef struct kge_known kge_known_t;

/* An index of all triples of `num_sets` sets; repetitions count once. */
kge_known_t *kge_known_create(size_t num_sets, const kge_triples_t *const sets[]);
void         kge_known_destroy(kge_known_t **known_p);

/* The known answers to a question, ascending; NULL and 0 if there are none. `entity` is the head if the tail
 * is asked for, else the tail. */
const uint32_t *kge_known_answers(const kge_known_t *known, kge_side_t side,
                                  uint32_t entity, uint32_t relation, size_t *num_p);

#endif
