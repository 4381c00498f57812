/** \file
 * The distribution of negative words: count^0.75, normalised (Mikolov et al., NIPS 2013, section 2.2).
 */
#ifndef W2V_NOISE_H
#define W2V_NOISE_H

#include "random.h"

#include <stddef.h>

#define W2V_NOISE_POWER 0.75

typedef struct w2v_noise w2v_noise_t;

w2v_noise_t *w2v_noise_create(size_t num_words, const double weights[]);
void         w2v_noise_destroy(w2v_noise_t **noise_p);

/* [num_words] weights of words that occur `counts` times; free() them. */
double *w2v_noise_weights(size_t num_words, const uint64_t counts[]);

uint32_t w2v_noise_draw(const w2v_noise_t *noise, w2v_random_t *random);

#endif
