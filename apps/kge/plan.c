/** \file
 * What a plan means, see plan.h.
 */
#include "plan.h"

#include <string.h>

static bool moves(const kge_plan_t *plan)
{
    return strcmp(plan->policy, "relocate") == 0;
}

static bool adapts(const kge_plan_t *plan)
{
    return strcmp(plan->policy, "adaptive") == 0;
}

static kge_supply_t supply_without_hints(const kge_plan_t *plan)
{
    return plan->prefetch_triples > 0 ? KGE_PREFETCH : KGE_ON_DEMAND;
}

kge_supply_t kge_plan_entity_supply(const kge_plan_t *plan)
{
    if (plan->localize == KGE_LOCALIZE_FULL && moves(plan))
        return KGE_LOCALIZE;
    if (plan->localize == KGE_LOCALIZE_FULL && adapts(plan))
        return KGE_INTEND;
    return supply_without_hints(plan);
}

/* A relation that several workers need would only travel between them: the one that has most of its triples
 * claims it once. Intents are different: of them the library makes a replica. */
kge_supply_t kge_plan_relation_supply(const kge_plan_t *plan)
{
    if (plan->localize != KGE_LOCALIZE_NONE && adapts(plan))
        return KGE_INTEND;
    return supply_without_hints(plan);
}

bool kge_plan_claims_relations(const kge_plan_t *plan)
{
    return plan->localize != KGE_LOCALIZE_NONE && moves(plan);
}

static size_t lead_of(const kge_plan_t *plan, kge_supply_t supply, size_t batch_triples)
{
    switch (supply) {
    case KGE_PREFETCH:
        return (plan->prefetch_triples + batch_triples - 1) / batch_triples;
    case KGE_LOCALIZE:
    case KGE_INTEND:
        return plan->ahead;
    case KGE_ON_DEMAND:
        break;
    }
    return 0;
}

size_t kge_plan_lead(const kge_plan_t *plan, size_t batch_triples)
{
    size_t entities  = lead_of(plan, kge_plan_entity_supply(plan), batch_triples);
    size_t relations = lead_of(plan, kge_plan_relation_supply(plan), batch_triples);

    return entities > relations ? entities : relations;
}
