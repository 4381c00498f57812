/** \file
 * Writing a graph as train.tsv, valid.tsv and test.tsv.
 *
 * Two passes over the sorted triples: the first marks what train contains, the second writes, and drops
 * the valid and test triples that ask for something never trained.
 */
#include "graph.h"

#include "memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct splitter {
    const kge_graph_t *graph;
    unsigned char     *parts;             /* [num triples], of kge_part_t */
    char              *is_trained_entity; /* [num entities] */
    char              *is_trained_relation;
    FILE              *files[KGE_NUM_PARTS];
} splitter_t;

static void assign_parts(splitter_t *splitter, kge_split_t split, uint64_t seed)
{
    const kge_graph_t *graph = splitter->graph;

    for (size_t i = 0; i < graph->triples.num; i++) {
        kge_triple_t triple = graph->triples.items[i];
        kge_part_t   part =
            kge_split_part(split, seed, app_names_text(graph->entities, triple.head),
                           app_names_text(graph->relations, triple.relation),
                           app_names_text(graph->entities, triple.tail));

        splitter->parts[i] = (unsigned char)part;
        if (part == KGE_TRAIN) {
            splitter->is_trained_entity[triple.head]       = 1;
            splitter->is_trained_entity[triple.tail]       = 1;
            splitter->is_trained_relation[triple.relation] = 1;
        }
    }
}

static void write_triples(splitter_t *splitter, kge_split_counts_t *counts)
{
    const kge_graph_t *graph = splitter->graph;

    for (size_t i = 0; i < graph->triples.num; i++) {
        kge_triple_t triple = graph->triples.items[i];
        kge_part_t   part   = (kge_part_t)splitter->parts[i];

        if (!splitter->is_trained_entity[triple.head] ||
            !splitter->is_trained_entity[triple.tail] ||
            !splitter->is_trained_relation[triple.relation]) {
            counts->num_dropped++;
            continue;
        }
        counts->num[part]++;
        fprintf(splitter->files[part], "%s\t%s\t%s\n",
                app_names_text(graph->entities, triple.head),
                app_names_text(graph->relations, triple.relation),
                app_names_text(graph->entities, triple.tail));
    }
}

/* As mkdir -p. */
static tern_status_t make_directory(const char *directory, app_complaint_t *complaint)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s", directory);
    for (char *end = path + 1;; end++) {
        char rest = *end;

        if (rest != '/' && rest != '\0')
            continue;
        *end = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
        if (rest == '\0')
            return TERN_OK;
        *end = rest;
    }
}

static tern_status_t open_files(splitter_t *splitter, const char *directory,
                                app_complaint_t *complaint)
{
    tern_status_t status = make_directory(directory, complaint);
    char          path[4096];

    for (int part = 0; part < KGE_NUM_PARTS && status == TERN_OK; part++) {
        snprintf(path, sizeof(path), "%s/%s.tsv", directory, kge_part_names[part]);
        splitter->files[part] = fopen(path, "w");
        if (splitter->files[part] == NULL)
            status =
                app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    }
    return status;
}

static tern_status_t close_files(splitter_t *splitter, const char *directory,
                                 app_complaint_t *complaint)
{
    tern_status_t status = TERN_OK;

    for (int part = 0; part < KGE_NUM_PARTS; part++) {
        FILE *file   = splitter->files[part];
        bool  failed = file != NULL && ferror(file) != 0;

        if (file != NULL && (fclose(file) != 0 || failed))
            status = app_complain(complaint, TERN_ERR_IO, "%s/%s.tsv: cannot be written",
                                  directory, kge_part_names[part]);
    }
    return status;
}

tern_status_t kge_graph_write_split(const kge_graph_t *graph, kge_split_t split,
                                    uint64_t seed, const char *directory,
                                    kge_split_counts_t *counts,
                                    app_complaint_t    *complaint)
{
    splitter_t splitter = {
        .graph               = graph,
        .parts               = APP_NEW(unsigned char, graph->triples.num),
        .is_trained_entity   = APP_NEW(char, app_names_count(graph->entities)),
        .is_trained_relation = APP_NEW(char, app_names_count(graph->relations)),
    };
    tern_status_t status = open_files(&splitter, directory, complaint);

    *counts = (kge_split_counts_t){0};
    if (status == TERN_OK) {
        assign_parts(&splitter, split, seed);
        write_triples(&splitter, counts);
    }
    tern_status_t closed = close_files(&splitter, directory, complaint);

    free(splitter.parts);
    free(splitter.is_trained_entity);
    free(splitter.is_trained_relation);
    return status != TERN_OK ? status : closed;
}
