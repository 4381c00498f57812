/** \file
 * What is trained on, tuned on and tested on: three sets of triples and the names of what they connect.
 */
#ifndef KGE_DATASET_H
#define KGE_DATASET_H

#include "complaint.h"
#include "names.h"
#include "split.h"
#include "triples.h"

typedef struct kge_dataset {
    app_names_t  *entities; /* those of train, in order of appearance */
    app_names_t  *relations;
    kge_triples_t parts[KGE_NUM_PARTS];
    size_t
        num_dropped; /* valid and test triples with an entity or relation unseen in train */
} kge_dataset_t;

void kge_dataset_init(kge_dataset_t *dataset);
void kge_dataset_fini(kge_dataset_t *dataset);

/* Load a file for each part; valid and test may be NULL.
 * \return  TERN_OK; TERN_ERR_IO or TERN_ERR_FORMAT: the complaint names the file and the line, or says that
 *          train is empty. */
tern_status_t kge_dataset_load_parts(kge_dataset_t    *dataset,
                                     const char *const paths[KGE_NUM_PARTS],
                                     app_complaint_t  *complaint);

/* Load one file and split it; it is read once for each part. */
tern_status_t kge_dataset_load_and_split(kge_dataset_t *dataset, const char *path,
                                         kge_split_t split, uint64_t seed,
                                         app_complaint_t *complaint);

#endif
