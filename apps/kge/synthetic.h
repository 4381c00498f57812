/** \file
 * A made-up knowledge graph: skewed as real ones are, and with a structure that a model can find.
 *
 * Entities lie in small groups, these on a ring, and each relation is a number of steps: the head of a triple may
 * be any entity, its tail is one of the group that lies so many steps further on. How often entities and relations occur
 * follows Zipf's law. A graph is a pure function of its description.
 */
#ifndef KGE_SYNTHETIC_H
#define KGE_SYNTHETIC_H

#include "dataset.h"

enum { KGE_SYNTHETIC_GROUP = 20 }; /* entities */

typedef struct kge_synthetic {
    size_t   num_entities, num_relations;
    size_t   num_triples; /* of all parts together */
    uint64_t seed;
} kge_synthetic_t;

/* Read "ENTITIESxRELATIONS" and a number of triples. False if they are malformed, if there is not one group, or if the
 * triples are more than a tenth of those that the structure allows. */
bool kge_synthetic_parse(const char *shape, const char *num_triples,
                         kge_synthetic_t *synthetic);

/* Make the graph and split it as a file would be. Entities are numbered as they are made, so that where the
 * frequent ones lie is by chance; those without a training triple have a row all the same. */
void kge_synthetic_make(const kge_synthetic_t *synthetic, kge_split_t split,
                        kge_dataset_t *dataset);

#endif
