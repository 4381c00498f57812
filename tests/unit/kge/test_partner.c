/** \file
 * The partner look-up rule on a graph small enough to rank by hand.
 */
#include "kge/partner.h"
#include "support/facts.h"

enum { UP, DOWN, NUM_RELATIONS };

static kge_metrics_t rank(const kge_triples_t *train, const kge_triples_t *test,
                          size_t num_entities)
{
    const kge_triples_t *sets[2] = {train, test};
    kge_known_t         *known   = kge_known_create(2, sets);
    kge_metrics_t        metrics =
        kge_partner_evaluate(num_entities, NUM_RELATIONS, train, known, test);

    kge_known_destroy(&known);
    return metrics;
}

static void add_pair(kge_triples_t *triples, uint32_t child, uint32_t parent)
{
    kge_triples_append(triples, (kge_triple_t){child, UP, parent});
    kge_triples_append(triples, (kge_triple_t){parent, DOWN, child});
}

static void an_inverse_in_train_gives_the_answer_away(void)
{
    kge_triples_t train = {0}, test = {0};

    for (uint32_t i = 0; i < 8; i++)
        add_pair(&train, 2 * i, 2 * i + 1);
    kge_triples_append(&train, (kge_triple_t){17, DOWN, 16});
    kge_triples_append(&test, (kge_triple_t){16, UP, 17});
    kge_metrics_t metrics = rank(&train, &test, 20);

    CU_ASSERT_EQUAL(metrics.num_queries, 2);
    CU_ASSERT_DOUBLE_EQUAL(metrics.mrr, 1, 1e-12);
    kge_triples_fini(&train);
    kge_triples_fini(&test);
}

static void without_a_partner_all_entities_tie(void)
{
    kge_triples_t train = {0}, test = {0};

    for (uint32_t i = 0; i < 8; i++)
        add_pair(&train, 2 * i, 2 * i + 1);
    kge_triples_append(&test, (kge_triple_t){16, UP, 17});
    kge_metrics_t metrics = rank(&train, &test, 21);

    CU_ASSERT_DOUBLE_EQUAL(metrics.mrr, 1.0 / 11, 1e-12); /* 20 others tie */
    CU_ASSERT_EQUAL(metrics.hits10, 0);
    kge_triples_fini(&train);
    kge_triples_fini(&test);
}

static void wrong_partners_come_first(void)
{
    kge_triples_t train = {0}, test = {0};

    for (uint32_t i = 0; i < 8; i++)
        add_pair(&train, 2 * i, 2 * i + 1);
    kge_triples_append(&train, (kge_triple_t){18, DOWN, 16}); /* 16 has another parent */
    kge_triples_append(&test, (kge_triple_t){16, UP, 17});
    kge_metrics_t metrics = rank(&train, &test, 21);

    /* tail: 18 is better, 19 others tie; head: 20 others tie */
    CU_ASSERT_DOUBLE_EQUAL(metrics.mrr, (1 / (2 + 9.5) + 1 / 11.0) / 2, 1e-12);
    kge_triples_fini(&train);
    kge_triples_fini(&test);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(an_inverse_in_train_gives_the_answer_away),
        FACT(without_a_partner_all_entities_tie),
        FACT(wrong_partners_come_first),
    };

    return facts_run("kge/partner", facts, sizeof(facts) / sizeof(facts[0]));
}
