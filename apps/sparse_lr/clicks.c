/** \file
 * Made-up clicks, see clicks.h.
 */
#include "clicks.h"

#include "tern/random.h"

#include <math.h>

/* Streams of random numbers; examples have those from FIRST_EXAMPLE on. */
enum { HAS_WEIGHT = 1, WEIGHT = 2, FIRST_EXAMPLE = 16 };

/* Zipf's law by the inverse of its continuous distribution function, sum of x^-skew from 1 to N + 1; most popular
 * features are spread over the keys by a prime that does not divide N. */
static tern_key_t feature_of(const lr_clicks_t *clicks, double u)
{
    const uint64_t prime = 2654435761u;
    double         end   = (double)clicks->num_features + 1;
    double         power = 1 - clicks->skew;
    double         place =
        fabs(power) < 1e-9 ? pow(end, u) : pow(u * (pow(end, power) - 1) + 1, 1 / power);
    uint64_t rank = (uint64_t)place - 1;

    if (rank >= clicks->num_features)
        rank = clicks->num_features - 1;
    if (clicks->num_features % prime == 0)
        return rank;
    return (tern_key_t)((unsigned __int128)rank * prime % clicks->num_features);
}

double lr_clicks_weight(const lr_clicks_t *clicks, tern_key_t key)
{
    if (tern_random_unit(clicks->seed, HAS_WEIGHT, key) >= clicks->planted)
        return 0;
    return tern_random_normal(clicks->seed, WEIGHT, key);
}

static double margin_of(const lr_clicks_t *clicks, const lr_examples_t *examples,
                        size_t first, size_t end)
{
    double margin = 0;

    for (size_t entry = first; entry < end; entry++)
        margin += lr_clicks_weight(clicks, examples->keys[entry]);
    return margin;
}

static void make(const lr_clicks_t *clicks, size_t number, lr_examples_t *examples)
{
    uint64_t stream = FIRST_EXAMPLE + number;
    double   chance = 0, margin = 0;

    for (size_t i = 0; i < clicks->num_nonzeros; i++)
        lr_examples_add_entry(
            examples, feature_of(clicks, tern_random_unit(clicks->seed, stream, i + 1)),
            1);
    lr_examples_merge_entries(examples);
    margin = margin_of(clicks, examples, lr_examples_first(examples, examples->num),
                       examples->num_entries);
    chance = 1 / (1 + exp(-margin));
    lr_examples_add_label(examples,
                          tern_random_unit(clicks->seed, stream, 0) < chance ? 1 : -1);
}

void lr_clicks_make(const lr_clicks_t *clicks, size_t first, size_t end,
                    lr_examples_t *examples)
{
    for (size_t number = first; number < end; number++)
        make(clicks, number, examples);
}

void lr_clicks_score(const lr_clicks_t *clicks, const lr_examples_t *examples,
                     double scores[])
{
    for (size_t i = 0; i < examples->num; i++)
        scores[i] = margin_of(clicks, examples, lr_examples_first(examples, i),
                              examples->ends[i]);
}
