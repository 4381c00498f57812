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

/* How often each entity is updated in an epoch that `num_workers` share. */
static void count_updates(size_t num_workers, int epoch, uint32_t num_updates[])
{
    kge_recipe_t  recipe  = recipe_for_tests();
    kge_triples_t triples = {0};
    array_rows_t  entities, relations;
    double        loss = 0;

    for (uint32_t i = 0; i < NUM_TRIPLES; i++)
        kge_triples_append(&triples, (kge_triple_t){i % NUM_ENTITIES, i % NUM_RELATIONS,
                                                    i * 7 % NUM_ENTITIES});
    array_rows_init(&entities, NUM_ENTITIES, kge_recipe_entity_width(&recipe));
    array_rows_init(&relations, NUM_RELATIONS, kge_recipe_relation_width(&recipe));
    for (size_t worker = 0; worker < num_workers; worker++) {
        kge_parameters_t parameters = {&entities.rows, &relations.rows};
        app_team_t       team       = {NULL, worker, num_workers};
        kge_trainer_t   *trainer =
            kge_trainer_create(&recipe, team, 1, NUM_ENTITIES, NUM_RELATIONS, &triples);

        CU_ASSERT_EQUAL(
            kge_trainer_run_epoch(trainer, epoch, &parameters, NULL, NULL, &loss),
            TERN_OK);
        kge_trainer_destroy(&trainer);
    }
    memcpy(num_updates, entities.num_updates, NUM_ENTITIES * sizeof(uint32_t));
    array_rows_fini(&entities);
    array_rows_fini(&relations);
    kge_triples_fini(&triples);
}

static void batches_do_not_depend_on_the_number_of_workers(void)
{
    static const size_t counts[] = {2, 3, 16};
    uint32_t            alone[NUM_ENTITIES], shared[NUM_ENTITIES];

    count_updates(1, 1, alone);
    for (size_t i = 0; i < 3; i++) {
        count_updates(counts[i], 1, shared);
        CU_ASSERT_EQUAL(memcmp(alone, shared, sizeof(alone)), 0);
    }
}

static void epochs_differ(void)
{
    uint32_t first[NUM_ENTITIES], second[NUM_ENTITIES];

    count_updates(1, 1, first);
    count_updates(1, 2, second);
    CU_ASSERT_NOT_EQUAL(memcmp(first, second, sizeof(first)), 0);
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
    uint32_t together[40], apart[40];

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
        FACT(epochs_differ),
        FACT(an_order_is_a_permutation),
        FACT(draws_do_not_depend_on_how_they_are_grouped),
    };

    return facts_run("kge/trainer", facts, sizeof(facts) / sizeof(facts[0]));
}
