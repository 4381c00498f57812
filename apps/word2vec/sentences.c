/** \file
 * Sentences for training, see sentences.h.
 */
#include "sentences.h"

#include "memory.h"

#include <math.h>

uint32_t *w2v_sentences_chances(const w2v_vocabulary_t *vocabulary, double threshold)
{
    size_t          num    = w2v_vocabulary_size(vocabulary);
    const uint64_t *counts = w2v_vocabulary_counts(vocabulary);
    double          scale  = threshold * (double)w2v_vocabulary_total(vocabulary);
    uint32_t       *keep   = APP_NEW(uint32_t, num);

    for (size_t i = 0; i < num; i++) {
        double ratio  = scale / (double)counts[i];
        double chance = sqrt(ratio) + ratio;

        keep[i] = threshold <= 0 || chance >= 1 ? UINT32_MAX
                                                : (uint32_t)(chance * 4294967296.0);
    }
    return keep;
}

void w2v_sentences_start(w2v_sentences_t *sentences, const w2v_corpus_t *corpus,
                         const uint32_t keep[], const w2v_recipe_t *recipe,
                         uint64_t worker, int epoch)
{
    *sentences = (w2v_sentences_t){
        .corpus   = corpus,
        .keep     = keep,
        .fraction = recipe->fraction,
        .seed     = recipe->seed,
        .worker   = worker,
        .random   = w2v_random_start(recipe->seed ^ 0x5e, worker, (uint64_t)epoch),
    };
}

/* Whether the sentence belongs to the fraction that is trained on. */
static bool is_chosen(const w2v_sentences_t *sentences)
{
    return sentences->fraction >= 1 ||
           tern_random_unit(sentences->seed, sentences->worker, sentences->ordinal) <
               sentences->fraction;
}

static void skip_sentence(w2v_sentences_t *sentences)
{
    const w2v_corpus_t *corpus = sentences->corpus;
    size_t              num    = 0;

    while (sentences->next < corpus->num_items && num < W2V_MAX_SENTENCE &&
           corpus->words[sentences->next++] != W2V_SENTENCE_END)
        num++;
}

/* Words up to the sentence's end or the room's. */
static size_t take_sentence(w2v_sentences_t *sentences, uint32_t words[],
                            uint64_t *num_read)
{
    const w2v_corpus_t *corpus = sentences->corpus;
    size_t              num    = 0;

    for (size_t n = 0; sentences->next < corpus->num_items && n < W2V_MAX_SENTENCE; n++) {
        uint32_t word = corpus->words[sentences->next++];

        if (word == W2V_SENTENCE_END)
            break;
        ++*num_read;
        if ((uint32_t)(w2v_random_next(&sentences->random) >> 32) <=
            sentences->keep[word])
            words[num++] = word;
    }
    return num;
}

size_t w2v_sentences_next(w2v_sentences_t *sentences, uint32_t words[],
                          uint64_t *num_read)
{
    size_t num = 0;

    while (num < 2 && sentences->next < sentences->corpus->num_items) {
        if (is_chosen(sentences))
            num = take_sentence(sentences, words, num_read);
        else
            skip_sentence(sentences);
        sentences->ordinal++;
    }
    return num < 2 ? 0 : num;
}

uint64_t w2v_sentences_count(const w2v_corpus_t *corpus, const w2v_recipe_t *recipe,
                             uint64_t worker)
{
    w2v_sentences_t sentences = {.corpus   = corpus,
                                 .fraction = recipe->fraction,
                                 .seed     = recipe->seed,
                                 .worker   = worker};
    uint64_t        num       = 0;

    if (recipe->fraction >= 1)
        return corpus->num_words;
    while (sentences.next < corpus->num_items) {
        size_t first = sentences.next;

        skip_sentence(&sentences);
        if (is_chosen(&sentences)) {
            num += sentences.next - first;
            num -= corpus->words[sentences.next - 1] == W2V_SENTENCE_END;
        }
        sentences.ordinal++;
    }
    return num;
}
