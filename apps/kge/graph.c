/** \file
 * A knowledge graph in memory: reading WordNet, the k-core, counting.
 */
#include "graph.h"

#include "memory.h"
#include "wordnet_format.h"

#include <stdlib.h>

void kge_graph_init(kge_graph_t *graph)
{
    *graph =
        (kge_graph_t){.entities = app_names_create(), .relations = app_names_create()};
}

void kge_graph_fini(kge_graph_t *graph)
{
    app_names_destroy(&graph->entities);
    app_names_destroy(&graph->relations);
    kge_triples_fini(&graph->triples);
}

typedef struct collector {
    kge_graph_t       *graph;
    kge_relation_set_t set;
} collector_t;

static void collect(const char *head, const kge_wordnet_relation_t *relation,
                    const char *tail, void *context)
{
    collector_t *collector = context;
    kge_graph_t *graph     = collector->graph;

    if ((relation->sets & (unsigned)collector->set) == 0)
        return;
    kge_triple_t triple = {
        .head     = app_names_add(graph->entities, head),
        .relation = app_names_add(graph->relations, relation->name),
        .tail     = app_names_add(graph->entities, tail),
    };

    kge_triples_append(&graph->triples, triple);
}

tern_status_t kge_graph_read_wordnet(kge_graph_t *graph, const char *directory,
                                     kge_relation_set_t set, app_complaint_t *complaint)
{
    collector_t                 collector = {graph, set};
    const kge_wordnet_visitor_t visitor   = {.pointer = collect, .context = &collector};
    tern_status_t               status = kge_wordnet_read(directory, &visitor, complaint);

    kge_triples_sort_unique(&graph->triples);
    return status;
}

static uint32_t *count_degrees(const kge_graph_t *graph)
{
    uint32_t *degrees = APP_NEW(uint32_t, app_names_count(graph->entities));

    for (size_t i = 0; i < graph->triples.num; i++) {
        degrees[graph->triples.items[i].head]++;
        degrees[graph->triples.items[i].tail]++;
    }
    return degrees;
}

/* One round; returns how many triples went. */
static size_t drop_sparse(kge_graph_t *graph, size_t degree)
{
    kge_triples_t *triples = &graph->triples;
    uint32_t      *degrees = count_degrees(graph);
    size_t         kept    = 0;

    for (size_t i = 0; i < triples->num; i++) {
        kge_triple_t triple = triples->items[i];

        if (degrees[triple.head] >= degree && degrees[triple.tail] >= degree)
            triples->items[kept++] = triple;
    }
    size_t dropped = triples->num - kept;

    triples->num = kept;
    free(degrees);
    return dropped;
}

void kge_graph_keep_core(kge_graph_t *graph, size_t degree)
{
    while (drop_sparse(graph, degree) > 0)
        ;
}

size_t kge_graph_count_entities(const kge_graph_t *graph)
{
    uint32_t *degrees = count_degrees(graph);
    size_t    num     = 0;

    for (size_t i = 0; i < app_names_count(graph->entities); i++)
        num += degrees[i] > 0;
    free(degrees);
    return num;
}

size_t kge_graph_count_relations(const kge_graph_t *graph)
{
    size_t num_names = app_names_count(graph->relations);
    char  *is_used   = APP_NEW(char, num_names);
    size_t num       = 0;

    for (size_t i = 0; i < graph->triples.num; i++)
        is_used[graph->triples.items[i].relation] = 1;
    for (size_t i = 0; i < num_names; i++)
        num += is_used[i] != 0;
    free(is_used);
    return num;
}
