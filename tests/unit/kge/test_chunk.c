/** \file
 * The gradients of a chunk against finite differences, for every model and loss.
 */
#include "common/memory.h"
#include "kge/chunk.h"
#include "support/facts.h"
#include "tern/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIM = 6, NUM_ENTITIES = 9, NUM_RELATIONS = 2, NUM_TRIPLES = 5, NUM_NEGATIVES = 3 };

static const kge_triple_t triples[NUM_TRIPLES] = {
    {0, 0, 1}, {1, 1, 2}, {3, 0, 3}, {4, 1, 0}, {2, 0, 5},
};
static const uint32_t negatives[NUM_NEGATIVES] = {6, 1, 8}; /* 1 is an answer, too */

/* A model small enough to be perturbed value by value. */
typedef struct fixture {
    kge_recipe_t recipe;
    size_t       width, relation_width;
    float       *entities, *relations; /* values */
    float       *entity_gradients, *relation_gradients;
    const float *entity_values[NUM_ENTITIES];
    const float *relation_values[NUM_RELATIONS];
    kge_chunk_t *chunk;
} fixture_t;

static float *draw(size_t num, uint64_t stream)
{
    float *values = APP_NEW(float, num);

    for (size_t i = 0; i < num; i++)
        values[i] = (float)(2 * tern_random_unit(7, stream, i) - 1);
    return values;
}

static void fixture_init(fixture_t *f, const char *model, const char *loss, double l2)
{
    f->recipe             = (kge_recipe_t){.model         = kge_model_find(model),
                                           .loss          = kge_loss_find(loss),
                                           .dim           = DIM,
                                           .num_negatives = NUM_NEGATIVES,
                                           .chunk_triples = NUM_TRIPLES + 2,
                                           .batch_triples = NUM_TRIPLES + 2,
                                           .l2            = l2,
                                           .margin        = 2};
    f->width              = kge_recipe_entity_width(&f->recipe);
    f->relation_width     = kge_recipe_relation_width(&f->recipe);
    f->entities           = draw(NUM_ENTITIES * f->width, 1);
    f->relations          = draw(NUM_RELATIONS * f->relation_width, 2);
    f->entity_gradients   = APP_NEW(float, NUM_ENTITIES * f->width);
    f->relation_gradients = APP_NEW(float, NUM_RELATIONS * f->relation_width);
    for (size_t i = 0; i < NUM_ENTITIES; i++)
        f->entity_values[i] = f->entities + i * f->width;
    for (size_t i = 0; i < NUM_RELATIONS; i++)
        f->relation_values[i] = f->relations + i * f->relation_width;
    f->chunk = kge_chunk_create(&f->recipe);
}

static void fixture_fini(fixture_t *f)
{
    kge_chunk_destroy(&f->chunk);
    free(f->entities);
    free(f->relations);
    free(f->entity_gradients);
    free(f->relation_gradients);
}

/* The loss; gradients are made anew. */
static double run(fixture_t *f)
{
    const kge_slots_t entities  = {f->entity_values, f->entity_gradients};
    const kge_slots_t relations = {f->relation_values, f->relation_gradients};

    memset(f->entity_gradients, 0, NUM_ENTITIES * f->width * sizeof(float));
    memset(f->relation_gradients, 0, NUM_RELATIONS * f->relation_width * sizeof(float));
    return kge_chunk_run(f->chunk, NUM_TRIPLES, triples, negatives, &entities,
                         &relations);
}

/* Largest difference between `gradients` and central differences of the loss. */
static double largest_error(fixture_t *f, size_t num, float values[],
                            const float gradients[])
{
    const float step     = 2e-3f;
    float      *analytic = APP_NEW(float, num);
    double      worst    = 0;

    run(f);
    memcpy(analytic, gradients, num * sizeof(float));
    for (size_t i = 0; i < num; i++) {
        float value = values[i];

        values[i]    = value + step;
        double above = run(f);
        values[i]    = value - step;
        double below = run(f);
        values[i]    = value;
        worst =
            fmax(worst, fabs((above - below) / (2 * (double)step) - (double)analytic[i]));
    }
    free(analytic);
    return worst;
}

static void prove_gradients(const char *model, const char *loss)
{
    fixture_t f;

    fixture_init(&f, model, loss, 0);
    CU_ASSERT(largest_error(&f, NUM_ENTITIES * f.width, f.entities, f.entity_gradients) <
              0.02);
    CU_ASSERT(largest_error(&f, NUM_RELATIONS * f.relation_width, f.relations,
                            f.relation_gradients) < 0.02);
    fixture_fini(&f);
}

static void logistic_gradients_match_differences(void)
{
    prove_gradients("complex", "logistic");
    prove_gradients("distmult", "logistic");
    prove_gradients("rescal", "logistic");
    prove_gradients("transe", "logistic");
}

static void softmax_gradients_match_differences(void)
{
    prove_gradients("complex", "softmax");
    prove_gradients("distmult", "softmax");
    prove_gradients("rescal", "softmax");
    prove_gradients("transe", "softmax");
}

static void margin_gradients_match_differences(void)
{
    prove_gradients("complex", "margin");
    prove_gradients("distmult", "margin");
    prove_gradients("rescal", "margin");
    prove_gradients("transe", "margin");
}

static void regularisation_adds_each_triples_rows(void)
{
    fixture_t with, without;
    double    worst = 0;

    fixture_init(&with, "complex", "softmax", 0.5);
    fixture_init(&without, "complex", "softmax", 0);
    run(&with);
    run(&without);
    for (size_t e = 0; e < NUM_ENTITIES; e++) {
        float count = 0;

        for (size_t i = 0; i < NUM_TRIPLES; i++)
            count += (float)(triples[i].head == e) + (float)(triples[i].tail == e);
        for (size_t j = e * with.width; j < (e + 1) * with.width; j++)
            worst = fmax(worst, fabs((double)(with.entity_gradients[j] -
                                              without.entity_gradients[j] -
                                              0.5f * count * with.entities[j])));
    }
    CU_ASSERT(worst < 1e-5);
    fixture_fini(&with);
    fixture_fini(&without);
}

/* The score of a triple is the same whichever side is asked for. */
static void both_sides_score_alike(void)
{
    static const char *const names[] = {"complex", "distmult", "rescal"};

    for (size_t m = 0; m < 3; m++) {
        fixture_t f;
        float     tail_query[2 * DIM], head_query[2 * DIM];
        double    from_tail = 0, from_head = 0;

        fixture_init(&f, names[m], "logistic", 0);
        f.recipe.model->query[KGE_TAIL](DIM, f.entity_values[0], f.relations, tail_query);
        f.recipe.model->query[KGE_HEAD](DIM, f.entity_values[1], f.relations, head_query);
        for (size_t j = 0; j < f.width; j++) {
            from_tail += (double)(tail_query[j] * f.entity_values[1][j]);
            from_head += (double)(head_query[j] * f.entity_values[0][j]);
        }
        CU_ASSERT_DOUBLE_EQUAL(from_tail, from_head, 1e-5);
        fixture_fini(&f);
    }
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(logistic_gradients_match_differences),
        FACT(softmax_gradients_match_differences),
        FACT(margin_gradients_match_differences),
        FACT(regularisation_adds_each_triples_rows),
        FACT(both_sides_score_alike),
    };

    return facts_run("kge/chunk", facts, sizeof(facts) / sizeof(facts[0]));
}
