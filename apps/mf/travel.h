/** \file
 * How columns come to the worker whose turn it is with them, and rows to theirs: the kind decides whether a parameter
 * server relocates them, whether they are sent by hand, or whether they are where they are.
 */
#ifndef MF_TRAVEL_H
#define MF_TRAVEL_H

#include "keys.h"
#include "plan.h"

typedef struct mf_travel mf_travel_t;

typedef struct mf_travel_ops {
    /* round `round` of the plan begins, after its clock */
    tern_status_t (*begin_round)(mf_travel_t *travel, size_t round);
    /* the worker needs a group now; groups of a round are met in order */
    tern_status_t (*arrive)(mf_travel_t *travel, size_t group);
    /* the worker is done with it */
    tern_status_t (*depart)(mf_travel_t *travel, size_t group);
    /* all is at rest and every worker may read everything */
    tern_status_t (*settle)(mf_travel_t *travel);
    void (*destroy)(mf_travel_t *travel);
} mf_travel_ops_t;

/* First member of each kind. */
struct mf_travel {
    const mf_travel_ops_t *ops;
    const mf_plan_t       *plan;
};

/* Nothing moves. */
mf_travel_t *mf_travel_nowhere(const mf_plan_t *plan);

typedef struct mf_migration {
    tern_runtime_t  *runtime;
    tern_table_t    *rows, *columns;
    const mf_keys_t *row_keys, *column_keys; /* borrowed */
    size_t           ahead;      /* groups that are localized ahead of their use */
    bool             has_intent; /* announce instead of localize */
    bool             moves_columns;
} mf_migration_t;

/* Rows are localized, or announced, once; columns as they are needed. */
mf_travel_t *mf_travel_by_server(const mf_plan_t *plan, const mf_migration_t *migration);

void mf_travel_destroy(mf_travel_t **travel_p);

#endif
