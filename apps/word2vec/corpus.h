/** \file
 * The corpus: text files, of which each worker reads its byte range once; the words it found, as numbers of the
 * vocabulary that all workers' counts make.
 */
#ifndef W2V_CORPUS_H
#define W2V_CORPUS_H

#include "complaint.h"
#include "team.h"
#include "tokens.h"
#include "vocabulary.h"

/* Stands between sentences. */
#define W2V_SENTENCE_END UINT32_MAX

/* One worker's part. */
typedef struct w2v_corpus {
    uint32_t *words; /* [num_items]: numbers of words, and W2V_SENTENCE_END */
    size_t    num_items;
    uint64_t  num_words; /* items that are words */
} w2v_corpus_t;

/* What to read. */
typedef struct w2v_source {
    size_t num_paths;
    const char *const
                     *paths; /* their concatenation is the text; no token crosses files */
    w2v_token_rules_t rules;
    uint64_t          min_count;
    size_t            max_vocabulary; /* 0: no limit */
} w2v_source_t;

/* Read one worker's part and agree on the vocabulary. Blocking, collective over the team.
 *
 * \param [in]  num_parts  Parts that this caller reads, all of the same length about: one, its own, but for programs
 *                         whose team is alone and whose threads need a part each.
 * \param [out] parts      [num_parts]; w2v_corpus_fini() each.
 * \return  TERN_OK; TERN_ERR_IO (the complaint names the file); the error of tern_sum(). Without a word that is frequent
 *          enough, TERN_ERR_FORMAT. */
tern_status_t w2v_corpus_load(const w2v_source_t *source, const app_team_t *team,
                              size_t num_parts, w2v_corpus_t parts[],
                              w2v_vocabulary_t **vocabulary_p,
                              app_complaint_t   *complaint);
void          w2v_corpus_fini(w2v_corpus_t *corpus);

#endif
