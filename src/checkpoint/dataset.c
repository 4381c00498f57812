/** \file
 * One dataset at a time: create, write, close, with every HDF5 identifier given back.
 *
 * HDF5's own error printing is switched off around each call; its innermost message becomes the cause
 * in ours.
 */
#include "checkpoint/dataset.h"

#include "base/log.h"

#include <stdio.h>

static herr_t copy_description(unsigned n, const H5E_error2_t *error, void *text)
{
    if (n == 0)
        snprintf(text, TERN_DATASET_CAUSE_BYTES, "%s", error->desc);
    return 0;
}

void tern_dataset_cause(char cause[TERN_DATASET_CAUSE_BYTES])
{
    snprintf(cause, TERN_DATASET_CAUSE_BYTES, "unknown HDF5 error");
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, copy_description, cause);
}

/* Log the HDF5 call that just failed. */
static tern_status_t write_error(const tern_dataset_file_t *file, const char *path)
{
    char cause[TERN_DATASET_CAUSE_BYTES];

    tern_dataset_cause(cause);
    tern_log(TERN_LOG_CHECKPOINT, TERN_LOG_ERROR, "cannot write %s to %s: %s", path,
             file->name, cause);
    return TERN_ERR_IO;
}

/* A dataset that is being written, with the identifiers it needs. */
typedef struct item {
    hid_t type, space, links, data;
} item_t;

static void close_item(item_t *item)
{
    if (item->data >= 0)
        H5Dclose(item->data);
    if (item->links >= 0)
        H5Pclose(item->links);
    if (item->space >= 0)
        H5Sclose(item->space);
    if (item->type >= 0)
        H5Tclose(item->type);
}

hid_t tern_dataset_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

/* Create a contiguous dataset and the groups on its path. Takes `type`; close the item in any case. */
static bool create_item(const tern_dataset_file_t *file, const char *path, hid_t type,
                        int num_dims, const hsize_t dims[], item_t *item)
{
    *item = (item_t){.type = type, .space = -1, .links = -1, .data = -1};
    item->space =
        num_dims > 0 ? H5Screate_simple(num_dims, dims, NULL) : H5Screate(H5S_SCALAR);
    item->links = H5Pcreate(H5P_LINK_CREATE);
    if (type < 0 || item->space < 0 || item->links < 0 ||
        H5Pset_create_intermediate_group(item->links, 1) < 0)
        return false;
    item->data = H5Dcreate2(file->id, path, item->type, item->space, item->links,
                            H5P_DEFAULT, H5P_DEFAULT);
    return item->data >= 0;
}

tern_status_t tern_dataset_put(const tern_dataset_file_t *file, const char *path,
                               hid_t type, int num_dims, const hsize_t dims[],
                               const void *values)
{
    tern_status_t status = TERN_OK;
    item_t        item;

    H5E_BEGIN_TRY
    {
        if (!create_item(file, path, type, num_dims, dims, &item) ||
            (values &&
             H5Dwrite(item.data, item.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0))
            status = write_error(file, path);
        close_item(&item);
    }
    H5E_END_TRY;
    return status;
}

/* Write rows of an open matrix. */
static bool write_rows(const item_t *item, size_t first_row, const hsize_t block[2],
                       const void *values)
{
    const hsize_t start[2] = {first_row, 0};
    hid_t         memory   = H5Screate_simple(2, block, NULL);
    bool          is_done;

    is_done =
        H5Sselect_hyperslab(item->space, H5S_SELECT_SET, start, NULL, block, NULL) >= 0 &&
        H5Dwrite(item->data, item->type, memory, item->space, H5P_DEFAULT, values) >= 0;
    H5Sclose(memory);
    return is_done;
}

static tern_status_t argument_error(const tern_dataset_file_t *file, const char *path,
                                    const char *cause)
{
    tern_log(TERN_LOG_CHECKPOINT, TERN_LOG_ERROR, "cannot write %s to %s: %s", path,
             file->name, cause);
    return TERN_ERR_ARG;
}

tern_status_t tern_dataset_put_rows(const tern_dataset_file_t *file, const char *path,
                                    size_t first_row, size_t num_rows, const void *values)
{
    item_t        item    = {.type = -1, .space = -1, .links = -1, .data = -1};
    hsize_t       dims[2] = {0, 0};
    tern_status_t status  = TERN_OK;

    H5E_BEGIN_TRY
    {
        item.data  = H5Dopen2(file->id, path, H5P_DEFAULT);
        item.space = item.data < 0 ? -1 : H5Dget_space(item.data);
        item.type  = item.data < 0 ? -1 : H5Dget_type(item.data);
        if (item.space < 0 || H5Sget_simple_extent_ndims(item.space) != 2)
            status = argument_error(file, path, "there is no matrix of this name");
        else if (H5Sget_simple_extent_dims(item.space, dims, NULL) < 0 ||
                 first_row > dims[0] || num_rows > dims[0] - first_row)
            status = argument_error(file, path, "these rows are not in the matrix");
        else if (num_rows > 0 &&
                 !write_rows(&item, first_row, (hsize_t[2]){num_rows, dims[1]}, values))
            status = write_error(file, path);
        close_item(&item);
    }
    H5E_END_TRY;
    return status;
}

tern_status_t tern_dataset_put_attribute(const tern_dataset_file_t *file,
                                         const char *path, const char *name,
                                         const char *text)
{
    tern_status_t status = TERN_OK;

    H5E_BEGIN_TRY
    {
        hid_t type      = tern_dataset_text_type();
        hid_t space     = H5Screate(H5S_SCALAR);
        hid_t attribute = H5Acreate_by_name(file->id, path, name, type, space,
                                            H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

        if (attribute < 0 || H5Awrite(attribute, type, &text) < 0)
            status = write_error(file, path);
        if (attribute >= 0)
            H5Aclose(attribute);
        H5Sclose(space);
        H5Tclose(type);
    }
    H5E_END_TRY;
    return status;
}
