/** \file
 * A made-up knowledge graph, see synthetic.h.
 */
#include "synthetic.h"

#include "memory.h"
#include "sampler.h"
#include "tern/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Zipf's law: the k-th most frequent occurs k^-exponent times as often as the first. */
static const double entity_exponent   = 0.75;
static const double relation_exponent = 1;

/* Streams of random numbers of one seed. */
enum { DRAWS, ENTITY_RANKS, RELATION_RANKS, STEPS, NUMBERS };

/* What triples are drawn from. Entities of a group are neighbours here; in the data set they are not. */
typedef struct source {
    const kge_synthetic_t *synthetic;
    size_t                 num_groups;
    double *entities;  /* [num_entities + 1]: sums of the weights before each */
    double *relations; /* [num_relations + 1] */
} source_t;

/* Sums of weights that follow Zipf's law in a random order. */
static double *sum_weights(uint64_t seed, uint64_t stream, size_t num, double exponent)
{
    double   *sums  = APP_NEW(double, num + 1);
    uint32_t *ranks = APP_NEW(uint32_t, num);

    kge_sample_order(seed, stream, num, ranks);
    for (size_t i = 0; i < num; i++)
        sums[i + 1] = sums[i] + pow(1 + (double)ranks[i], -exponent);
    free(ranks);
    return sums;
}

static size_t group_end(const source_t *source, size_t group)
{
    return group + 1 == source->num_groups ? source->synthetic->num_entities
                                           : (group + 1) * KGE_SYNTHETIC_GROUP;
}

static void source_init(source_t *source, const kge_synthetic_t *synthetic)
{
    uint64_t seed = synthetic->seed;

    *source = (source_t){
        .synthetic  = synthetic,
        .num_groups = synthetic->num_entities / KGE_SYNTHETIC_GROUP,
        .entities =
            sum_weights(seed, ENTITY_RANKS, synthetic->num_entities, entity_exponent),
        .relations = sum_weights(seed, RELATION_RANKS, synthetic->num_relations,
                                 relation_exponent),
    };
}

static void source_fini(source_t *source)
{
    free(source->entities);
    free(source->relations);
}

/* The item among first .. end - 1 in whose stretch of the sums a uniform `draw` in [0, 1) falls. */
static uint32_t find_item(const double sums[], size_t first, size_t end, double draw)
{
    double at = sums[first] + draw * (sums[end] - sums[first]);

    while (end - first > 1) {
        size_t middle = first + (end - first) / 2;

        if (sums[middle] <= at)
            first = middle;
        else
            end = middle;
    }
    return (uint32_t)first;
}

/* The group of tails of a relation for heads of group `group`. */
static size_t tail_group(const source_t *source, uint32_t relation, size_t group)
{
    uint64_t steps =
        tern_random_below(source->synthetic->seed, STEPS, relation, source->num_groups);

    return (group + steps) % source->num_groups;
}

static kge_triple_t draw_triple(const source_t *source, uint64_t number)
{
    const kge_synthetic_t *synthetic = source->synthetic;
    uint64_t               seed      = synthetic->seed;
    size_t                 group     = 0;
    kge_triple_t           triple;

    triple.relation = find_item(source->relations, 0, synthetic->num_relations,
                                tern_random_unit(seed, DRAWS, 3 * number));
    triple.head     = find_item(source->entities, 0, synthetic->num_entities,
                                tern_random_unit(seed, DRAWS, 3 * number + 1));
    group           = triple.head / KGE_SYNTHETIC_GROUP;
    if (group >= source->num_groups)
        group = source->num_groups - 1;
    group = tail_group(source, triple.relation, group);
    triple.tail =
        find_item(source->entities, group * KGE_SYNTHETIC_GROUP, group_end(source, group),
                  tern_random_unit(seed, DRAWS, 3 * number + 2));
    return triple;
}

/* Draw until there are enough distinct ones. */
static void draw_triples(const source_t *source, kge_triples_t *triples)
{
    uint64_t num_draws = 0;

    while (triples->num < source->synthetic->num_triples) {
        for (size_t i = triples->num; i < source->synthetic->num_triples; i++)
            kge_triples_append(triples, draw_triple(source, num_draws++));
        kge_triples_sort_unique(triples);
    }
}

static void name_items(app_names_t *names, char letter, size_t num)
{
    char name[32];

    for (size_t i = 0; i < num; i++) {
        snprintf(name, sizeof(name), "%c%zu", letter, i);
        app_names_add(names, name);
    }
}

/* `numbers` are names of entities, in random order. */
static void take(kge_dataset_t *dataset, const kge_synthetic_t *synthetic,
                 kge_split_t split, const uint32_t numbers[], kge_triple_t triple)
{
    kge_triple_t named = {numbers[triple.head], triple.relation, numbers[triple.tail]};
    kge_part_t   part  = kge_split_part(split, synthetic->seed,
                                        app_names_text(dataset->entities, named.head),
                                        app_names_text(dataset->relations, named.relation),
                                        app_names_text(dataset->entities, named.tail));

    kge_triples_append(&dataset->parts[part], named);
}

/* As from files: what train has never seen cannot be tested. */
static void drop_unseen(kge_dataset_t *dataset, kge_part_t part, const bool is_seen[])
{
    kge_triples_t *triples = &dataset->parts[part];
    size_t         num     = 0;

    for (size_t i = 0; i < triples->num; i++)
        if (is_seen[triples->items[i].head] && is_seen[triples->items[i].tail])
            triples->items[num++] = triples->items[i];
    dataset->num_dropped += triples->num - num;
    triples->num = num;
}

void kge_synthetic_make(const kge_synthetic_t *synthetic, kge_split_t split,
                        kge_dataset_t *dataset)
{
    const kge_triples_t *train   = &dataset->parts[KGE_TRAIN];
    kge_triples_t        triples = {0};
    uint32_t            *numbers = APP_NEW(uint32_t, synthetic->num_entities);
    bool                *is_seen = APP_NEW(bool, synthetic->num_entities);
    source_t             source;

    source_init(&source, synthetic);
    draw_triples(&source, &triples);
    source_fini(&source);
    name_items(dataset->entities, 'e', synthetic->num_entities);
    name_items(dataset->relations, 'r', synthetic->num_relations);
    kge_sample_order(synthetic->seed, NUMBERS, synthetic->num_entities, numbers);
    for (size_t i = 0; i < triples.num; i++)
        take(dataset, synthetic, split, numbers, triples.items[i]);
    for (size_t i = 0; i < train->num; i++)
        is_seen[train->items[i].head] = is_seen[train->items[i].tail] = true;
    drop_unseen(dataset, KGE_VALID, is_seen);
    drop_unseen(dataset, KGE_TEST, is_seen);
    kge_triples_fini(&triples);
    free(numbers);
    free(is_seen);
}

/* A whole number, also as 1e5; 0 if it is none. */
static size_t parse_count(const char *text, char **end_p)
{
    double number = strtod(text, end_p);

    return number >= 1 && number <= 1e9 && number == floor(number) ? (size_t)number : 0;
}

bool kge_synthetic_parse(const char *shape, const char *num_triples,
                         kge_synthetic_t *synthetic)
{
    char  *end      = NULL;
    size_t entities = parse_count(shape, &end), relations = 0, triples = 0;

    if (*end != 'x')
        return false;
    relations = parse_count(end + 1, &end);
    if (*end != '\0')
        return false;
    triples = parse_count(num_triples, &end);
    if (*end != '\0' || entities < KGE_SYNTHETIC_GROUP || relations == 0 ||
        triples == 0 || triples > entities * relations * KGE_SYNTHETIC_GROUP / 10)
        return false;
    *synthetic = (kge_synthetic_t){entities, relations, triples, 0};
    return true;
}
