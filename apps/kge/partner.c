/** \file
 * The partner look-up rule, see partner.h.
 *
 * Each triple is two *links*: from its head, of kind 2r, and from its tail, of kind 2r + 1. Links sorted by
 * (from, to, kind) show the kinds that occur between two entities side by side; counting those that occur
 * together gives the share of links of kind k that come with one of kind m.
 */
#include "partner.h"

#include "memory.h"

#include <stdlib.h>

typedef struct link {
    uint32_t from, to, kind;
} link_t;

typedef struct rule {
    size_t    num_entities, num_kinds, num_links;
    link_t   *links;      /* sorted */
    size_t   *first_link; /* [num_entities + 1] by `from` */
    uint32_t *totals;     /* [num_kinds] */
    uint32_t *together;   /* [num_kinds][num_kinds] */
} rule_t;

static int compare_links(const void *a_p, const void *b_p)
{
    const link_t *a = a_p;
    const link_t *b = b_p;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

static void make_links(rule_t *rule, const kge_triples_t *train)
{
    rule->num_links  = 2 * train->num;
    rule->links      = APP_NEW(link_t, rule->num_links);
    rule->first_link = APP_NEW(size_t, rule->num_entities + 1);
    for (size_t i = 0; i < train->num; i++) {
        kge_triple_t triple = train->items[i];

        rule->links[2 * i] = (link_t){triple.head, triple.tail, 2 * triple.relation};
        rule->links[2 * i + 1] =
            (link_t){triple.tail, triple.head, 2 * triple.relation + 1};
    }
    qsort(rule->links, rule->num_links, sizeof(link_t), compare_links);
    for (size_t i = 0; i < rule->num_links; i++)
        rule->first_link[rule->links[i].from + 1] = i + 1;
    for (size_t e = 0; e < rule->num_entities; e++)
        if (rule->first_link[e + 1] < rule->first_link[e])
            rule->first_link[e + 1] = rule->first_link[e];
}

/* The end of the links that share `from` and `to` with link number `first`. */
static size_t end_of_pair(const rule_t *rule, size_t first)
{
    size_t end = first + 1;

    while (end < rule->num_links && rule->links[end].from == rule->links[first].from &&
           rule->links[end].to == rule->links[first].to)
        end++;
    return end;
}

static void count_kinds(rule_t *rule)
{
    rule->totals   = APP_NEW(uint32_t, rule->num_kinds);
    rule->together = APP_NEW(uint32_t, rule->num_kinds * rule->num_kinds);
    for (size_t first = 0, end = 0; first < rule->num_links; first = end) {
        end = end_of_pair(rule, first);
        for (size_t i = first; i < end; i++) {
            uint32_t *row = rule->together + rule->links[i].kind * rule->num_kinds;

            rule->totals[rule->links[i].kind]++;
            for (size_t j = first; j < end; j++)
                row[rule->links[j].kind]++;
        }
    }
}

static void rule_fini(rule_t *rule)
{
    free(rule->links);
    free(rule->first_link);
    free(rule->totals);
    free(rule->together);
}

/* How much the links first .. end - 1 speak for one of kind `wanted`. */
static double evidence(const rule_t *rule, size_t first, size_t end, size_t wanted)
{
    double best = 0;

    for (size_t i = first; i < end; i++) {
        size_t kind = rule->links[i].kind;
        double share =
            (double)rule->together[kind * rule->num_kinds + wanted] / rule->totals[kind];

        if (share > best)
            best = share;
    }
    return best;
}

static double evidence_for(const rule_t *rule, uint32_t from, uint32_t to, size_t wanted)
{
    for (size_t i = rule->first_link[from]; i < rule->first_link[from + 1]; i++)
        if (rule->links[i].to == to)
            return evidence(rule, i, end_of_pair(rule, i), wanted);
    return 0;
}

static int compare_numbers(const void *a_p, const void *b_p)
{
    const uint32_t *a = a_p;
    const uint32_t *b = b_p;

    return (*a > *b) - (*a < *b);
}

static void rank_answer(const rule_t *rule, const kge_known_t *known, kge_side_t side,
                        kge_triple_t triple, kge_metrics_t *sums)
{
    uint32_t        from         = side == KGE_TAIL ? triple.head : triple.tail;
    uint32_t        answer       = side == KGE_TAIL ? triple.tail : triple.head;
    size_t          wanted       = 2 * triple.relation + (size_t)side;
    double          mine         = evidence_for(rule, from, answer, wanted);
    size_t          num_excluded = 0, better = 0, equal = 0, linked = 0;
    const uint32_t *excluded =
        kge_known_answers(known, side, from, triple.relation, &num_excluded);

    for (size_t i = rule->first_link[from], end = i; i < rule->first_link[from + 1];
         i = end) {
        uint32_t to = rule->links[i].to;

        end = end_of_pair(rule, i);
        if (to == answer ||
            bsearch(&to, excluded, num_excluded, sizeof(to), compare_numbers) != NULL)
            continue;
        double other = evidence(rule, i, end, wanted);

        better += other > mine;
        equal += other == mine && mine > 0;
        linked += other > 0;
    }
    if (mine <= 0) /* ties with every entity that is neither linked nor excluded */
        equal = rule->num_entities - num_excluded - linked;
    kge_metrics_add(sums, (double)better, (double)equal);
}

kge_metrics_t kge_partner_evaluate(size_t num_entities, size_t num_relations,
                                   const kge_triples_t *train, const kge_known_t *known,
                                   const kge_triples_t *triples)
{
    rule_t        rule = {.num_entities = num_entities, .num_kinds = 2 * num_relations};
    kge_metrics_t sums = {0};

    make_links(&rule, train);
    count_kinds(&rule);
    for (size_t i = 0; i < triples->num; i++)
        for (int side = KGE_TAIL; side < KGE_NUM_SIDES; side++)
            rank_answer(&rule, known, (kge_side_t)side, triples->items[i], &sums);
    rule_fini(&rule);
    return kge_metrics_mean(&sums);
}
