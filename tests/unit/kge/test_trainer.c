/** \file
 * Batches: what is trained on depends on seed and epoch, never on the number of workers.
 */
#include "array_rows.h"
#include "kge/sampler.h"
#include "kge/trainer.h"
#include "support/facts.h"

enum { NUM_ENTITIES = 50, NUM_RELATIONS = 4, NUM_TRIPLES = 103 };

static const uint64_t seed = 11;

static kge_recipe_t recipe_for_tests(void)
{
    return (kge_recipe_t){.model         = kge_model_find("distmult"),
                          .loss          = kge_loss_find("softmax"),
                          .dim           = 4,
                          .num_negatives = 3,
                          .chunk_triples = 4,
                          .batch_triples = 8,
                          .seed          = seed};
}

static kge_plan_t plan_for_tests(void)
{
    return (kge_plan_t){.policy = "static", .clock_every = 1, .sample = 1};
}

/* Relation 0 has half of the triples, relation 1 a quarter, and so on. */
static kge_triples_t triples_for_tests(void)
{
    kge_triples_t triples = {0};

    for (uint32_t i = 0; i < NUM_TRIPLES; i++)
        kge_triples_append(&triples, (kge_triple_t){i % NUM_ENTITIES,
                                                    i % 2 == 0   ? 0
                                                    : i % 4 == 1 ? 1
                                                    : i % 8 == 3 ? 2
                                                                 : 3,
                                                    i * 7 % NUM_ENTITIES});
    return triples;
}

/* What an epoch does to entities. */
typedef struct counts {
    uint32_t updates[NUM_ENTITIES], brought[NUM_ENTITIES], prefetched[NUM_ENTITIES];
    double   num_triples;
} counts_t;

static counts_t count(const kge_plan_t *plan, size_t num_workers, int number)
{
    kge_recipe_t  recipe  = recipe_for_tests();
    kge_triples_t triples = triples_for_tests();
    counts_t      counts  = {0};
    array_rows_t  entities, relations;
    kge_epoch_t   epoch;

    array_rows_init(&entities, NUM_ENTITIES, kge_recipe_entity_width(&recipe));
    array_rows_init(&relations, NUM_RELATIONS, kge_recipe_relation_width(&recipe));
    for (size_t worker = 0; worker < num_workers; worker++) {
        kge_parameters_t parameters = {.entities  = &entities.rows,
                                       .relations = &relations.rows};
        app_team_t       team       = {NULL, worker, num_workers};
        kge_trainer_t   *trainer = kge_trainer_create(&recipe, plan, team, NUM_ENTITIES,
                                                      NUM_RELATIONS, &triples);

        CU_ASSERT_EQUAL(
            kge_trainer_run_epoch(trainer, number, &parameters, NULL, NULL, &epoch),
            TERN_OK);
        counts.num_triples += epoch.num_triples;
        kge_trainer_destroy(&trainer);
    }
    memcpy(counts.updates, entities.num_updates, sizeof(counts.updates));
    memcpy(counts.brought, entities.num_brought, sizeof(counts.brought));
    memcpy(counts.prefetched, entities.num_prefetched, sizeof(counts.prefetched));
    array_rows_fini(&entities);
    array_rows_fini(&relations);
    kge_triples_fini(&triples);
    return counts;
}

static void batches_do_not_depend_on_the_number_of_workers(void)
{
    static const size_t numbers[] = {2, 3, 16};
    kge_plan_t          plan      = plan_for_tests();
    counts_t            alone     = count(&plan, 1, 1);

    for (size_t i = 0; i < 3; i++) {
        counts_t shared = count(&plan, numbers[i], 1);

        CU_ASSERT_EQUAL(memcmp(&alone, &shared, sizeof(alone)), 0);
    }
}

static void batches_do_not_depend_on_how_early_they_are_prepared(void)
{
    kge_plan_t plan  = plan_for_tests();
    counts_t   alone = count(&plan, 2, 1);

    plan.policy   = "relocate";
    plan.localize = KGE_LOCALIZE_FULL;
    for (plan.ahead = 0; plan.ahead < 40; plan.ahead += 3) {
        counts_t ahead = count(&plan, 2, 1);

        CU_ASSERT_EQUAL(memcmp(&alone, &ahead, sizeof(alone)), 0);
    }
}

static void what_is_read_was_brought(void)
{
    kge_plan_t plan   = plan_for_tests();
    counts_t   counts = count(&plan, 3, 1);

    CU_ASSERT_EQUAL(memcmp(counts.brought, counts.updates, sizeof(counts.updates)), 0);
}

static void every_row_is_prefetched_once_if_that_is_asked_for(void)
{
    kge_plan_t plan = plan_for_tests();

    for (plan.ahead = 0; plan.ahead < 9; plan.ahead++)
        for (size_t early = 1; early < 100; early += 7) {
            counts_t counts;

            plan.prefetch_triples = early;
            counts                = count(&plan, 3, 1);
            CU_ASSERT_EQUAL(
                memcmp(counts.prefetched, counts.updates, sizeof(counts.updates)), 0);
            plan.policy   = plan.ahead % 2 == 0 ? "static" : "relocate";
            plan.localize = KGE_LOCALIZE_FULL;
        }
}

static void epochs_differ(void)
{
    kge_plan_t plan   = plan_for_tests();
    counts_t   first  = count(&plan, 1, 1);
    counts_t   second = count(&plan, 1, 2);

    CU_ASSERT_NOT_EQUAL(memcmp(&first, &second, sizeof(first)), 0);
}

static void clusters_train_on_every_triple_once(void)
{
    kge_plan_t plan = plan_for_tests();

    plan.clustering = KGE_CLUSTER_RELATION;
    for (size_t num_workers = 1; num_workers < 9; num_workers++)
        CU_ASSERT_EQUAL(count(&plan, num_workers, 1).num_triples, NUM_TRIPLES);
}

static void one_worker_has_no_clusters(void)
{
    kge_plan_t plan  = plan_for_tests();
    counts_t   plain = count(&plan, 1, 1), clustered;

    plan.clustering = KGE_CLUSTER_RELATION;
    clustered       = count(&plan, 1, 1);
    CU_ASSERT_EQUAL(memcmp(&plain, &clustered, sizeof(plain)), 0);
}

static void a_sample_is_a_part_of_an_epoch(void)
{
    kge_plan_t plan = plan_for_tests();

    plan.sample = 0.25;
    CU_ASSERT_EQUAL(count(&plan, 1, 1).num_triples, 4 * 8); /* of 13 batches */
    CU_ASSERT_EQUAL(count(&plan, 2, 1).num_triples, 2 * 2 * 8);
}

static void an_order_is_a_permutation(void)
{
    uint32_t order[NUM_TRIPLES];
    bool     is_seen[NUM_TRIPLES] = {false};
    size_t   num_fixed            = 0;

    kge_sample_order(seed, 3, NUM_TRIPLES, order);
    for (size_t i = 0; i < NUM_TRIPLES; i++) {
        CU_ASSERT_FATAL(order[i] < NUM_TRIPLES);
        CU_ASSERT(!is_seen[order[i]]);
        is_seen[order[i]] = true;
        num_fixed += order[i] == i;
    }
    CU_ASSERT(num_fixed < NUM_TRIPLES / 4);
}

static void draws_do_not_depend_on_how_they_are_grouped(void)
{
    tern_key_t together[40], apart[40];

    kge_sample_entities(seed, 2, 100, 40, NUM_ENTITIES, together);
    for (size_t i = 0; i < 40; i += 8)
        kge_sample_entities(seed, 2, 100 + i, 8, NUM_ENTITIES, apart + i);
    CU_ASSERT_EQUAL(memcmp(together, apart, sizeof(apart)), 0);
    for (size_t i = 0; i < 40; i++)
        CU_ASSERT(together[i] < NUM_ENTITIES);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(batches_do_not_depend_on_the_number_of_workers),
        FACT(batches_do_not_depend_on_how_early_they_are_prepared),
        FACT(what_is_read_was_brought),
        FACT(every_row_is_prefetched_once_if_that_is_asked_for),
        FACT(epochs_differ),
        FACT(clusters_train_on_every_triple_once),
        FACT(one_worker_has_no_clusters),
        FACT(a_sample_is_a_part_of_an_epoch),
        FACT(an_order_is_a_permutation),
        FACT(draws_do_not_depend_on_how_they_are_grouped),
    };

    return facts_run("kge/trainer", facts, sizeof(facts) / sizeof(facts[0]));
}
