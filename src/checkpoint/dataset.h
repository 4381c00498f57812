/** \file
 * Writing one HDF5 dataset. Errors are logged with file, path and cause.
 */
#ifndef TERN_CHECKPOINT_DATASET_H
#define TERN_CHECKPOINT_DATASET_H

#include "tern/types.h"

#include <hdf5.h>

/* An open file, and what messages call it. */
typedef struct tern_dataset_file {
    hid_t       id;
    const char *name;
} tern_dataset_file_t;

/* UTF-8 strings of variable length; the caller closes it. */
hid_t tern_dataset_text_type(void);

/* Create a dataset and the groups on its path, and write all of it unless `values` is NULL. Closes
 * `type`. A scalar has no dims. */
tern_status_t tern_dataset_put(const tern_dataset_file_t *file, const char *path,
                               hid_t type, int num_dims, const hsize_t dims[],
                               const void *values);

/* Write rows of an existing two-dimensional dataset, in the dataset's type. */
tern_status_t tern_dataset_put_rows(const tern_dataset_file_t *file, const char *path,
                                    size_t first_row, size_t num_rows,
                                    const void *values);

/* Attach a text to the object of this path. */
tern_status_t tern_dataset_put_attribute(const tern_dataset_file_t *file,
                                         const char *path, const char *name,
                                         const char *text);

/* HDF5's innermost message about the call that just failed. */
#define TERN_DATASET_CAUSE_BYTES 200
void tern_dataset_cause(char cause[TERN_DATASET_CAUSE_BYTES]);

#endif
