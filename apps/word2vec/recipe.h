/** \file
 * What is trained, and how.
 */
#ifndef W2V_RECIPE_H
#define W2V_RECIPE_H

#include <stddef.h>
#include <stdint.h>

/* Where negatives come from, see negatives.h. */
typedef enum w2v_negatives_from {
    W2V_NEGATIVES_ALL       = 0,
    W2V_NEGATIVES_LOCALIZED = 1,
    W2V_NEGATIVES_POOL      = 2,
    W2V_NEGATIVES_LOCAL     = 3,
} w2v_negatives_from_t;

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
    w2v_negatives_from_t negatives_from;
    size_t               negative_list; /* drawn ahead, where negatives are */
    double               fraction;      /* of the sentences that an epoch trains on */
    double               pad_us;        /* additional work for each centre */
    uint64_t             seed;
} w2v_recipe_t;

#endif
