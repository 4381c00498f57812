/** \file
 * Copies of a table's rows, see copies.h.
 */
#include "copies.h"

#include "kernel.h"
#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Pulls and pushes that fit the second-level cache are faster than larger ones, so a set is moved by calls of about so
 * many bytes. All are under way together: over a network they cost one round trip. */
enum { CALL_BYTES = 1 << 17, NUM_SETS = 4 };

/* A set's life: free, [expected,] open, [pushed,] free. */
typedef struct set {
    const uint32_t  *ids; /* as given; NULL: neither expected nor open */
    size_t           num;
    tern_key_t      *keys;     /* [max_open] */
    float           *before;   /* [max_open][width] as pulled; then what changed */
    float           *values;   /* [max_open][width] */
    tern_request_t **requests; /* [max_calls] pulls or pushes; NULL: done */
} set_t;

struct mf_copies {
    tern_table_t    *table;
    const mf_keys_t *keys;
    size_t           width, max_open;
    size_t           call_keys, max_calls;
    bool             is_async;
    set_t            sets[NUM_SETS];
    size_t           current; /* the one that is open, or was last */
    size_t           next;    /* the one that was expected last */
};

mf_copies_t *mf_copies_create(tern_table_t *table, const mf_keys_t *keys, size_t max_open,
                              bool is_async)
{
    mf_copies_t *copies = APP_NEW(mf_copies_t, 1);

    copies->table     = table;
    copies->keys      = keys;
    copies->width     = tern_table_width(table);
    copies->max_open  = max_open;
    copies->call_keys = CALL_BYTES / (copies->width * sizeof(float)) + 1;
    copies->max_calls = max_open / copies->call_keys + 1;
    copies->is_async  = is_async;
    return copies;
}

static tern_status_t wait_for(const mf_copies_t *copies, set_t *set)
{
    return set->requests == NULL ? TERN_OK
                                 : tern_wait_all(copies->max_calls, set->requests, NULL);
}

static tern_status_t wait_for_all(mf_copies_t *copies)
{
    tern_status_t status = TERN_OK;

    for (size_t s = 0; s < NUM_SETS; s++) {
        tern_status_t found = wait_for(copies, &copies->sets[s]);

        if (status == TERN_OK)
            status = found;
    }
    return status;
}

void mf_copies_destroy(mf_copies_t **copies_p)
{
    mf_copies_t *copies = *copies_p;

    if (copies == NULL)
        return;
    if (wait_for_all(copies) != TERN_OK) {
        /* A run that fails anyway: the cause was returned where the request was made. */
    }
    for (size_t s = 0; s < NUM_SETS; s++) {
        free(copies->sets[s].keys);
        free(copies->sets[s].before);
        free(copies->sets[s].values);
        free(copies->sets[s].requests);
    }
    free(copies);
    *copies_p = NULL;
}

/* Begin to pull or push a set, call by call. */
static tern_status_t begin_pull(mf_copies_t *copies, set_t *set)
{
    tern_status_t status = TERN_OK;

    for (size_t first = 0, c = 0; first < set->num && status == TERN_OK; c++) {
        size_t rest = set->num - first;
        size_t num  = rest < copies->call_keys ? rest : copies->call_keys;

        status = tern_pull(copies->table, num, set->keys + first,
                           set->before + first * copies->width, &set->requests[c]);
        first += num;
    }
    return status;
}

static tern_status_t begin_push(mf_copies_t *copies, set_t *set)
{
    tern_status_t status = TERN_OK;

    for (size_t first = 0, c = 0; first < set->num && status == TERN_OK; c++) {
        size_t rest = set->num - first;
        size_t num  = rest < copies->call_keys ? rest : copies->call_keys;

        status = tern_push(copies->table, num, set->keys + first,
                           set->before + first * copies->width, &set->requests[c]);
        first += num;
    }
    return status;
}

/* A set that is done with is taken again, as long as it is in the cache; one that is open, or whose pushes may be
 * under way, is left alone. */
static size_t choose_set(const mf_copies_t *copies)
{
    bool is_free = copies->sets[copies->current].ids == NULL && !copies->is_async;

    return is_free ? copies->current : (copies->current + 1) % NUM_SETS;
}

/* Memory is only taken by sets that are used. */
static void prepare(const mf_copies_t *copies, set_t *set)
{
    if (set->keys != NULL)
        return;
    set->keys     = APP_NEW(tern_key_t, copies->max_open);
    set->before   = APP_NEW(float, copies->max_open * copies->width);
    set->values   = APP_NEW(float, copies->max_open * copies->width);
    set->requests = APP_NEW(tern_request_t *, copies->max_calls);
}

tern_status_t mf_copies_expect(mf_copies_t *copies, size_t num, const uint32_t ids[])
{
    size_t        chosen = choose_set(copies);
    set_t        *set    = &copies->sets[chosen];
    tern_status_t status = TERN_OK;

    assert(num <= copies->max_open);
    prepare(copies, set);
    status = wait_for(copies, set);
    if (status != TERN_OK)
        return status;
    copies->next = chosen;
    set->ids     = ids;
    set->num     = num;
    mf_keys_of(copies->keys, num, ids, set->keys);
    return begin_pull(copies, set);
}

tern_status_t mf_copies_open(mf_copies_t *copies, size_t num, const uint32_t ids[],
                             float *vectors[])
{
    const set_t  *expected = &copies->sets[copies->next];
    set_t        *set;
    tern_status_t status = TERN_OK;

    if (expected->ids != ids || expected->num != num)
        status = mf_copies_expect(copies, num, ids);
    set = &copies->sets[copies->next];
    if (status == TERN_OK)
        status = wait_for(copies, set);
    if (status != TERN_OK)
        return status;
    copies->current = copies->next;
    memcpy(set->values, set->before, num * copies->width * sizeof(float));
    for (size_t i = 0; i < num; i++)
        vectors[i] = set->values + i * copies->width;
    return TERN_OK;
}

tern_status_t mf_copies_close(mf_copies_t *copies)
{
    set_t        *set    = &copies->sets[copies->current];
    tern_status_t status = TERN_OK;

    mf_kernel_change(set->num * copies->width, set->values, set->before);
    set->ids = NULL;
    status   = begin_push(copies, set);
    return status == TERN_OK && !copies->is_async ? wait_for(copies, set) : status;
}

tern_status_t mf_copies_settle(mf_copies_t *copies)
{
    for (size_t s = 0; s < NUM_SETS; s++)
        copies->sets[s].ids = NULL; /* what was expected is old by the next epoch */
    return wait_for_all(copies);
}

tern_status_t mf_copies_read(mf_copies_t *copies, size_t num, const uint32_t ids[],
                             float values[])
{
    tern_key_t   *keys = APP_NEW(tern_key_t, num);
    tern_status_t status;

    mf_keys_of(copies->keys, num, ids, keys);
    status = tern_pull(copies->table, num, keys, values, NULL);
    free(keys);
    return status;
}
