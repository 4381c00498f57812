/** \file
 * The blocked ranking against a naive one. Embeddings are small integers, so that all arithmetic is exact
 * and ties abound.
 */
#include "array_rows.h"
#include "kge/evaluate.h"
#include "support/facts.h"
#include "tern/random.h"

#include <math.h>

enum { DIM = 5, NUM_ENTITIES = 1000, NUM_RELATIONS = 3, NUM_TRIPLES = 60 };

typedef struct fixture {
    kge_recipe_t  recipe;
    array_rows_t  entities, relations;
    kge_triples_t triples;
    kge_known_t  *known;
} fixture_t;

static void fill(array_rows_t *array, uint64_t stream)
{
    for (size_t i = 0; i < array->rows.num_rows * array->rows.width; i++)
        array->values[i] = (float)tern_random_below(5, stream, i, 3) - 1;
}

static void fixture_init(fixture_t *f, const char *model)
{
    const kge_triples_t *sets[1];

    *f = (fixture_t){.recipe = {.model = kge_model_find(model), .dim = DIM}};
    array_rows_init(&f->entities, NUM_ENTITIES, kge_recipe_entity_width(&f->recipe));
    array_rows_init(&f->relations, NUM_RELATIONS, kge_recipe_relation_width(&f->recipe));
    fill(&f->entities, 1);
    fill(&f->relations, 2);
    for (uint32_t i = 0; i < NUM_TRIPLES;
         i++) /* few heads, so that many tails are known */
        kge_triples_append(&f->triples, (kge_triple_t){i % 7, i % NUM_RELATIONS,
                                                       (uint32_t)tern_random_below(
                                                           5, 3, i, NUM_ENTITIES)});
    sets[0]  = &f->triples;
    f->known = kge_known_create(1, sets);
}

static void fixture_fini(fixture_t *f)
{
    array_rows_fini(&f->entities);
    array_rows_fini(&f->relations);
    kge_triples_fini(&f->triples);
    kge_known_destroy(&f->known);
}

static double naive_score(const fixture_t *f, const float *query, uint32_t entity)
{
    size_t       width = f->entities.rows.width;
    const float *value = f->entities.values + entity * width;
    double       sum   = 0;

    for (size_t j = 0; j < width; j++)
        if (f->recipe.model->is_distance)
            sum -= pow((double)query[j] - (double)value[j], 2);
        else
            sum += (double)query[j] * (double)value[j];
    return sum;
}

static bool is_known(const fixture_t *f, kge_side_t side, const kge_triple_t *triple,
                     uint32_t candidate)
{
    for (size_t i = 0; i < f->triples.num; i++) {
        const kge_triple_t *other = &f->triples.items[i];

        if (other->relation != triple->relation)
            continue;
        if (side == KGE_TAIL && other->head == triple->head && other->tail == candidate)
            return true;
        if (side == KGE_HEAD && other->tail == triple->tail && other->head == candidate)
            return true;
    }
    return false;
}

static void naive_rank(const fixture_t *f, kge_side_t side, const kge_triple_t *triple,
                       kge_metrics_t *sums)
{
    uint32_t known  = side == KGE_TAIL ? triple->head : triple->tail;
    uint32_t answer = side == KGE_TAIL ? triple->tail : triple->head;
    double   better = 0, equal = 0;
    float    query[DIM * DIM];

    f->recipe.model->query[side](
        DIM, f->entities.values + known * f->entities.rows.width,
        f->relations.values + triple->relation * f->relations.rows.width, query);
    for (uint32_t e = 0; e < NUM_ENTITIES; e++) {
        if (is_known(f, side, triple, e))
            continue;
        better += naive_score(f, query, e) > naive_score(f, query, answer);
        equal += naive_score(f, query, e) == naive_score(f, query, answer);
    }
    kge_metrics_add(sums, better, equal);
}

static void prove_ranking(const char *model)
{
    fixture_t     f;
    kge_metrics_t naive = {0}, blocked = {0};

    fixture_init(&f, model);
    for (size_t i = 0; i < f.triples.num; i++)
        for (int side = KGE_TAIL; side < KGE_NUM_SIDES; side++)
            naive_rank(&f, (kge_side_t)side, &f.triples.items[i], &naive);
    CU_ASSERT_EQUAL(kge_evaluate(&f.recipe, &f.entities.rows, &f.relations.rows, f.known,
                                 (kge_share_t){0, 1}, f.triples.num, f.triples.items,
                                 &blocked),
                    TERN_OK);
    CU_ASSERT_EQUAL(blocked.num_queries, 2 * NUM_TRIPLES);
    CU_ASSERT_DOUBLE_EQUAL(blocked.mrr, naive.mrr, 1e-9);
    CU_ASSERT_EQUAL(blocked.hits1, naive.hits1);
    CU_ASSERT_EQUAL(blocked.hits3, naive.hits3);
    CU_ASSERT_EQUAL(blocked.hits10, naive.hits10);
    CU_ASSERT(naive.mrr > 0);
    fixture_fini(&f);
}

static void products_rank_as_a_naive_loop(void)
{
    prove_ranking("complex");
    prove_ranking("distmult");
    prove_ranking("rescal");
}

static void distances_rank_as_a_naive_loop(void)
{
    prove_ranking("transe");
}

static void shares_add_up_to_the_whole(void)
{
    fixture_t     f;
    kge_metrics_t whole = {0}, parts = {0};

    fixture_init(&f, "complex");
    CU_ASSERT_EQUAL(kge_evaluate(&f.recipe, &f.entities.rows, &f.relations.rows, f.known,
                                 (kge_share_t){0, 1}, f.triples.num, f.triples.items,
                                 &whole),
                    TERN_OK);
    for (size_t worker = 0; worker < 7; worker++)
        CU_ASSERT_EQUAL(kge_evaluate(&f.recipe, &f.entities.rows, &f.relations.rows,
                                     f.known, (kge_share_t){worker, 7}, f.triples.num,
                                     f.triples.items, &parts),
                        TERN_OK);
    CU_ASSERT_EQUAL(parts.num_queries, whole.num_queries);
    CU_ASSERT_DOUBLE_EQUAL(parts.mrr, whole.mrr, 1e-9);
    fixture_fini(&f);
}

static void a_worker_without_triples_ranks_nothing(void)
{
    fixture_t     f;
    kge_metrics_t sums = {0};

    fixture_init(&f, "complex");
    CU_ASSERT_EQUAL(kge_evaluate(&f.recipe, &f.entities.rows, &f.relations.rows, f.known,
                                 (kge_share_t){3, 4}, 2, f.triples.items, &sums),
                    TERN_OK);
    CU_ASSERT_EQUAL(sums.num_queries, 0);
    fixture_fini(&f);
}

static void a_model_of_nans_ranks_last(void)
{
    fixture_t     f;
    kge_metrics_t sums = {0};

    fixture_init(&f, "distmult");
    for (size_t i = 0; i < NUM_ENTITIES * f.entities.rows.width; i++)
        f.entities.values[i] = NAN;
    CU_ASSERT_EQUAL(kge_evaluate(&f.recipe, &f.entities.rows, &f.relations.rows, f.known,
                                 (kge_share_t){0, 1}, f.triples.num, f.triples.items,
                                 &sums),
                    TERN_OK);
    CU_ASSERT(sums.mrr < 0.01 * sums.num_queries);
    fixture_fini(&f);
}

static void ties_get_their_mean_rank(void)
{
    kge_metrics_t sums = {0};

    kge_metrics_add(&sums, 1, 2); /* rank 2, 3 or 4 */
    CU_ASSERT_DOUBLE_EQUAL(sums.mrr, 1.0 / 3, 1e-12);
    CU_ASSERT_EQUAL(sums.hits1, 0);
    CU_ASSERT_EQUAL(sums.hits3, 1);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(products_rank_as_a_naive_loop), FACT(distances_rank_as_a_naive_loop),
        FACT(shares_add_up_to_the_whole),    FACT(a_worker_without_triples_ranks_nothing),
        FACT(a_model_of_nans_ranks_last),    FACT(ties_get_their_mean_rank),
    };

    return facts_run("kge/evaluate", facts, sizeof(facts) / sizeof(facts[0]));
}
