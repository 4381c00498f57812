/** \file
 * Made-up graphs: the same for the same description, as large as asked for, skewed, structured and without leaks.
 */
#include "kge/synthetic.h"
#include "support/facts.h"

#include <stdlib.h>
#include <string.h>

static const kge_synthetic_t description = {
    .num_entities = 500, .num_relations = 7, .num_triples = 4000, .seed = 3};

static kge_dataset_t make(const kge_synthetic_t *synthetic)
{
    kge_dataset_t dataset;

    kge_dataset_init(&dataset);
    kge_synthetic_make(synthetic, KGE_SPLIT_PAIR, &dataset);
    return dataset;
}

static bool are_equal(const kge_triples_t *a, const kge_triples_t *b)
{
    return a->num == b->num &&
           memcmp(a->items, b->items, a->num * sizeof(kge_triple_t)) == 0;
}

static void a_graph_is_a_function_of_its_description(void)
{
    kge_synthetic_t other = description;
    kge_dataset_t   once = make(&description), again = make(&description), different;

    other.seed++;
    different = make(&other);
    for (int part = 0; part < KGE_NUM_PARTS; part++) {
        CU_ASSERT(are_equal(&once.parts[part], &again.parts[part]));
        CU_ASSERT(!are_equal(&once.parts[part], &different.parts[part]));
    }
    kge_dataset_fini(&once);
    kge_dataset_fini(&again);
    kge_dataset_fini(&different);
}

static void it_has_as_many_distinct_triples_as_asked_for(void)
{
    kge_dataset_t dataset = make(&description);
    kge_triples_t all     = {0};
    size_t        num     = 0;

    for (int part = 0; part < KGE_NUM_PARTS; part++)
        for (size_t i = 0; i < dataset.parts[part].num; i++)
            kge_triples_append(&all, dataset.parts[part].items[i]);
    num = all.num;
    kge_triples_sort_unique(&all);
    CU_ASSERT_EQUAL(all.num, num);
    CU_ASSERT_EQUAL(num + dataset.num_dropped, description.num_triples);
    CU_ASSERT_EQUAL(app_names_count(dataset.entities), description.num_entities);
    CU_ASSERT_EQUAL(app_names_count(dataset.relations), description.num_relations);
    kge_triples_fini(&all);
    kge_dataset_fini(&dataset);
}

static uint32_t lower(const kge_triple_t *triple)
{
    return triple->head < triple->tail ? triple->head : triple->tail;
}

static uint32_t upper(const kge_triple_t *triple)
{
    return triple->head < triple->tail ? triple->tail : triple->head;
}

static void no_pair_crosses_the_split(void)
{
    kge_dataset_t  dataset = make(&description);
    size_t         num     = description.num_entities;
    unsigned char *parts   = calloc(num * num, 1); /* of a pair, as bits */

    for (int part = 0; part < KGE_NUM_PARTS; part++)
        for (size_t i = 0; i < dataset.parts[part].num; i++) {
            const kge_triple_t *triple = &dataset.parts[part].items[i];

            parts[lower(triple) * num + upper(triple)] |= (unsigned char)(1u << part);
        }
    for (size_t pair = 0; pair < num * num; pair++)
        CU_ASSERT((parts[pair] & (parts[pair] - 1)) == 0);
    free(parts);
    kge_dataset_fini(&dataset);
}

/* A head and a relation leave only the entities of a group. */
static void a_question_has_few_answers(void)
{
    kge_synthetic_t dense            = description;
    kge_dataset_t   dataset          = {0};
    size_t          num_answers[500] = {0};
    const size_t    relation         = 1;

    dense.num_triples = 7000;
    dataset           = make(&dense);
    for (int part = 0; part < KGE_NUM_PARTS; part++)
        for (size_t i = 0; i < dataset.parts[part].num; i++)
            if (dataset.parts[part].items[i].relation == relation)
                num_answers[dataset.parts[part].items[i].head]++;
    for (size_t head = 0; head < dense.num_entities; head++)
        CU_ASSERT(num_answers[head] <= KGE_SYNTHETIC_GROUP);
    kge_dataset_fini(&dataset);
}

/* Every group may have the answers of some question: no few entities are in all triples. */
static void answers_lie_everywhere(void)
{
    kge_dataset_t dataset        = make(&description);
    bool          is_answer[500] = {false};
    size_t        num_answers    = 0;

    for (int part = 0; part < KGE_NUM_PARTS; part++)
        for (size_t i = 0; i < dataset.parts[part].num; i++)
            is_answer[dataset.parts[part].items[i].tail] = true;
    for (size_t i = 0; i < description.num_entities; i++)
        num_answers += is_answer[i];
    CU_ASSERT(num_answers > description.num_entities / 2);
    kge_dataset_fini(&dataset);
}

static void the_frequent_are_far_more_frequent(void)
{
    kge_dataset_t dataset   = make(&description);
    size_t        counts[7] = {0};
    size_t        most      = 0;

    for (size_t i = 0; i < dataset.parts[KGE_TRAIN].num; i++)
        counts[dataset.parts[KGE_TRAIN].items[i].relation]++;
    for (size_t r = 0; r < description.num_relations; r++)
        most = counts[r] > most ? counts[r] : most;
    CU_ASSERT(most > 2 * dataset.parts[KGE_TRAIN].num / description.num_relations);
    kge_dataset_fini(&dataset);
}

static void shapes_are_read_or_refused(void)
{
    static const char *const refused[][2] = {
        {"500", "4000"},   {"500x", "4000"}, {"x7", "4000"}, {"500x7x", "4000"},
        {"19x7", "20"},    {"500x0", "1"},   {"500x7", "0"}, {"500x7", "a"},
        {"500x7", "7001"}, {"1.5x7", "1"},
    };
    kge_synthetic_t synthetic;

    CU_ASSERT(kge_synthetic_parse("2e4x50", "1e5", &synthetic));
    CU_ASSERT_EQUAL(synthetic.num_entities, 20000);
    CU_ASSERT_EQUAL(synthetic.num_relations, 50);
    CU_ASSERT_EQUAL(synthetic.num_triples, 100000);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        CU_ASSERT(!kge_synthetic_parse(refused[i][0], refused[i][1], &synthetic));
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_graph_is_a_function_of_its_description),
        FACT(it_has_as_many_distinct_triples_as_asked_for),
        FACT(no_pair_crosses_the_split),
        FACT(a_question_has_few_answers),
        FACT(answers_lie_everywhere),
        FACT(the_frequent_are_far_more_frequent),
        FACT(shapes_are_read_or_refused),
    };

    return facts_run("kge/synthetic", facts, sizeof(facts) / sizeof(facts[0]));
}
