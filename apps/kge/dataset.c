/** \file
 * Loading data sets, see dataset.h.
 */
#include "dataset.h"

#include "loader.h"

#include <stdbool.h>

void kge_dataset_init(kge_dataset_t *dataset)
{
    *dataset =
        (kge_dataset_t){.entities = app_names_create(), .relations = app_names_create()};
}

void kge_dataset_fini(kge_dataset_t *dataset)
{
    app_names_destroy(&dataset->entities);
    app_names_destroy(&dataset->relations);
    for (int part = 0; part < KGE_NUM_PARTS; part++)
        kge_triples_fini(&dataset->parts[part]);
}

/* How the triples of a file are taken. */
typedef struct intake {
    kge_dataset_t *dataset;
    kge_part_t     part;
    bool           is_split; /* take only those that the split assigns to the part */
    kge_split_t    split;
    uint64_t       seed;
} intake_t;

static void take_train(kge_dataset_t *dataset, const char *head, const char *relation,
                       const char *tail)
{
    kge_triple_t triple = {
        .head     = app_names_add(dataset->entities, head),
        .relation = app_names_add(dataset->relations, relation),
        .tail     = app_names_add(dataset->entities, tail),
    };

    kge_triples_append(&dataset->parts[KGE_TRAIN], triple);
}

static void take_known(kge_dataset_t *dataset, kge_part_t part, const char *head,
                       const char *relation, const char *tail)
{
    kge_triple_t triple;

    if (app_names_find(dataset->entities, head, &triple.head) &&
        app_names_find(dataset->relations, relation, &triple.relation) &&
        app_names_find(dataset->entities, tail, &triple.tail))
        kge_triples_append(&dataset->parts[part], triple);
    else
        dataset->num_dropped++;
}

static void take(const char *head, const char *relation, const char *tail, void *context)
{
    intake_t *intake = context;

    if (intake->is_split &&
        kge_split_part(intake->split, intake->seed, head, relation, tail) != intake->part)
        return;
    if (intake->part == KGE_TRAIN)
        take_train(intake->dataset, head, relation, tail);
    else
        take_known(intake->dataset, intake->part, head, relation, tail);
}

static tern_status_t load_part(intake_t *intake, const char *path,
                               app_complaint_t *complaint)
{
    tern_status_t status = kge_load_file(path, take, intake, complaint);

    if (status == TERN_OK && intake->part == KGE_TRAIN &&
        intake->dataset->parts[KGE_TRAIN].num == 0)
        status = app_complain(complaint, TERN_ERR_FORMAT,
                              "%s: there is no triple to train on", path);
    return status;
}

tern_status_t kge_dataset_load_parts(kge_dataset_t    *dataset,
                                     const char *const paths[KGE_NUM_PARTS],
                                     app_complaint_t  *complaint)
{
    tern_status_t status = TERN_OK;

    for (int part = 0; part < KGE_NUM_PARTS && status == TERN_OK; part++) {
        intake_t intake = {.dataset = dataset, .part = (kge_part_t)part};

        if (paths[part] != NULL)
            status = load_part(&intake, paths[part], complaint);
    }
    return status;
}

tern_status_t kge_dataset_load_and_split(kge_dataset_t *dataset, const char *path,
                                         kge_split_t split, uint64_t seed,
                                         app_complaint_t *complaint)
{
    tern_status_t status = TERN_OK;

    for (int part = 0; part < KGE_NUM_PARTS && status == TERN_OK; part++) {
        intake_t intake = {dataset, (kge_part_t)part, true, split, seed};

        status = load_part(&intake, path, complaint);
    }
    return status;
}
