/** \file
 * WordNet's data files (wndb(5WN)). A line is a synset:
 *
 *     offset lex_filenum ss_type w_cnt word lex_id [word lex_id ...] p_cnt [pointer ...] [frames] | gloss
 *     pointer = symbol offset pos source/target
 *
 * w_cnt is hexadecimal, p_cnt decimal. A synset is named by its offset and part of speech, "02084071n";
 * satellite adjectives (s) count as adjectives (a), as their pointers do.
 */
#ifndef KGE_WORDNET_FORMAT_H
#define KGE_WORDNET_FORMAT_H

#include "complaint.h"
#include "wordnet_relations.h"

/* Eight digits, the part of speech and the end. */
enum { KGE_SYNSET_NAME_BYTES = 10 };

/* Who wants to know. */
typedef struct kge_wordnet_visitor {
    /* Called for each pointer. */
    void (*pointer)(const char *head, const kge_wordnet_relation_t *relation,
                    const char *tail, void *context);
    /* Called for each word of a synset, before its pointers; may be NULL. */
    void (*word)(const char *synset, const char *word, void *context);
    void *context;
} kge_wordnet_visitor_t;

/* Take `line` apart, which it overwrites. Lines of the licence, which start with a blank, contain nothing.
 * Returns NULL or what is wrong with the line. */
const char *kge_wordnet_parse(char *line, const kge_wordnet_visitor_t *visitor);

/* Read data.noun, data.verb, data.adj and data.adv in `directory`.
 * TERN_ERR_IO or TERN_ERR_FORMAT: the complaint names the file and the line. */
tern_status_t kge_wordnet_read(const char                  *directory,
                               const kge_wordnet_visitor_t *visitor,
                               app_complaint_t             *complaint);

#endif
