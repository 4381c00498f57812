/** \file
 * WordNet's pointer symbols (wninput(5WN)) and the relation sets made of them.
 */
#ifndef KGE_WORDNET_RELATIONS_H
#define KGE_WORDNET_RELATIONS_H

#include <stddef.h>

typedef enum kge_relation_set {
    KGE_RELATIONS_WN18 = 1, /**< the 18 relations of WN18 (Bordes et al., NIPS 2013) */
    KGE_RELATIONS_WN18RR =
        2, /**< of these, the 11 without inverses (Dettmers et al., AAAI 2018) */
    KGE_RELATIONS_ALL = 4, /**< every pointer that the files contain */
} kge_relation_set_t;

typedef struct kge_wordnet_relation {
    const char *symbol;
    const char *name;
    unsigned    sets; /**< of kge_relation_set_t */
} kge_wordnet_relation_t;

/* The relation of a pointer `symbol` in a synset of type `part_of_speech` (one of "nvar"; the backslash
 * means two things); NULL if there is none. */
const kge_wordnet_relation_t *kge_wordnet_relation_find(const char *symbol,
                                                        char        part_of_speech);

#endif
