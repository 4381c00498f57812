/** \file
 * Word vectors as points on a sphere: what is near is alike.
 */
#ifndef W2V_SPACE_H
#define W2V_SPACE_H

#include "vectors.h"

typedef struct w2v_space {
    size_t             num, dim;
    const app_names_t *names;  /* [num]; borrowed */
    float             *values; /* [num][dim], of length 1; zero vectors are zero */
} w2v_space_t;

/* `vectors` is borrowed. */
void w2v_space_init(w2v_space_t *space, const w2v_vectors_t *vectors);
void w2v_space_fini(w2v_space_t *space);

double w2v_space_cosine(const w2v_space_t *space, uint32_t a, uint32_t b);

/* How many of the first `num_candidates` words are nearer to `point` [dim] than `word` is, those of `except` left out. */
size_t w2v_space_num_nearer(const w2v_space_t *space, const float point[], uint32_t word,
                            size_t num_candidates, size_t num_except,
                            const uint32_t except[]);

typedef struct w2v_neighbour {
    uint32_t word;
    float    cosine;
} w2v_neighbour_t;

/* The `num` words nearest to `word`, the nearest first. Returns how many there are. */
size_t w2v_space_nearest(const w2v_space_t *space, uint32_t word, size_t num,
                         w2v_neighbour_t neighbours[]);

#endif
