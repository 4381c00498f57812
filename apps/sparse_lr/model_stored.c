/** \file
 * A model in a result file (`--output`): /model/keys as texts, because they take all 64 bits, and /model/weights.
 */
#include "model.h"

#include "memory.h"
#include "tern/tern.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define KEYS    "/model/keys"
#define WEIGHTS "/model/weights"

/* Keys that are being read. */
typedef struct keys {
    const char      *path;
    tern_key_t      *keys;
    app_complaint_t *complaint;
    tern_status_t    status;
} keys_t;

/* A tern_stored_visit_fn. */
static bool take_key(size_t i, const char *text, void *context)
{
    keys_t *keys = context;
    char   *end  = NULL;

    errno         = 0;
    keys->keys[i] = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
        keys->status = app_complain(
            keys->complaint, TERN_ERR_FORMAT,
            "%s: " KEYS ", item %zu: expected a key, found \"%s\"", keys->path, i, text);
    else if (i > 0 && keys->keys[i - 1] >= keys->keys[i])
        keys->status =
            app_complain(keys->complaint, TERN_ERR_FORMAT,
                         "%s: " KEYS ", item %zu: keys do not ascend", keys->path, i);
    return keys->status == TERN_OK;
}

static tern_status_t check_weights(const char *path, const lr_entries_t *entries,
                                   app_complaint_t *complaint)
{
    for (size_t i = 0; i < entries->num; i++)
        if (!isfinite(entries->values[i]))
            return app_complain(complaint, TERN_ERR_FORMAT,
                                "%s: " WEIGHTS ", item %zu: %g is no weight", path, i,
                                entries->values[i]);
    return TERN_OK;
}

static tern_status_t read_entries(const tern_stored_t *stored, const char *path,
                                  lr_entries_t *entries, app_complaint_t *complaint)
{
    keys_t        keys        = {.path = path, .complaint = complaint};
    size_t        num_weights = 0;
    tern_status_t status      = tern_stored_count(stored, KEYS, &entries->num);

    if (status == TERN_OK)
        status = tern_stored_count(stored, WEIGHTS, &num_weights);
    if (status == TERN_OK && num_weights != entries->num)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s: %zu items in " KEYS ", but %zu in " WEIGHTS, path,
                            entries->num, num_weights);
    if (status != TERN_OK)
        return status;
    entries->values = APP_NEW(double, entries->num);
    entries->keys = keys.keys = APP_NEW(tern_key_t, entries->num);
    status = tern_stored_visit_texts(stored, KEYS, 0, entries->num, take_key, &keys);
    if (status == TERN_OK)
        status = keys.status;
    if (status == TERN_OK)
        status =
            tern_stored_get_numbers(stored, WEIGHTS, 0, entries->num, entries->values);
    return status == TERN_OK ? check_weights(path, entries, complaint) : status;
}

tern_status_t lr_model_read_stored(const char *path, lr_entries_t *entries,
                                   app_complaint_t *complaint)
{
    tern_stored_t *stored = NULL;
    tern_status_t  status = tern_stored_open(path, &stored);

    *entries = (lr_entries_t){.num = 0};
    app_complain(complaint, status, "%s: no model can be read", path);
    if (status == TERN_OK)
        status = read_entries(stored, path, entries, complaint);
    tern_stored_close(&stored);
    return status;
}
