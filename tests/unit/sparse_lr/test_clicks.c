/** \file
 * Made-up clicks are the same however they are cut, follow Zipf's law and hide the planted weights.
 */
#include "sparse_lr/auc.h"
#include "sparse_lr/clicks.h"
#include "support/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const lr_clicks_t clicks = {.seed         = 7,
                                   .num_examples = 4000,
                                   .num_features = 10000,
                                   .num_nonzeros = 20,
                                   .skew         = 1.05,
                                   .planted      = 0.3};

static void parts_make_the_whole(void)
{
    lr_examples_t whole = {0}, parts = {0};

    lr_clicks_make(&clicks, 0, 500, &whole);
    lr_clicks_make(&clicks, 0, 123, &parts);
    lr_clicks_make(&clicks, 123, 500, &parts);
    CU_ASSERT_EQUAL_FATAL(whole.num, 500);
    CU_ASSERT_EQUAL_FATAL(whole.num_entries, parts.num_entries);
    CU_ASSERT_EQUAL(
        memcmp(whole.keys, parts.keys, whole.num_entries * sizeof(*whole.keys)), 0);
    CU_ASSERT_EQUAL(memcmp(whole.labels, parts.labels, whole.num), 0);
    lr_examples_fini(&whole);
    lr_examples_fini(&parts);
}

static int descending(const void *a, const void *b)
{
    return *(const int *)b - *(const int *)a;
}

/* Counts of the k-th popular feature fall as k^-skew. */
static void popularity_is_skewed(void)
{
    lr_examples_t examples = {0};
    int          *counts   = calloc(clicks.num_features, sizeof(int));

    lr_clicks_make(&clicks, 0, clicks.num_examples, &examples);
    for (size_t i = 0; i < examples.num_entries; i++) {
        CU_ASSERT_TRUE_FATAL(examples.keys[i] < clicks.num_features);
        counts[examples.keys[i]]++;
    }
    qsort(counts, clicks.num_features, sizeof(int), descending);
    /* The first is there in nearly every example, once; from the 16th to the 256th, 16^-1.05 = 0.054. */
    CU_ASSERT_TRUE(counts[0] > (int)clicks.num_examples / 2);
    CU_ASSERT_TRUE(counts[255] > 0.035 * counts[15] && counts[255] < 0.09 * counts[15]);
    free(counts);
    lr_examples_fini(&examples);
}

static void planted_weights_predict_the_labels(void)
{
    lr_examples_t examples = {0};
    double       *scores   = calloc(clicks.num_examples, sizeof(double));
    double        auc      = 0;

    lr_clicks_make(&clicks, 0, clicks.num_examples, &examples);
    lr_clicks_score(&clicks, &examples, scores);
    auc = lr_auc(examples.num, scores, examples.labels);
    CU_ASSERT_TRUE(auc > 0.7 && auc < 0.999);
    free(scores);
    lr_examples_fini(&examples);
}

static const fact_t facts[] = {
    FACT(parts_make_the_whole),
    FACT(popularity_is_skewed),
    FACT(planted_weights_predict_the_labels),
};

int main(void)
{
    return facts_run("sparse_lr/clicks", facts, sizeof(facts) / sizeof(facts[0]));
}
