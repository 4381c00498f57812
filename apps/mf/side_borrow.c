/** \file
 * Vectors in place: rows of this node are borrowed, the others copied.
 *
 * Ids that are the worker's alone are borrowed once and held until the side is settled, so that opening them costs a
 * look-up. Others are borrowed while they are open: without a latch where the schedule keeps other workers away, as
 * in `dsgd`, else latched. Under policies that move rows none leaves a node while somebody there has borrowed any: so nobody
 * waits for a row while he has borrowed others, and copies all of them if one is not here.
 */
#include "copies.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

typedef struct loan {
    size_t           num;
    tern_key_t      *keys;
    tern_borrowed_t *rows; /* rows[i].value is NULL if keys[i] is not on this node */
} loan_t;

typedef struct borrow_side {
    mf_side_t          side;
    tern_table_t      *table;
    const mf_keys_t   *keys;
    tern_borrow_mode_t mode;
    loan_t             held, open;
    bool               moves; /* see mf_access_t */
    bool               is_held, is_holding;
    uint32_t           first; /* id of the first that is held */
    mf_copies_t       *copies;
    uint32_t          *absent;        /* [max_open] ids */
    float            **absent_copies; /* [max_open] */
    size_t             num_absent;
} borrow_side_t;

static void loan_init(loan_t *loan, size_t num)
{
    *loan =
        (loan_t){.keys = APP_NEW(tern_key_t, num), .rows = APP_NEW(tern_borrowed_t, num)};
}

static void loan_fini(loan_t *loan)
{
    free(loan->keys);
    free(loan->rows);
}

static tern_status_t borrow(borrow_side_t *borrow, loan_t *loan, size_t num,
                            tern_borrow_mode_t mode)
{
    tern_status_t status =
        tern_borrow(borrow->table, num, loan->keys, mode, loan->rows, NULL);

    loan->num = status == TERN_OK ? num : 0;
    return status;
}

static void give_back(borrow_side_t *borrow, loan_t *loan, tern_borrow_mode_t mode)
{
    tern_return(borrow->table, loan->num, mode, loan->rows, NULL);
    loan->num = 0;
}

static tern_status_t hold(borrow_side_t *borrow_side)
{
    size_t        num    = borrow_side->keys->num_near;
    uint32_t     *ids    = APP_NEW(uint32_t, num);
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num; i++)
        ids[i] = borrow_side->first + (uint32_t)i;
    mf_keys_of(borrow_side->keys, num, ids, borrow_side->held.keys);
    free(ids);
    status = borrow(borrow_side, &borrow_side->held, num, TERN_BORROW_EXCLUSIVE);
    borrow_side->is_holding = status == TERN_OK;
    return status;
}

static bool has_ids(const mf_side_t *side, size_t num, const uint32_t ids[])
{
    const borrow_side_t *borrow_side = (const borrow_side_t *)side;
    bool                 has         = true;

    if (!borrow_side->moves)
        return true;
    mf_keys_of(borrow_side->keys, num, ids, borrow_side->open.keys);
    for (size_t i = 0; i < num && has; i++)
        has = tern_is_local(borrow_side->table, borrow_side->open.keys[i]);
    return has;
}

static tern_status_t copy_ids(mf_side_t *side, size_t num, const uint32_t ids[],
                              float *vectors[])
{
    borrow_side_t *borrow_side = (borrow_side_t *)side;

    borrow_side->num_absent = num;
    return mf_copies_open(borrow_side->copies, num, ids, vectors);
}

/* Vectors that are here, NULL for the others, of which the number is returned. */
static size_t point_to_rows(const borrow_side_t *borrow_side, size_t num,
                            const uint32_t ids[], float *vectors[])
{
    size_t num_absent = 0;

    for (size_t i = 0; i < num; i++) {
        vectors[i] = borrow_side->is_held
                         ? borrow_side->held.rows[ids[i] - borrow_side->first].value
                         : borrow_side->open.rows[i].value;
        num_absent += vectors[i] == NULL;
    }
    return num_absent;
}

/* Copies of what is not here take the places that were left open. */
static tern_status_t copy_absent(borrow_side_t *borrow_side, size_t num,
                                 const uint32_t ids[], float *vectors[])
{
    tern_status_t status;

    for (size_t i = 0, a = 0; i < num; i++)
        if (vectors[i] == NULL)
            borrow_side->absent[a++] = ids[i];
    status = mf_copies_open(borrow_side->copies, borrow_side->num_absent,
                            borrow_side->absent, borrow_side->absent_copies);
    for (size_t i = 0, a = 0; i < num && status == TERN_OK; i++)
        if (vectors[i] == NULL)
            vectors[i] = borrow_side->absent_copies[a++];
    return status;
}

static tern_status_t open_ids(mf_side_t *side, size_t num, const uint32_t ids[],
                              float *vectors[])
{
    borrow_side_t *borrow_side = (borrow_side_t *)side;
    tern_status_t  status      = TERN_OK;

    if (borrow_side->is_held && !borrow_side->is_holding)
        status = hold(borrow_side);
    if (status == TERN_OK && !borrow_side->is_held) {
        mf_keys_of(borrow_side->keys, num, ids, borrow_side->open.keys);
        status = borrow(borrow_side, &borrow_side->open, num, borrow_side->mode);
    }
    if (status != TERN_OK)
        return status;
    borrow_side->num_absent = point_to_rows(borrow_side, num, ids, vectors);
    if (borrow_side->num_absent == 0)
        return TERN_OK;
    if (!borrow_side->moves)
        return copy_absent(borrow_side, num, ids, vectors);
    give_back(borrow_side, &borrow_side->open, borrow_side->mode);
    return copy_ids(side, num, ids, vectors);
}

static tern_status_t close_ids(mf_side_t *side)
{
    borrow_side_t *borrow_side = (borrow_side_t *)side;

    if (borrow_side->open.num > 0)
        give_back(borrow_side, &borrow_side->open, borrow_side->mode);
    return borrow_side->num_absent > 0 ? mf_copies_close(borrow_side->copies) : TERN_OK;
}

/* Whether they will be here is only known when they are opened. */
static tern_status_t expect_nothing(mf_side_t *side, size_t num, const uint32_t ids[])
{
    (void)side;
    (void)num;
    (void)ids;
    return TERN_OK;
}

static tern_status_t settle(mf_side_t *side)
{
    borrow_side_t *borrow_side = (borrow_side_t *)side;

    if (borrow_side->is_holding)
        give_back(borrow_side, &borrow_side->held, TERN_BORROW_EXCLUSIVE);
    borrow_side->is_holding = false;
    return mf_copies_settle(borrow_side->copies);
}

static tern_status_t read_ids(mf_side_t *side, size_t num, const uint32_t ids[],
                              float values[])
{
    return mf_copies_read(((borrow_side_t *)side)->copies, num, ids, values);
}

static void destroy(mf_side_t *side)
{
    borrow_side_t *borrow_side = (borrow_side_t *)side;

    if (borrow_side->is_holding)
        give_back(borrow_side, &borrow_side->held, TERN_BORROW_EXCLUSIVE);
    mf_copies_destroy(&borrow_side->copies);
    loan_fini(&borrow_side->held);
    loan_fini(&borrow_side->open);
    free(borrow_side->absent);
    free(borrow_side->absent_copies);
    free(borrow_side);
}

static const mf_side_ops_t borrow_ops = {
    .open    = open_ids,
    .copy    = copy_ids,
    .has     = has_ids,
    .close   = close_ids,
    .expect  = expect_nothing,
    .settle  = settle,
    .read    = read_ids,
    .destroy = destroy,
};

mf_side_t *mf_side_by_borrow(const mf_access_t *access)
{
    borrow_side_t *borrow_side = APP_NEW(borrow_side_t, 1);

    *borrow_side = (borrow_side_t){
        .side    = {&borrow_ops, tern_table_width(access->table), access->keys->num},
        .table   = access->table,
        .keys    = access->keys,
        .mode    = access->is_exclusive ? TERN_BORROW_EXCLUSIVE : TERN_BORROW_LATCHED,
        .moves   = access->moves,
        .is_held = access->is_held,
        .first   = access->keys->first,
        .copies  = mf_copies_create(access->table, access->keys, access->max_open,
                                    access->is_async),
        .absent  = APP_NEW(uint32_t, access->max_open),
        .absent_copies = APP_NEW(float *, access->max_open),
    };
    loan_init(&borrow_side->held, access->is_held ? access->keys->num_near : 0);
    loan_init(&borrow_side->open, access->is_held ? 0 : access->max_open);
    return &borrow_side->side;
}
