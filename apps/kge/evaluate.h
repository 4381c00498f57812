/** \file
 * Exact filtered ranking: both sides of each triple are asked for, and the answer is ranked among *all*
 * entities but those that are known to be right too.
 */
#ifndef KGE_EVALUATE_H
#define KGE_EVALUATE_H

#include "known.h"
#include "metrics.h"
#include "recipe.h"
#include "rows.h"

/* Which triples a worker ranks: number `worker`, `worker` + `num_workers`, ... */
typedef struct kge_share {
    size_t worker, num_workers;
} kge_share_t;

/* Rank a worker's share of `triples`; its metrics are added to `sums`.
 * \return  TERN_OK or the error of an access to rows. */
tern_status_t kge_evaluate(const kge_recipe_t *recipe, kge_rows_t *entities,
                           kge_rows_t *relations, const kge_known_t *known,
                           kge_share_t share, size_t num_triples,
                           const kge_triple_t triples[], kge_metrics_t *sums);

#endif
