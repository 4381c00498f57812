/** \file
 * WordNet's pointer symbols, see wordnet_relations.h.
 */
#include "wordnet_relations.h"

#include <string.h>

enum {
    ALL    = KGE_RELATIONS_ALL,
    WN18   = KGE_RELATIONS_ALL | KGE_RELATIONS_WN18,
    WN18RR = KGE_RELATIONS_ALL | KGE_RELATIONS_WN18 | KGE_RELATIONS_WN18RR,
};

static const kge_wordnet_relation_t relations[] = {
    {"@", "hypernym", WN18RR},
    {"~", "hyponym", WN18},
    {"@i", "instance_hypernym", WN18RR},
    {"~i", "instance_hyponym", WN18},
    {"+", "derivationally_related_form", WN18RR},
    {"%m", "member_meronym", WN18RR},
    {"#m", "member_holonym", WN18},
    {"%p", "part_meronym", WN18RR},
    {"#p", "part_holonym", WN18},
    {"%s", "substance_meronym", ALL},
    {"#s", "substance_holonym", ALL},
    {";c", "domain_topic", WN18RR},
    {"-c", "member_of_domain_topic", WN18},
    {";r", "domain_region", WN18RR},
    {"-r", "member_of_domain_region", WN18},
    {";u", "domain_usage", WN18RR},
    {"-u", "member_of_domain_usage", WN18},
    {"&", "similar_to", WN18RR},
    {"$", "verb_group", WN18RR},
    {"^", "also_see", WN18RR},
    {"!", "antonym", ALL},
    {"=", "attribute", ALL},
    {"*", "entailment", ALL},
    {">", "cause", ALL},
    {"<", "participle_of", ALL},
};

/* The backslash: of an adjective and of an adverb. */
static const kge_wordnet_relation_t pertainym        = {"\\", "pertainym", ALL};
static const kge_wordnet_relation_t derived_from_adj = {"\\", "derived_from_adj", ALL};

const kge_wordnet_relation_t *kge_wordnet_relation_find(const char *symbol,
                                                        char        part_of_speech)
{
    if (strcmp(symbol, "\\") == 0)
        return part_of_speech == 'r' ? &derived_from_adj : &pertainym;
    for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++)
        if (strcmp(symbol, relations[i].symbol) == 0)
            return &relations[i];
    return NULL;
}
