/** \file
 * The vocabulary, see vocabulary.h.
 */
#include "vocabulary.h"

#include "memory.h"
#include "whole_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct w2v_vocabulary {
    app_names_t *names; /* numbered by rank */
    uint64_t    *counts;
    uint64_t     total;
};

static int compare_words(const void *a, const void *b)
{
    const w2v_counted_t *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

w2v_vocabulary_t *w2v_vocabulary_create(size_t num_words, w2v_counted_t words[],
                                        uint64_t min_count, size_t max_words)
{
    w2v_vocabulary_t *vocabulary = APP_NEW(w2v_vocabulary_t, 1);

    qsort(words, num_words, sizeof(words[0]), compare_words);
    if (max_words > 0 && num_words > max_words)
        num_words = max_words;
    while (num_words > 0 && words[num_words - 1].count < min_count)
        num_words--;
    vocabulary->names  = app_names_create();
    vocabulary->counts = APP_NEW(uint64_t, num_words);
    for (size_t i = 0; i < num_words; i++) {
        app_names_add(vocabulary->names, words[i].text);
        vocabulary->counts[i] = words[i].count;
        vocabulary->total += words[i].count;
    }
    return vocabulary;
}

void w2v_vocabulary_destroy(w2v_vocabulary_t **vocabulary_p)
{
    w2v_vocabulary_t *vocabulary = *vocabulary_p;

    if (vocabulary == NULL)
        return;
    app_names_destroy(&vocabulary->names);
    free(vocabulary->counts);
    free(vocabulary);
    *vocabulary_p = NULL;
}

size_t w2v_vocabulary_size(const w2v_vocabulary_t *vocabulary)
{
    return app_names_count(vocabulary->names);
}

const char *w2v_vocabulary_text(const w2v_vocabulary_t *vocabulary, uint32_t word)
{
    return app_names_text(vocabulary->names, word);
}

const app_names_t *w2v_vocabulary_names(const w2v_vocabulary_t *vocabulary)
{
    return vocabulary->names;
}

const uint64_t *w2v_vocabulary_counts(const w2v_vocabulary_t *vocabulary)
{
    return vocabulary->counts;
}

uint64_t w2v_vocabulary_total(const w2v_vocabulary_t *vocabulary)
{
    return vocabulary->total;
}

bool w2v_vocabulary_find(const w2v_vocabulary_t *vocabulary, const char *text,
                         uint32_t *word_p)
{
    return app_names_find(vocabulary->names, text, word_p);
}

tern_status_t w2v_vocabulary_save(const w2v_vocabulary_t *vocabulary, const char *path,
                                  app_complaint_t *complaint)
{
    w2v_whole_file_t file;
    tern_status_t    status = w2v_whole_file_open(&file, path, complaint);

    if (status != TERN_OK)
        return status;
    for (uint32_t word = 0; word < w2v_vocabulary_size(vocabulary); word++)
        fprintf(file.stream, "%s %" PRIu64 "\n", w2v_vocabulary_text(vocabulary, word),
                vocabulary->counts[word]);
    return w2v_whole_file_close(&file, complaint);
}
