/** \file
 * The partner look-up rule: a baseline without a model, which shows what a split gives away.
 *
 * It answers (h, r, ?) with the entities that train links to h in any way, ranked by how often, in train,
 * a link of that kind comes with the one that is asked for: (b, hyponym, a) nearly always means
 * (a, hypernym, b). Every other entity ties behind.
 */
#ifndef KGE_PARTNER_H
#define KGE_PARTNER_H

#include "known.h"
#include "metrics.h"

/* Filtered ranking of `triples` by the rule, as kge_evaluate(). */
kge_metrics_t kge_partner_evaluate(size_t num_entities, size_t num_relations,
                                   const kge_triples_t *train, const kge_known_t *known,
                                   const kge_triples_t *triples);

#endif
