/** \file
 * Pairs of words from WordNet, related ones and random ones, by which word vectors are judged: those of related
 * words should be closer.
 */
#ifndef KGE_WORDNET_PAIRS_H
#define KGE_WORDNET_PAIRS_H

#include "complaint.h"

#include <stddef.h>
#include <stdint.h>

/* What is wanted. */
typedef struct kge_pairs_recipe {
    const char *wordnet; /* folder of the data files */
    const char         *
        vocabulary; /* file: a word a line, the most frequent first; what follows a blank is not read */
    size_t      max_rank; /* only so many words of it */
    const char *output;   /* folder; is created */
    uint64_t    seed;
} kge_pairs_recipe_t;

typedef struct kge_pairs_counts {
    size_t num_words; /* of the vocabulary, read */
    size_t num_synonyms, num_hypernyms;
} kge_pairs_counts_t;

/* Write synonyms.tsv and hypernyms.tsv, lines "left right 1" for related words and, after each of them, "left other 0".
 *
 * Synonyms are words of a synset, hypernyms words of a synset and of one it points to by `@`. The first four letters of a
 * pair differ, so that kept and keeper do not count. The other word of a random pair has a frequency rank within 25 % of
 * right's, and neither relation to left.
 * TERN_ERR_IO or TERN_ERR_FORMAT: the complaint names the file and the line. */
tern_status_t kge_wordnet_pairs_write(const kge_pairs_recipe_t *recipe,
                                      kge_pairs_counts_t       *counts,
                                      app_complaint_t          *complaint);

#endif
