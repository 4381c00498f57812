/** \file
 * A worker's corpus as sentences for training: frequent words thinned out, long sentences cut.
 */
#ifndef W2V_SENTENCES_H
#define W2V_SENTENCES_H

#include "corpus.h"
#include "random.h"
#include "recipe.h"

/* As word2vec.c. */
enum { W2V_MAX_SENTENCE = 1000 };

typedef struct w2v_sentences {
    const w2v_corpus_t *corpus;
    const uint32_t
                *keep; /* [vocabulary]: a word stays if 32 random bits are not above it */
    double       fraction;
    uint64_t     seed, worker;
    w2v_random_t random;
    size_t       next;    /* item of the corpus */
    uint64_t     ordinal; /* of the next sentence */
} w2v_sentences_t;

/* Chances to stay, (sqrt(f / t) + 1) t / f for a word of frequency f and threshold t, in units of 2^-32 (the code of
 * word2vec.c; the paper has sqrt(t / f)). free() them. */
uint32_t *w2v_sentences_chances(const w2v_vocabulary_t *vocabulary, double threshold);

/* Start an epoch. What is passed is borrowed. Which sentences a `fraction` < 1 keeps does not depend on the epoch. */
void w2v_sentences_start(w2v_sentences_t *sentences, const w2v_corpus_t *corpus,
                         const uint32_t keep[], const w2v_recipe_t *recipe,
                         uint64_t worker, int epoch);

/* The next sentence with two words or more, into `words` [W2V_MAX_SENTENCE]. Returns how many; 0: the epoch is over.
 * `num_read` is increased by the words of the corpus that went by, whether they stayed or not. */
size_t w2v_sentences_next(w2v_sentences_t *sentences, uint32_t words[],
                          uint64_t *num_read);

/* How many words an epoch over a corpus reads. */
uint64_t w2v_sentences_count(const w2v_corpus_t *corpus, const w2v_recipe_t *recipe,
                             uint64_t worker);

#endif
