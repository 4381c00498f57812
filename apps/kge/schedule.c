/** \file
 * Which triples a worker trains on, see schedule.h.
 */
#include "schedule.h"

#include "clusters.h"
#include "memory.h"
#include "sampler.h"

#include <math.h>
#include <stdlib.h>

struct kge_schedule {
    uint64_t             seed;
    size_t               batch_triples;
    app_team_t           team;
    const kge_triples_t *triples;
    size_t               num_relations;
    uint32_t            *relation_owners; /* [num_relations] */
    uint32_t            *items; /* [num_items] triples in which the order is drawn */
    uint32_t            *order; /* [num_items] of this epoch */
    size_t               num_items;
    size_t first_batch, batch_stride; /* this worker's are first, first + stride, ... */
    size_t max_steps, num_steps;      /* of an epoch; of these run */
};

static size_t divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

static void take_all(kge_schedule_t *schedule)
{
    schedule->num_items    = schedule->triples->num;
    schedule->items        = APP_NEW(uint32_t, schedule->num_items);
    schedule->first_batch  = schedule->team.worker;
    schedule->batch_stride = schedule->team.num_workers;
    schedule->max_steps    = divide_up(
           divide_up(schedule->num_items, schedule->batch_triples), schedule->batch_stride);
    for (size_t i = 0; i < schedule->num_items; i++)
        schedule->items[i] = (uint32_t)i;
}

/* The worker with the most triples decides how many steps there are. */
static void take_cluster(kge_schedule_t *schedule, const kge_clusters_t *clusters)
{
    schedule->items        = APP_NEW(uint32_t, clusters->sizes[schedule->team.worker]);
    schedule->batch_stride = 1;
    for (size_t i = 0; i < schedule->triples->num; i++)
        if (clusters->workers[i] == schedule->team.worker)
            schedule->items[schedule->num_items++] = (uint32_t)i;
    for (size_t w = 0; w < clusters->num_workers; w++) {
        size_t num_steps = divide_up(clusters->sizes[w], schedule->batch_triples);

        if (num_steps > schedule->max_steps)
            schedule->max_steps = num_steps;
    }
}

kge_schedule_t *kge_schedule_create(const kge_recipe_t *recipe, const kge_plan_t *plan,
                                    app_team_t team, size_t num_relations,
                                    const kge_triples_t *triples)
{
    kge_schedule_t *schedule = APP_NEW(kge_schedule_t, 1);
    kge_clusters_t  clusters;

    kge_clusters_init(&clusters, team.num_workers, num_relations, triples);
    schedule->seed            = recipe->seed;
    schedule->batch_triples   = recipe->batch_triples;
    schedule->team            = team;
    schedule->triples         = triples;
    schedule->num_relations   = num_relations;
    schedule->relation_owners = clusters.owners;
    clusters.owners           = NULL;
    if (plan->clustering == KGE_CLUSTER_RELATION)
        take_cluster(schedule, &clusters);
    else
        take_all(schedule);
    kge_clusters_fini(&clusters);
    schedule->order     = APP_NEW(uint32_t, schedule->num_items);
    schedule->num_steps = (size_t)ceil(plan->sample * (double)schedule->max_steps);
    return schedule;
}

void kge_schedule_destroy(kge_schedule_t **schedule_p)
{
    kge_schedule_t *schedule = *schedule_p;

    if (schedule == NULL)
        return;
    free(schedule->relation_owners);
    free(schedule->items);
    free(schedule->order);
    free(schedule);
    *schedule_p = NULL;
}

void kge_schedule_begin(kge_schedule_t *schedule, uint64_t epoch)
{
    kge_sample_order(schedule->seed, epoch, schedule->num_items, schedule->order);
    for (size_t i = 0; i < schedule->num_items; i++)
        schedule->order[i] = schedule->items[schedule->order[i]];
}

size_t kge_schedule_num_steps(const kge_schedule_t *schedule)
{
    return schedule->num_steps;
}

double kge_schedule_share(const kge_schedule_t *schedule)
{
    return (double)schedule->num_steps / (double)schedule->max_steps;
}

uint64_t kge_schedule_batch(const kge_schedule_t *schedule, size_t step)
{
    return (uint64_t)step * schedule->team.num_workers + schedule->team.worker;
}

size_t kge_schedule_take(const kge_schedule_t *schedule, size_t step,
                         kge_triple_t triples[])
{
    size_t first =
        (schedule->first_batch + step * schedule->batch_stride) * schedule->batch_triples;
    size_t rest = first < schedule->num_items ? schedule->num_items - first : 0;
    size_t num  = rest < schedule->batch_triples ? rest : schedule->batch_triples;

    for (size_t i = 0; i < num; i++)
        triples[i] = schedule->triples->items[schedule->order[first + i]];
    return num;
}

size_t kge_schedule_own_relations(const kge_schedule_t *schedule, tern_key_t relations[])
{
    size_t num = 0;

    for (size_t r = 0; r < schedule->num_relations; r++)
        if (schedule->relation_owners[r] == schedule->team.worker)
            relations[num++] = r;
    return num;
}
