/** \file
 * Data clustering: every triple has one worker, workers have as much to do, and few relations are shared.
 */
#include "kge/clusters.h"
#include "support/facts.h"
#include "tern/random.h"

#include <stdbool.h>
#include <stdlib.h>

enum { NUM_RELATIONS = 50, MAX_WORKERS = 8 };

/* Triples whose relations follow Zipf's law. */
static kge_triples_t skewed_triples(size_t num)
{
    kge_triples_t triples = {0};
    uint32_t      relation;

    for (size_t i = 0; i < num; i++) {
        relation =
            (uint32_t)(exp(tern_random_unit(1, 2, i) * log(NUM_RELATIONS + 1)) - 1);
        kge_triples_append(&triples, (kge_triple_t){(uint32_t)i, relation, 0});
    }
    return triples;
}

static void workers_have_as_much_to_do(void)
{
    kge_triples_t triples = skewed_triples(20000);

    for (size_t num_workers = 1; num_workers <= MAX_WORKERS; num_workers++) {
        kge_clusters_t clusters;
        size_t         sizes[MAX_WORKERS] = {0};
        double         mean               = (double)triples.num / (double)num_workers;

        kge_clusters_init(&clusters, num_workers, NUM_RELATIONS, &triples);
        for (size_t i = 0; i < triples.num; i++) {
            CU_ASSERT_FATAL(clusters.workers[i] < num_workers);
            sizes[clusters.workers[i]]++;
        }
        for (size_t w = 0; w < num_workers; w++) {
            CU_ASSERT_EQUAL(sizes[w], clusters.sizes[w]);
            CU_ASSERT((double)sizes[w] <= 1.02 * mean + 1);
            CU_ASSERT((double)sizes[w] >= 0.8 * mean);
        }
        kge_clusters_fini(&clusters);
    }
    kge_triples_fini(&triples);
}

static void few_relations_are_shared(void)
{
    kge_triples_t  triples                             = skewed_triples(20000);
    bool           is_used[NUM_RELATIONS][MAX_WORKERS] = {{false}};
    size_t         num_uses                            = 0;
    kge_clusters_t clusters;

    kge_clusters_init(&clusters, MAX_WORKERS, NUM_RELATIONS, &triples);
    for (size_t i = 0; i < triples.num; i++)
        is_used[triples.items[i].relation][clusters.workers[i]] = true;
    for (size_t r = 0; r < NUM_RELATIONS; r++)
        for (size_t w = 0; w < MAX_WORKERS; w++)
            num_uses += is_used[r][w];
    CU_ASSERT(num_uses < NUM_RELATIONS + MAX_WORKERS);
    kge_clusters_fini(&clusters);
    kge_triples_fini(&triples);
}

/* Nobody else has more of a relation that is too large for its owner than the others have. */
static void what_does_not_fit_is_dealt_out_evenly(void)
{
    enum { NUM_TRIPLES = 800, NUM_WORKERS = 4 };
    kge_triples_t  triples             = {0};
    size_t         counts[NUM_WORKERS] = {0};
    kge_clusters_t clusters;

    for (uint32_t i = 0; i < NUM_TRIPLES; i++) /* half of them */
        kge_triples_append(&triples, (kge_triple_t){i, i % 2 == 0 ? 0 : 1 + i % 9, 0});
    kge_clusters_init(&clusters, NUM_WORKERS, 10, &triples);
    for (uint32_t i = 0; i < NUM_TRIPLES; i += 2)
        counts[clusters.workers[i]]++;
    for (uint32_t w = 0; w < NUM_WORKERS; w++)
        if (w != clusters.owners[0])
            CU_ASSERT(counts[w] >= 60 && counts[w] <= 67); /* of 400 - 204 a third */
    kge_clusters_fini(&clusters);
    kge_triples_fini(&triples);
}

static void owners_have_the_most_triples(void)
{
    kge_triples_t  triples                            = skewed_triples(5000);
    size_t         counts[NUM_RELATIONS][MAX_WORKERS] = {{0}};
    kge_clusters_t clusters;

    kge_clusters_init(&clusters, MAX_WORKERS, NUM_RELATIONS, &triples);
    for (size_t i = 0; i < triples.num; i++)
        counts[triples.items[i].relation][clusters.workers[i]]++;
    for (size_t r = 0; r < NUM_RELATIONS; r++)
        for (size_t w = 0; w < MAX_WORKERS; w++)
            CU_ASSERT(counts[r][w] <= counts[r][clusters.owners[r]]);
    kge_clusters_fini(&clusters);
    kge_triples_fini(&triples);
}

static void more_workers_than_triples_do_no_harm(void)
{
    kge_triples_t  triples = skewed_triples(3);
    kge_clusters_t clusters;
    size_t         num = 0;

    kge_clusters_init(&clusters, MAX_WORKERS, NUM_RELATIONS, &triples);
    for (size_t w = 0; w < MAX_WORKERS; w++)
        num += clusters.sizes[w];
    CU_ASSERT_EQUAL(num, 3);
    kge_clusters_fini(&clusters);
    kge_triples_fini(&triples);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(workers_have_as_much_to_do),
        FACT(few_relations_are_shared),
        FACT(what_does_not_fit_is_dealt_out_evenly),
        FACT(owners_have_the_most_triples),
        FACT(more_workers_than_triples_do_no_harm),
    };

    return facts_run("kge/clusters", facts, sizeof(facts) / sizeof(facts[0]));
}
