/** \file
 * Result files.
 *
 * Everything goes to `<path>.part-<pid>`; closing syncs that file, renames it and syncs the folder. A
 * crash therefore leaves the final name either absent, or as it was before, or whole. The file is
 * opened with H5F_CLOSE_SEMI, so that a forgotten identifier fails the close.
 */
#include "tern/result.h"

#include "base/alloc.h"
#include "checkpoint/dataset.h"
#include "tern/options.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tern_result {
    char               *path;
    char               *part_path; /* where it is written until it is closed */
    tern_dataset_file_t file;
};

static tern_status_t io_error(const char *what, const char *path, const char *cause)
{
    tern_log(TERN_LOG_CHECKPOINT, TERN_LOG_ERROR, "cannot %s %s: %s", what, path, cause);
    return TERN_ERR_IO;
}

static tern_status_t argument_error(const tern_result_t *result, const char *path,
                                    const char *cause)
{
    tern_log(TERN_LOG_CHECKPOINT, TERN_LOG_ERROR, "%s, %s: %s",
             result ? result->path : "no result file", path ? path : "no path", cause);
    return TERN_ERR_ARG;
}

static bool is_good_path(const char *path)
{
    return path && path[0] != '\0' && path[strlen(path) - 1] != '/';
}

tern_status_t tern_result_put_text(tern_result_t *result, const char *path,
                                   const char *text)
{
    if (!result || !is_good_path(path) || !text)
        return argument_error(result, path, "a text needs a path and a value");
    return tern_dataset_put(&result->file, path, tern_dataset_text_type(), 0, NULL,
                            &text);
}

tern_status_t tern_result_put_number(tern_result_t *result, const char *path,
                                     double number)
{
    if (!result || !is_good_path(path))
        return argument_error(result, path, "a number needs a path");
    return tern_dataset_put(&result->file, path, H5Tcopy(H5T_NATIVE_DOUBLE), 0, NULL,
                            &number);
}

tern_status_t tern_result_put_numbers(tern_result_t *result, const char *path, size_t num,
                                      const double numbers[])
{
    if (!result || !is_good_path(path) || (num > 0 && !numbers))
        return argument_error(result, path, "numbers need a path and values");
    return tern_dataset_put(&result->file, path, H5Tcopy(H5T_NATIVE_DOUBLE), 1,
                            (hsize_t[]){num}, num > 0 ? numbers : NULL);
}

tern_status_t tern_result_put_texts(tern_result_t *result, const char *path, size_t num,
                                    const char *const texts[])
{
    if (!result || !is_good_path(path) || (num > 0 && !texts))
        return argument_error(result, path, "texts need a path and values");
    for (size_t i = 0; i < num; i++)
        if (!texts[i])
            return argument_error(result, path, "one of the texts is NULL");
    return tern_dataset_put(&result->file, path, tern_dataset_text_type(), 1,
                            (hsize_t[]){num}, num > 0 ? texts : NULL);
}

tern_status_t tern_result_add_matrix(tern_result_t *result, const char *path,
                                     size_t num_rows, size_t width, tern_type_t type)
{
    const hsize_t dims[2] = {num_rows, width};
    hid_t         value   = type == TERN_FLOAT64 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;

    if (!result || !is_good_path(path) || width == 0)
        return argument_error(result, path, "a matrix needs a path and a width");
    return tern_dataset_put(&result->file, path, H5Tcopy(value), 2, dims, NULL);
}

tern_status_t tern_result_put_rows(tern_result_t *result, const char *path,
                                   size_t first_row, size_t num_rows, const void *values)
{
    if (!result || !is_good_path(path) || (num_rows > 0 && !values))
        return argument_error(result, path, "rows need a path and values");
    return tern_dataset_put_rows(&result->file, path, first_row, num_rows, values);
}

/* Where an option is stored, and whether that went well so far. */
typedef struct option_sink {
    tern_result_t *result;
    tern_status_t  status;
} option_sink_t;

static void put_option(const char *name, const char *value, const char *origin,
                       void *context)
{
    option_sink_t *sink = context;
    char           path[200];

    if (sink->status != TERN_OK)
        return;
    snprintf(path, sizeof path, "/config/%s", name);
    sink->status = tern_result_put_text(sink->result, path, value ? value : "");
    if (sink->status == TERN_OK)
        sink->status =
            tern_dataset_put_attribute(&sink->result->file, path, "origin", origin);
}

tern_status_t tern_result_put_options(tern_result_t        *result,
                                      const tern_options_t *options)
{
    option_sink_t sink = {.result = result, .status = TERN_OK};

    if (!result || !options)
        return argument_error(result, "/config", "there are no options");
    tern_options_visit(options, put_option, &sink);
    return sink.status;
}

static void free_result(tern_result_t **result_p)
{
    tern_free(TERN_LOG_CHECKPOINT, (*result_p)->path);
    tern_free(TERN_LOG_CHECKPOINT, (*result_p)->part_path);
    tern_free(TERN_LOG_CHECKPOINT, *result_p);
    *result_p = NULL;
}

static tern_result_t *allocate_result(const char *path)
{
    size_t         part_bytes = strlen(path) + sizeof ".part-" + 20;
    tern_result_t *result     = tern_alloc_zeroed(TERN_LOG_CHECKPOINT, sizeof *result);

    if (!result)
        return NULL;
    result->path      = tern_strdup(TERN_LOG_CHECKPOINT, path);
    result->part_path = tern_alloc(TERN_LOG_CHECKPOINT, part_bytes);
    result->file.name = result->path;
    if (result->path && result->part_path)
        snprintf(result->part_path, part_bytes, "%s.part-%ld", path, (long)getpid());
    else
        free_result(&result);
    return result;
}

static bool is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Create the temporary file. The system is asked first, as its causes are plainer than HDF5's. */
static tern_status_t create_part(tern_result_t *result)
{
    char  cause[TERN_DATASET_CAUSE_BYTES];
    int   descriptor;
    hid_t access;

    if (is_folder(result->path)) /* the rename would fail, hours later */
        return io_error("create", result->path, strerror(EISDIR));
    descriptor = open(result->part_path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return io_error("create", result->path, strerror(errno));
    close(descriptor);
    H5E_BEGIN_TRY
    {
        access = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_fclose_degree(access, H5F_CLOSE_SEMI);
        result->file.id =
            H5Fcreate(result->part_path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
        if (result->file.id < 0) {
            tern_dataset_cause(cause);
            io_error("create", result->path, cause);
            unlink(result->part_path);
        }
        H5Pclose(access);
    }
    H5E_END_TRY;
    return result->file.id < 0 ? TERN_ERR_IO : TERN_OK;
}

tern_status_t tern_result_create(const char *path, tern_result_t **result_p)
{
    tern_result_t *result;
    tern_status_t  status;

    if (!path || path[0] == '\0' || !result_p)
        return argument_error(NULL, path, "a result file needs a name");
    result = allocate_result(path);
    if (!result)
        return TERN_ERR_NO_MEMORY;
    status = create_part(result);
    if (status == TERN_OK)
        *result_p = result;
    else
        free_result(&result);
    return status;
}

/* Wait until a file or folder is on the disk; false with errno. */
static bool sync_path(const char *path)
{
    int  descriptor = open(path, O_RDONLY | O_CLOEXEC);
    bool is_synced  = descriptor >= 0 && fsync(descriptor) == 0;
    int  cause      = errno;

    if (descriptor >= 0)
        close(descriptor);
    errno = cause;
    return is_synced;
}

/* Make the rename durable. Some file systems cannot sync a folder; the file itself is safe by then. */
static void sync_folder(const tern_result_t *result)
{
    char *copy = tern_strdup(TERN_LOG_CHECKPOINT, result->path);

    if (copy && !sync_path(dirname(copy)))
        tern_log(TERN_LOG_CHECKPOINT, TERN_LOG_DEBUG, "cannot sync the folder of %s: %s",
                 result->path, strerror(errno));
    tern_free(TERN_LOG_CHECKPOINT, copy);
}

tern_status_t tern_result_close(tern_result_t **result_p)
{
    tern_result_t *result = result_p ? *result_p : NULL;
    tern_status_t  status = TERN_OK;
    char           cause[TERN_DATASET_CAUSE_BYTES];

    if (!result)
        return argument_error(NULL, NULL, "nothing to close");
    H5E_BEGIN_TRY
    {
        if (H5Fclose(result->file.id) < 0) {
            tern_dataset_cause(cause);
            status = io_error("finish", result->path, cause);
        }
    }
    H5E_END_TRY;
    if (status == TERN_OK &&
        (!sync_path(result->part_path) || rename(result->part_path, result->path) != 0))
        status = io_error("finish", result->path, strerror(errno));
    if (status == TERN_OK)
        sync_folder(result);
    else
        unlink(result->part_path);
    free_result(result_p);
    return status;
}

void tern_result_abandon(tern_result_t **result_p)
{
    if (!result_p || !*result_p)
        return;
    H5E_BEGIN_TRY
    {
        H5Fclose((*result_p)->file.id);
    }
    H5E_END_TRY;
    unlink((*result_p)->part_path);
    free_result(result_p);
}
