/** \file
 * tern-lr train: from data in memory to weights that are judged and written.
 */
#ifndef LR_TRAIN_H
#define LR_TRAIN_H

#include "counts.h"
#include "dbpg.h"
#include "evaluate.h"
#include "usage.h"

/* What all ranks make before training. Zero-initialise it. */
typedef struct lr_tables {
    lr_server_t      server;
    tern_table_t    *weights, *counts; /* counts: NULL unless features are left out */
    lr_dbpg_tables_t dbpg;
} lr_tables_t;

/* What came out; the same on all workers. */
typedef struct lr_results {
    lr_totals_t      totals;
    lr_outcome_t     outcome;
    lr_quality_t     quality;
    double           bayes_auc; /* of the planted weights; NAN without */
    lr_entries_t     entries;   /* the weights, on the worker that speaks */
    double           objective, loss;
    double           num_nonzeros, num_filtered, num_features;
    tern_staleness_t staleness; /* as servers count it, on the worker that speaks */
    double           train_seconds, data_seconds;
    double           target_seconds; /* NAN if the target was not reached */
    double           compute_seconds;
    double          *idle_shares; /* [workers] */
    app_usage_t      usage;
    bool             is_salvaged; /* after a signal: what needs all workers is missing */
} lr_results_t;

/* Collective over all ranks. `keys` are those that may come. */
tern_status_t lr_tables_create(lr_tables_t *tables, tern_runtime_t *runtime,
                               const lr_settings_t *settings, tern_range_t keys);

void lr_tables_destroy(lr_tables_t *tables);

/* Called by all workers; `report` on the one that speaks, else NULL. */
tern_status_t lr_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                       const lr_tables_t *tables, lr_dataset_t *dataset,
                       tern_report_t *report, lr_results_t *results);
void          lr_results_fini(lr_results_t *results);

#endif
