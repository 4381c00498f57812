/** \file
 * The vocabulary: words that are frequent enough, numbered by falling count (ties by text), so that a word's number
 * is its frequency rank. The number is the key of its rows.
 */
#ifndef W2V_VOCABULARY_H
#define W2V_VOCABULARY_H

#include "complaint.h"
#include "names.h"
#include "tern/types.h"

typedef struct w2v_vocabulary w2v_vocabulary_t;

/* A word that was counted. */
typedef struct w2v_counted {
    const char *text; /* copied */
    uint64_t    count;
} w2v_counted_t;

/* Keep the words that occur at least `min_count` times, the most frequent `max_words` of them (0: all). Sorts `words`. */
w2v_vocabulary_t *w2v_vocabulary_create(size_t num_words, w2v_counted_t words[],
                                        uint64_t min_count, size_t max_words);
void              w2v_vocabulary_destroy(w2v_vocabulary_t **vocabulary_p);

size_t             w2v_vocabulary_size(const w2v_vocabulary_t *vocabulary);
const char        *w2v_vocabulary_text(const w2v_vocabulary_t *vocabulary, uint32_t word);
const app_names_t *w2v_vocabulary_names(const w2v_vocabulary_t *vocabulary);
const uint64_t    *w2v_vocabulary_counts(const w2v_vocabulary_t *vocabulary);
/* Sum of the counts. */
uint64_t w2v_vocabulary_total(const w2v_vocabulary_t *vocabulary);
/* False if the word is not in it. */
bool w2v_vocabulary_find(const w2v_vocabulary_t *vocabulary, const char *text,
                         uint32_t *word_p);

/* Lines "word count" in order. TERN_ERR_IO: the complaint names the file. */
tern_status_t w2v_vocabulary_save(const w2v_vocabulary_t *vocabulary, const char *path,
                                  app_complaint_t *complaint);

#endif
