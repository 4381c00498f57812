/** \file
 * A model as text, see model.h.
 */
#include "model.h"

#include "lines.h"
#include "memory.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool write_entries(FILE *file, const lr_entries_t *entries)
{
    bool failed;

    for (size_t i = 0; i < entries->num; i++)
        fprintf(file, "%" PRIu64 " %.17g\n", entries->keys[i], entries->values[i]);
    failed = ferror(file) != 0;
    return fclose(file) == 0 && !failed;
}

tern_status_t lr_model_write(const char *path, const lr_entries_t *entries)
{
    size_t path_bytes = strlen(path) + sizeof(".tmp");
    char  *temporary  = app_alloc(path_bytes, 1);
    FILE  *file       = NULL;
    bool   is_written = false;

    snprintf(temporary, path_bytes, "%s.tmp", path);
    file = fopen(temporary, "w");
    is_written =
        file != NULL && write_entries(file, entries) && rename(temporary, path) == 0;
    if (!is_written)
        fprintf(stderr, "tern-lr: %s: %s\n", path, strerror(errno));
    if (!is_written && file != NULL)
        remove(temporary);
    free(temporary);
    return is_written ? TERN_OK : TERN_ERR_IO;
}

static bool parse(const char *text, tern_key_t *key, double *value)
{
    char *end = NULL;

    errno = 0;
    *key  = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != ' ' || errno != 0)
        return false;
    text   = end + 1;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

static void add(lr_entries_t *entries, size_t *capacity, tern_key_t key, double value)
{
    if (entries->num == *capacity) {
        *capacity     = 2 * *capacity + 1024;
        entries->keys = app_resize(entries->keys, *capacity, sizeof(*entries->keys));
        entries->values =
            app_resize(entries->values, *capacity, sizeof(*entries->values));
    }
    entries->keys[entries->num]     = key;
    entries->values[entries->num++] = value;
}

static tern_status_t read_lines(lr_lines_t *lines, lr_entries_t *entries,
                                app_complaint_t *complaint)
{
    size_t        capacity = 0;
    tern_key_t    key      = 0;
    double        value    = 0;
    tern_status_t status   = TERN_OK;

    while ((status = lr_lines_next(lines, complaint)) == TERN_OK) {
        if (!parse(lines->text, &key, &value))
            return app_complain(complaint, TERN_ERR_FORMAT,
                                "%s:%zu: expected a key and a weight, found \"%s\"",
                                lines->path, lr_lines_number(lines), lines->text);
        if (entries->num > 0 && entries->keys[entries->num - 1] >= key)
            return app_complain(complaint, TERN_ERR_FORMAT, "%s:%zu: keys do not ascend",
                                lines->path, lr_lines_number(lines));
        add(entries, &capacity, key, value);
    }
    return status == TERN_DONE ? TERN_OK : status;
}

static tern_status_t read_text(const char *path, lr_entries_t *entries,
                               app_complaint_t *complaint)
{
    lr_lines_t    lines;
    tern_status_t status = lr_lines_open(&lines, path, 0, 1, complaint);

    *entries = (lr_entries_t){.num = 0};
    if (status != TERN_OK)
        return status;
    status = read_lines(&lines, entries, complaint);
    lr_lines_close(&lines);
    return status;
}

tern_status_t lr_model_read(const char *path, lr_entries_t *entries,
                            app_complaint_t *complaint)
{
    return tern_stored_is_hdf5(path) ? lr_model_read_stored(path, entries, complaint)
                                     : read_text(path, entries, complaint);
}

double lr_model_weight(const lr_entries_t *entries, tern_key_t key)
{
    size_t low = 0, high = entries->num;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (entries->keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < entries->num && entries->keys[low] == key ? entries->values[low] : 0;
}
