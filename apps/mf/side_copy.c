/** \file
 * Vectors as copies of a table's rows.
 */
#include "copies.h"
#include "memory.h"

#include <stdlib.h>

typedef struct copy_side {
    mf_side_t    side;
    mf_copies_t *copies;
} copy_side_t;

static mf_copies_t *copies_of(mf_side_t *side)
{
    return ((copy_side_t *)side)->copies;
}

static tern_status_t open_ids(mf_side_t *side, size_t num, const uint32_t ids[],
                              float *vectors[])
{
    return mf_copies_open(copies_of(side), num, ids, vectors);
}

static tern_status_t close_ids(mf_side_t *side)
{
    return mf_copies_close(copies_of(side));
}

static tern_status_t expect_ids(mf_side_t *side, size_t num, const uint32_t ids[])
{
    return mf_copies_expect(copies_of(side), num, ids);
}

static tern_status_t settle(mf_side_t *side)
{
    return mf_copies_settle(copies_of(side));
}

/* What is copied hinders nobody while it is waited for. */
static bool has_ids(const mf_side_t *side, size_t num, const uint32_t ids[])
{
    (void)side;
    (void)num;
    (void)ids;
    return true;
}

static tern_status_t read_ids(mf_side_t *side, size_t num, const uint32_t ids[],
                              float values[])
{
    return mf_copies_read(copies_of(side), num, ids, values);
}

static void destroy(mf_side_t *side)
{
    mf_copies_destroy(&((copy_side_t *)side)->copies);
    free(side);
}

static const mf_side_ops_t copy_ops = {
    .open    = open_ids,
    .copy    = open_ids,
    .has     = has_ids,
    .close   = close_ids,
    .expect  = expect_ids,
    .settle  = settle,
    .read    = read_ids,
    .destroy = destroy,
};

mf_side_t *mf_side_by_copy(const mf_access_t *access)
{
    copy_side_t *copy = APP_NEW(copy_side_t, 1);

    copy->side =
        (mf_side_t){&copy_ops, tern_table_width(access->table), access->keys->num};
    copy->copies =
        mf_copies_create(access->table, access->keys, access->max_open, access->is_async);
    return &copy->side;
}
