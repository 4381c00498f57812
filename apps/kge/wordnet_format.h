/** \file
 * One line of a WordNet data file (wndb(5WN)):
 *
 *     offset lex_filenum ss_type w_cnt word lex_id [word lex_id ...] p_cnt [pointer ...] [frames] | gloss
 *     pointer = symbol offset pos source/target
 *
 * w_cnt is hexadecimal, p_cnt decimal. A synset is named by its offset and part of speech, "02084071n";
 * satellite adjectives (s) count as adjectives (a), as their pointers do.
 */
#ifndef KGE_WORDNET_FORMAT_H
#define KGE_WORDNET_FORMAT_H

#include "wordnet_relations.h"

/* Eight digits, the part of speech and the end. */
enum { KGE_SYNSET_NAME_BYTES = 10 };

/* Called for each pointer. */
typedef void kge_wordnet_visit_fn(const char                   *head,
                                  const kge_wordnet_relation_t *relation,
                                  const char *tail, void *context);

/* Take `line` apart, which it overwrites. Lines of the licence, which start with a blank, contain nothing.
 * Returns NULL or what is wrong with the line. */
const char *kge_wordnet_parse(char *line, kge_wordnet_visit_fn *visit, void *context);

#endif
