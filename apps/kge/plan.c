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

kge_supply_t kge_plan_entity_supply(const kge_plan_t *plan)
{
    if (plan->localize == KGE_LOCALIZE_FULL && moves(plan))
        return KGE_LOCALIZE;
    if (plan->localize == KGE_LOCALIZE_FULL && adapts(plan))
        return KGE_INTEND;
    return KGE_ON_DEMAND;
}

/* A relation that several workers need would only travel between them: the one that has most of its triples
 * claims it once. Intents are different: of them the library makes a replica. */
kge_supply_t kge_plan_relation_supply(const kge_plan_t *plan)
{
    if (plan->localize != KGE_LOCALIZE_NONE && adapts(plan))
        return KGE_INTEND;
    return KGE_ON_DEMAND;
}

bool kge_plan_claims_relations(const kge_plan_t *plan)
{
    return plan->localize != KGE_LOCALIZE_NONE && moves(plan);
}

size_t kge_plan_ahead(const kge_plan_t *plan)
{
    bool has_hints = kge_plan_entity_supply(plan) != KGE_ON_DEMAND ||
                     kge_plan_relation_supply(plan) != KGE_ON_DEMAND;

    return has_hints ? plan->ahead : 0;
}

size_t kge_plan_prefetch(const kge_plan_t *plan, size_t batch_triples)
{
    return (plan->prefetch_triples + batch_triples - 1) / batch_triples;
}
