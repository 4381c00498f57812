/** \file
 * Parameters that stay where they are, see travel.h.
 */
#include "travel.h"

#include "memory.h"

#include <stdlib.h>

static tern_status_t stay(mf_travel_t *travel, size_t number)
{
    (void)travel;
    (void)number;
    return TERN_OK;
}

static tern_status_t settle(mf_travel_t *travel)
{
    (void)travel;
    return TERN_OK;
}

static void destroy(mf_travel_t *travel)
{
    free(travel);
}

static const mf_travel_ops_t nowhere_ops = {
    .begin_round = stay,
    .arrive      = stay,
    .depart      = stay,
    .settle      = settle,
    .destroy     = destroy,
};

mf_travel_t *mf_travel_nowhere(const mf_plan_t *plan)
{
    mf_travel_t *travel = APP_NEW(mf_travel_t, 1);

    *travel = (mf_travel_t){&nowhere_ops, plan};
    return travel;
}

void mf_travel_destroy(mf_travel_t **travel_p)
{
    if (*travel_p != NULL)
        (*travel_p)->ops->destroy(*travel_p);
    *travel_p = NULL;
}
