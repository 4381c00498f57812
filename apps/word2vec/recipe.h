/** \file
 * What is trained, and how.
 */
#ifndef W2V_RECIPE_H
#define W2V_RECIPE_H

#include <stddef.h>
#include <stdint.h>

typedef struct w2v_recipe {
    size_t dim;
    size_t window;        /* words to each side, at most; each centre draws its own */
    size_t num_negatives; /* per pair */
    double rate;          /* at the start; falls to 1/10000 of it */
    double subsample;     /* t of Mikolov et al.; 0: keep all words */
    int    num_epochs;
    size_t batch_words;    /* centres whose rows are opened together */
    size_t num_ahead;      /* sentences announced before they are trained on */
    size_t num_prefetched; /* batches whose rows are pulled before they are trained on */
    uint64_t
           clock_words; /* words of a worker between two clocks; 0: one clock an epoch */
    double fraction;    /* of the sentences that an epoch trains on */
    double pad_seconds; /* of additional work per word, see pad.h */
    uint64_t seed;
} w2v_recipe_t;

#endif
