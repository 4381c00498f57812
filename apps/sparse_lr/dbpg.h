/** \file
 * Delayed block proximal gradient.
 *
 * Passes over blocks of features in random order; pipeline.h has what happens to a block. After each pass the workers
 * put together what it came to: loss, penalty, how many weights are filtered; they set the threshold of the filter and
 * decide whether to stop.
 *
 * Source: Li et al., OSDI 2014, algorithm 3. Ours differs: blocks are drawn by every worker from the same seed, instead of by
 * the scheduler; and what a pass came to is known one pass later where there is a delay, without a barrier.
 */
#ifndef LR_DBPG_H
#define LR_DBPG_H

#include "dataset.h"
#include "progress.h"
#include "server.h"
#include "shard.h"

/* What the iterations need that all ranks have made. */
typedef struct lr_dbpg_tables {
    tern_table_t      *weights, *progress;
    tern_delay_auto_t *automatic; /* NULL unless tau is to be found */
} lr_dbpg_tables_t;

tern_status_t lr_dbpg_create_tables(tern_runtime_t      *runtime,
                                    const lr_settings_t *settings, tern_range_t keys,
                                    lr_dbpg_tables_t *tables);
void          lr_dbpg_destroy_tables(lr_dbpg_tables_t *tables);

/* Called by all workers; `report` on the one that speaks, else NULL. The examples of the data set are freed once they are
 * in columns. */
tern_status_t lr_dbpg_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                            const lr_dbpg_tables_t *tables, lr_dataset_t *dataset,
                            const lr_totals_t *totals, tern_report_t *report,
                            lr_outcome_t *outcome);

#endif
