/** \file
 * Result files, read again.
 *
 * A dataset is opened for each piece that is read; pieces are large enough for that to cost nothing. Texts are read in blocks, because HDF5 allocates
 * each of them.
 */
#include "tern/stored.h"

#include "base/alloc.h"
#include "checkpoint/dataset.h"

#include <stdio.h>
#include <string.h>

enum { TEXTS_AT_ONCE = 1024 };

struct tern_stored {
    char *path;
    hid_t file;
};

static tern_status_t error(const char *file, const char *path, tern_status_t status,
                           const char *cause)
{
    tern_log(TERN_LOG_CHECKPOINT, TERN_LOG_ERROR, "cannot read %s%s%s: %s", file,
             path[0] != '\0' ? ", " : "", path, cause);
    return status;
}

/* What HDF5 said about the call that just failed. */
static tern_status_t read_error(const char *file, const char *path)
{
    char cause[TERN_DATASET_CAUSE_BYTES];

    tern_dataset_cause(cause);
    return error(file, path, TERN_ERR_IO, cause);
}

bool tern_stored_is_hdf5(const char *path)
{
    static const char signature[] = "\211HDF\r\n\032\n";
    char              bytes[sizeof signature - 1];
    FILE             *file  = path ? fopen(path, "rb") : NULL;
    bool              is_it = file && fread(bytes, sizeof bytes, 1, file) == 1 &&
                 memcmp(bytes, signature, sizeof bytes) == 0;

    if (file)
        fclose(file);
    return is_it;
}

tern_status_t tern_stored_open(const char *path, tern_stored_t **stored_p)
{
    tern_stored_t *stored;
    tern_status_t  status = TERN_OK;

    if (!path || !stored_p)
        return TERN_ERR_ARG;
    stored = tern_alloc_zeroed(TERN_LOG_CHECKPOINT, sizeof *stored);
    if (!stored)
        return TERN_ERR_NO_MEMORY;
    stored->file = -1;
    stored->path = tern_strdup(TERN_LOG_CHECKPOINT, path);
    H5E_BEGIN_TRY
    {
        if (!stored->path)
            status = TERN_ERR_NO_MEMORY;
        else if ((stored->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT)) < 0)
            status = read_error(path, "");
    }
    H5E_END_TRY;
    if (status == TERN_OK)
        *stored_p = stored;
    else
        tern_stored_close(&stored);
    return status;
}

void tern_stored_close(tern_stored_t **stored_p)
{
    tern_stored_t *stored = stored_p ? *stored_p : NULL;

    if (!stored)
        return;
    if (stored->file >= 0)
        H5Fclose(stored->file);
    tern_free(TERN_LOG_CHECKPOINT, stored->path);
    tern_free(TERN_LOG_CHECKPOINT, stored);
    *stored_p = NULL;
}

/* An open one-dimensional dataset. */
typedef struct list {
    const tern_stored_t *stored;
    const char          *path;
    hid_t                data, space, type;
    hsize_t              num;
} list_t;

static void close_list(list_t *list)
{
    if (list->type >= 0)
        H5Tclose(list->type);
    if (list->space >= 0)
        H5Sclose(list->space);
    if (list->data >= 0)
        H5Dclose(list->data);
}

static tern_status_t refuse(const list_t *list, const char *cause)
{
    return error(list->stored->path, list->path, TERN_ERR_FORMAT, cause);
}

/* Close it in any case. */
static tern_status_t open_list(const tern_stored_t *stored, const char *path,
                               list_t *list)
{
    *list = (list_t){.stored = stored, .path = path, .data = -1, .space = -1, .type = -1};
    list->data = H5Dopen2(stored->file, path, H5P_DEFAULT);
    if (list->data < 0)
        return refuse(list, "there is no dataset of this name");
    list->space = H5Dget_space(list->data);
    list->type  = H5Dget_type(list->data);
    if (list->space < 0 || list->type < 0)
        return read_error(stored->path, path);
    if (H5Sget_simple_extent_ndims(list->space) != 1)
        return refuse(list, "it is not one-dimensional");
    H5Sget_simple_extent_dims(list->space, &list->num, NULL);
    return TERN_OK;
}

tern_status_t tern_stored_count(const tern_stored_t *stored, const char *path,
                                size_t *num_p)
{
    list_t        list;
    tern_status_t status;

    if (!stored || !path || !num_p)
        return TERN_ERR_ARG;
    H5E_BEGIN_TRY
    {
        status = open_list(stored, path, &list);
        close_list(&list);
    }
    H5E_END_TRY;
    if (status == TERN_OK)
        *num_p = (size_t)list.num;
    return status;
}

static tern_status_t check_piece(const list_t *list, size_t first, size_t num)
{
    if (first <= list->num && num <= list->num - first)
        return TERN_OK;
    return refuse(list, "it has fewer items than are asked for");
}

static tern_status_t read_piece(const list_t *list, hid_t type, size_t first, size_t num,
                                void *items)
{
    const hsize_t start = first, count = num;
    hid_t         memory = H5Screate_simple(1, &count, NULL);
    bool          is_read =
        H5Sselect_hyperslab(list->space, H5S_SELECT_SET, &start, NULL, &count, NULL) >=
            0 &&
        H5Dread(list->data, type, memory, list->space, H5P_DEFAULT, items) >= 0;
    tern_status_t status = is_read ? TERN_OK : read_error(list->stored->path, list->path);

    H5Sclose(memory);
    return status;
}

tern_status_t tern_stored_get_numbers(const tern_stored_t *stored, const char *path,
                                      size_t first, size_t num, double numbers[])
{
    list_t        list;
    tern_status_t status;

    if (!stored || !path || (num > 0 && !numbers))
        return TERN_ERR_ARG;
    H5E_BEGIN_TRY
    {
        status = open_list(stored, path, &list);
        if (status == TERN_OK)
            status = check_piece(&list, first, num);
        if (status == TERN_OK && H5Tget_class(list.type) != H5T_FLOAT &&
            H5Tget_class(list.type) != H5T_INTEGER)
            status = refuse(&list, "its items are not numbers");
        if (status == TERN_OK && num > 0)
            status = read_piece(&list, H5T_NATIVE_DOUBLE, first, num, numbers);
        close_list(&list);
    }
    H5E_END_TRY;
    return status;
}

/* Visit up to TEXTS_AT_ONCE of them; *goes_on_p: the visitor wants more. */
static tern_status_t visit_block(const list_t *list, size_t first, size_t num,
                                 tern_stored_visit_fn *visit, void *context,
                                 bool *goes_on_p)
{
    char         *texts[TEXTS_AT_ONCE] = {NULL};
    const hsize_t count                = num;
    hid_t         memory               = H5Screate_simple(1, &count, NULL);
    tern_status_t status               = read_piece(list, list->type, first, num, texts);

    for (size_t i = 0; i < num && status == TERN_OK && *goes_on_p; i++)
        *goes_on_p = visit(first + i, texts[i] != NULL ? texts[i] : "", context);
    H5Dvlen_reclaim(list->type, memory, H5P_DEFAULT, texts);
    H5Sclose(memory);
    return status;
}

tern_status_t tern_stored_visit_texts(const tern_stored_t *stored, const char *path,
                                      size_t first, size_t num,
                                      tern_stored_visit_fn *visit, void *context)
{
    list_t        list;
    bool          goes_on = true;
    tern_status_t status;

    if (!stored || !path || !visit)
        return TERN_ERR_ARG;
    H5E_BEGIN_TRY
    {
        status = open_list(stored, path, &list);
        if (status == TERN_OK)
            status = check_piece(&list, first, num);
        if (status == TERN_OK && H5Tis_variable_str(list.type) <= 0)
            status = refuse(&list, "its items are not texts of variable length");
        while (num > 0 && status == TERN_OK && goes_on) {
            size_t block = num < TEXTS_AT_ONCE ? num : TEXTS_AT_ONCE;

            status = visit_block(&list, first, block, visit, context, &goes_on);
            first += block;
            num -= block;
        }
        close_list(&list);
    }
    H5E_END_TRY;
    return status;
}
