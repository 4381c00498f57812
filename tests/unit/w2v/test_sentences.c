/** \file
 * Thinning out, cutting, sampling of sentences; drawing negatives.
 */
#include "common/memory.h"
#include "support/facts.h"
#include "word2vec/noise.h"
#include "word2vec/sentences.h"

#include <math.h>
#include <stdlib.h>

/* Two words, the first nine times as frequent; a sentence has ten words. */
enum { SENTENCE = 10, NUM_SENTENCES = 20000 };

static w2v_corpus_t make_corpus(void)
{
    w2v_corpus_t corpus = {.num_items = NUM_SENTENCES * (SENTENCE + 1),
                           .num_words = NUM_SENTENCES * SENTENCE};

    corpus.words = APP_NEW(uint32_t, corpus.num_items);
    for (size_t i = 0; i < corpus.num_items; i++) {
        size_t at = i % (SENTENCE + 1);

        corpus.words[i] = at == SENTENCE ? W2V_SENTENCE_END : at == SENTENCE - 1;
    }
    return corpus;
}

static w2v_vocabulary_t *make_vocabulary(void)
{
    w2v_counted_t words[] = {{"often", 9 * NUM_SENTENCES}, {"seldom", NUM_SENTENCES}};

    return w2v_vocabulary_create(2, words, 1, 0);
}

typedef struct census {
    double   num[2]; /* of each word */
    uint64_t num_read;
    size_t   num_sentences, longest;
} census_t;

static census_t take_census(const w2v_corpus_t *corpus, const uint32_t keep[],
                            double fraction)
{
    const w2v_recipe_t recipe = {.fraction = fraction, .seed = 5};
    w2v_sentences_t    sentences;
    uint32_t           words[W2V_MAX_SENTENCE];
    census_t           census = {{0}, 0, 0, 0};
    size_t             num    = 0;

    w2v_sentences_start(&sentences, corpus, keep, &recipe, 0, 1);
    while ((num = w2v_sentences_next(&sentences, words, &census.num_read)) > 0) {
        census.num_sentences++;
        census.longest = num > census.longest ? num : census.longest;
        for (size_t i = 0; i < num; i++)
            census.num[words[i]]++;
    }
    CU_ASSERT_EQUAL(census.num_read, w2v_sentences_count(corpus, &recipe, 0));
    return census;
}

static void frequent_words_stay_by_the_formula(void)
{
    w2v_corpus_t      corpus     = make_corpus();
    w2v_vocabulary_t *vocabulary = make_vocabulary();
    double            threshold  = 0.1;
    uint32_t         *keep       = w2v_sentences_chances(vocabulary, threshold);
    census_t          census     = take_census(&corpus, keep, 1);
    double            ratio      = threshold / 0.9;
    double            expected   = 9 * NUM_SENTENCES * (sqrt(ratio) + ratio);

    CU_ASSERT(fabs(census.num[0] - expected) < 5 * sqrt(expected));
    CU_ASSERT_EQUAL(census.num_read, corpus.num_words);
    free(keep);
    w2v_corpus_fini(&corpus);
    w2v_vocabulary_destroy(&vocabulary);
}

static void without_a_threshold_all_words_stay(void)
{
    w2v_corpus_t      corpus     = make_corpus();
    w2v_vocabulary_t *vocabulary = make_vocabulary();
    uint32_t         *keep       = w2v_sentences_chances(vocabulary, 0);
    census_t          census     = take_census(&corpus, keep, 1);

    CU_ASSERT_EQUAL(census.num[0] + census.num[1], (double)corpus.num_words);
    CU_ASSERT_EQUAL(census.num_sentences, NUM_SENTENCES);
    free(keep);
    w2v_corpus_fini(&corpus);
    w2v_vocabulary_destroy(&vocabulary);
}

static void a_fraction_of_the_sentences_is_kept_whole(void)
{
    w2v_corpus_t      corpus     = make_corpus();
    w2v_vocabulary_t *vocabulary = make_vocabulary();
    uint32_t         *keep       = w2v_sentences_chances(vocabulary, 0);
    census_t          census     = take_census(&corpus, keep, 0.25);

    CU_ASSERT(fabs((double)census.num_sentences - 0.25 * NUM_SENTENCES) <
              5 * sqrt(0.25 * NUM_SENTENCES));
    CU_ASSERT_EQUAL(census.num[1], (double)census.num_sentences);
    free(keep);
    w2v_corpus_fini(&corpus);
    w2v_vocabulary_destroy(&vocabulary);
}

static void long_sentences_are_cut(void)
{
    w2v_vocabulary_t *vocabulary = make_vocabulary();
    uint32_t         *keep       = w2v_sentences_chances(vocabulary, 0);
    w2v_corpus_t      corpus     = {.num_items = 2 * W2V_MAX_SENTENCE + 7,
                                    .num_words = 2 * W2V_MAX_SENTENCE + 7};
    census_t          census;

    corpus.words = APP_NEW(uint32_t, corpus.num_items);
    census       = take_census(&corpus, keep, 1);
    CU_ASSERT_EQUAL(census.num_sentences, 3);
    CU_ASSERT_EQUAL(census.longest, W2V_MAX_SENTENCE);
    CU_ASSERT_EQUAL(census.num[0], 2 * W2V_MAX_SENTENCE + 7);
    free(keep);
    w2v_corpus_fini(&corpus);
    w2v_vocabulary_destroy(&vocabulary);
}

/* Chi-square over 50 words: 49 degrees of freedom, above 100 with a chance of 2e-5. */
static void negatives_have_the_distribution(void)
{
    enum { NUM_WORDS = 50, NUM_DRAWS = 500000 };
    uint64_t     counts[NUM_WORDS];
    double       drawn[NUM_WORDS] = {0};
    double       sum = 0, chi_square = 0;
    w2v_random_t random = w2v_random_start(11, 0, 0);
    double      *weights;
    w2v_noise_t *noise;

    for (uint64_t i = 0; i < NUM_WORDS; i++)
        counts[i] = 100000 / (i + 1);
    weights = w2v_noise_weights(NUM_WORDS, counts);
    noise   = w2v_noise_create(NUM_WORDS, weights);
    for (int i = 0; i < NUM_WORDS; i++)
        sum += pow((double)counts[i], 0.75);
    for (int n = 0; n < NUM_DRAWS; n++)
        drawn[w2v_noise_draw(noise, &random)]++;
    for (int i = 0; i < NUM_WORDS; i++) {
        double expected = NUM_DRAWS * pow((double)counts[i], 0.75) / sum;

        chi_square += (drawn[i] - expected) * (drawn[i] - expected) / expected;
    }
    CU_ASSERT(chi_square < 100);
    free(weights);
    w2v_noise_destroy(&noise);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(frequent_words_stay_by_the_formula),
        FACT(without_a_threshold_all_words_stay),
        FACT(a_fraction_of_the_sentences_is_kept_whole),
        FACT(long_sentences_are_cut),
        FACT(negatives_have_the_distribution),
    };

    return facts_run("w2v/sentences", facts, sizeof(facts) / sizeof(facts[0]));
}
