/** \file
 * Made-up clicks whose truth is known.
 *
 * Features are as popular as words are (Zipf); a few of them have a weight, and a label is drawn with the
 * probability that logistic regression with these weights gives it. Examples are pure functions of seed and number: any
 * worker makes those of its part, and together they are the same for any number of workers.
 */
#ifndef LR_CLICKS_H
#define LR_CLICKS_H

#include "examples.h"

typedef struct lr_clicks {
    uint64_t seed;
    size_t   num_examples, num_features;
    size_t
        num_nonzeros; /* features drawn for an example; one drawn twice is there once */
    double skew;      /* Zipf's exponent */
    double planted;   /* share of features that have a weight */
} lr_clicks_t;

/* Add the examples first <= number < end. */
void lr_clicks_make(const lr_clicks_t *clicks, size_t first, size_t end,
                    lr_examples_t *examples);

/* The planted weight of a feature. */
double lr_clicks_weight(const lr_clicks_t *clicks, tern_key_t key);

/* Scores by the planted weights: what no training can beat but by luck. `scores` [examples->num]. */
void lr_clicks_score(const lr_clicks_t *clicks, const lr_examples_t *examples,
                     double scores[]);

#endif
