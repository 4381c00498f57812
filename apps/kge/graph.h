/** \file
 * A knowledge graph in memory: distinct triples and the names of what they connect.
 */
#ifndef KGE_GRAPH_H
#define KGE_GRAPH_H

#include "complaint.h"
#include "names.h"
#include "split.h"
#include "triples.h"
#include "wordnet_relations.h"

typedef struct kge_graph {
    app_names_t  *entities;
    app_names_t  *relations;
    kge_triples_t triples; /* sorted, distinct */
} kge_graph_t;

void kge_graph_init(kge_graph_t *graph);
void kge_graph_fini(kge_graph_t *graph);

/* Read the pointers of data.noun, data.verb, data.adj and data.adv in `directory` whose relation is in `set`.
 * TERN_ERR_IO or TERN_ERR_FORMAT: the complaint names the file and the line. */
tern_status_t kge_graph_read_wordnet(kge_graph_t *graph, const char *directory,
                                     kge_relation_set_t set, app_complaint_t *complaint);

/* Keep the k-core: drop triples of entities with fewer than `degree` triples until there are none. */
void kge_graph_keep_core(kge_graph_t *graph, size_t degree);

size_t kge_graph_count_entities(const kge_graph_t *graph);
size_t kge_graph_count_relations(const kge_graph_t *graph);

typedef struct kge_split_counts {
    size_t num[KGE_NUM_PARTS]; /* triples written to each part */
    size_t
        num_dropped; /* valid and test triples with an entity or relation unseen in train */
} kge_split_counts_t;

/* Write train.tsv, valid.tsv and test.tsv, sorted, into `directory`, which is created. */
tern_status_t kge_graph_write_split(const kge_graph_t *graph, kge_split_t split,
                                    uint64_t seed, const char *directory,
                                    kge_split_counts_t *counts,
                                    app_complaint_t    *complaint);

#endif
