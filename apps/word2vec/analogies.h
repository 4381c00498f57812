/** \file
 * Plural analogies: cat is to cats as dog is to ...?
 *
 * Plurals are pairs (w, w + "s") of words of which both are among the first `max_rank`, w has three letters or more and
 * does not end in s. In order of w's rank each pair serves as the example for the next, the last one for the first:
 * with the example (a, as) and the pair (b, bs) the answer is counted right if bs is among the ten words
 * nearest to as - a + b, those of the question left out (vectors are of length 1; candidates are the first `max_rank` words).
 */
#ifndef W2V_ANALOGIES_H
#define W2V_ANALOGIES_H

#include "space.h"

enum { W2V_ANALOGY_MAX_RANK = 10000, W2V_ANALOGY_TOP = 10 };

typedef struct w2v_analogies {
    size_t num_questions;
    double rate; /* of right answers */
} w2v_analogies_t;

w2v_analogies_t w2v_analogies_ask(const w2v_space_t *space, size_t max_rank);

#endif
