/** \file
 * What is factorized: a matrix in a file, or a planted one, and which ratings of it a worker has.
 *
 * A worker has the ratings of a range of rows (data clustering): ranges hold about as many ratings. The longer
 * side of the matrix is made its rows, so that the shorter one travels.
 */
#ifndef MF_DATASET_H
#define MF_DATASET_H

#include "reader.h"
#include "split.h"
#include "synthetic.h"

typedef struct mf_dataset {
    size_t          num_rows, num_columns;
    bool            is_transposed; /* its rows are the columns that the user named */
    mf_split_t      split;
    mf_matrix_t     matrix;    /* empty if the matrix is planted */
    mf_synthetic_t *synthetic; /* NULL if it came from a file */
    uint64_t       *first;     /* [num_rows + 1] ratings of all rows before */
} mf_dataset_t;

/* The ratings of a worker's rows. */
typedef struct mf_share {
    uint32_t     first_row, end_row;
    mf_ratings_t parts[MF_NUM_PARTS];
} mf_share_t;

/* \return  TERN_OK; TERN_ERR_IO, TERN_ERR_FORMAT: the complaint names file and line. */
tern_status_t mf_dataset_load(mf_dataset_t *dataset, const char *path,
                              const mf_split_t *split, app_complaint_t *complaint);
void          mf_dataset_plant(mf_dataset_t *dataset, const mf_synthetic_shape_t *shape,
                               const mf_split_t *split);
void          mf_dataset_fini(mf_dataset_t *dataset);

/* A worker's first row; the next worker's is the end of its rows. */
uint32_t mf_dataset_first_row(const mf_dataset_t *dataset, size_t worker,
                              size_t num_workers);

/* The ratings of worker number `worker`. */
void mf_dataset_share(const mf_dataset_t *dataset, size_t worker, size_t num_workers,
                      mf_share_t *share);
void mf_share_fini(mf_share_t *share);

#endif
