/** \file
 * Exact filtered ranking, see evaluate.h.
 *
 * Entities come in blocks that fit into the cache, laid out by columns in strips as wide as the tile of
 * the matrix product; every query is multiplied with a block before the next one comes. What stays per query
 * is how many entities beat its answer and how many tie with it. An answer's score is made by the same
 * product, so it equals, bit by bit, what the answer's column would show.
 *
 * Distances rank like 2 q . e - |e|^2: the query gets one more value, -1, and the entity its square.
 */
#include "evaluate.h"

#include "loss.h"
#include "matrix.h"
#include "memory.h"
#include "simd.h"
#include "vector.h"

#include <stdlib.h>
#include <string.h>

enum {
    STRIP        = 3 * KGE_LANES, /* entities side by side */
    BLOCK        = 16 * STRIP,    /* entities read together */
    QUERY_GROUP  = 64,            /* queries multiplied together */
    ANSWER_GROUP = KGE_LANES,     /* questions prepared together */
};

typedef struct question {
    kge_side_t      side;
    uint32_t        known_entity, relation, answer;
    const uint32_t *excluded; /* [num_excluded] right answers, ascending */
    size_t          num_excluded, next_excluded;
} question_t;

typedef struct ranking {
    const kge_recipe_t *recipe;
    kge_rows_t         *entities, *relations;
    size_t              width; /* of an entity's row */
    size_t              depth; /* of a product: width, and one more for distances */
    size_t              num_questions;
    question_t         *questions;     /* [num_questions] */
    float              *queries;       /* [num_questions][depth] */
    float              *answer_scores; /* [num_questions] */
    uint32_t           *num_better;    /* [num_questions] */
    uint32_t           *num_equal;     /* [num_questions] */
    float              *rows;          /* [BLOCK][depth] */
    float              *columns;       /* [BLOCK / STRIP][depth][STRIP] */
    float              *scores;        /* [QUERY_GROUP][STRIP] */
    kge_coming_t        coming[2];     /* copies of rows of other nodes */
} ranking_t;

static void ranking_init(ranking_t *ranking, const kge_recipe_t *recipe,
                         kge_rows_t *entities, kge_rows_t *relations,
                         size_t num_questions)
{
    size_t width = kge_recipe_entity_width(recipe);
    size_t depth = width + (recipe->model->is_distance ? 1 : 0);

    *ranking = (ranking_t){
        .recipe        = recipe,
        .entities      = entities,
        .relations     = relations,
        .width         = width,
        .depth         = depth,
        .num_questions = num_questions,
        .questions     = APP_NEW(question_t, num_questions),
        .queries       = APP_NEW(float, num_questions *depth),
        .answer_scores = APP_NEW(float, num_questions),
        .num_better    = APP_NEW(uint32_t, num_questions),
        .num_equal     = APP_NEW(uint32_t, num_questions),
        .rows          = APP_NEW(float, BLOCK *depth),
        .columns       = APP_NEW(float, BLOCK *depth),
        .scores        = APP_NEW(float, QUERY_GROUP *STRIP),
    };
}

static void ranking_fini(ranking_t *ranking)
{
    free(ranking->questions);
    free(ranking->queries);
    free(ranking->answer_scores);
    free(ranking->num_better);
    free(ranking->num_equal);
    free(ranking->rows);
    free(ranking->columns);
    free(ranking->scores);
    kge_coming_fini(&ranking->coming[0]);
    kge_coming_fini(&ranking->coming[1]);
}

static void ask(ranking_t *ranking, const kge_known_t *known, kge_share_t share,
                const kge_triple_t triples[])
{
    for (size_t i = 0; i < ranking->num_questions; i++) {
        const kge_triple_t *triple =
            &triples[share.worker + i / KGE_NUM_SIDES * share.num_workers];
        question_t *question = &ranking->questions[i];
        bool        is_tail  = i % KGE_NUM_SIDES == KGE_TAIL;

        question->side         = is_tail ? KGE_TAIL : KGE_HEAD;
        question->known_entity = is_tail ? triple->head : triple->tail;
        question->relation     = triple->relation;
        question->answer       = is_tail ? triple->tail : triple->head;
        question->excluded =
            kge_known_answers(known, question->side, question->known_entity,
                              question->relation, &question->num_excluded);
    }
}

static void make_query(ranking_t *ranking, size_t i, const float *known,
                       const float *relation)
{
    const kge_recipe_t *recipe = ranking->recipe;
    float              *query  = ranking->queries + i * ranking->depth;

    recipe->model->query[ranking->questions[i].side](recipe->dim, known, relation, query);
    if (recipe->model->is_distance) {
        for (size_t j = 0; j < ranking->width; j++)
            query[j] *= 2;
        query[ranking->width] = -1;
    }
}

static kge_reading_t reading_of(kge_rows_t *rows, size_t num, const tern_key_t keys[],
                                kge_coming_t *coming, const float *values[])
{
    kge_coming_clear(coming);
    return (kge_reading_t){rows, num, keys, coming, values};
}

/* Queries of the questions first .. first + num - 1. */
static tern_status_t make_queries(ranking_t *ranking, size_t first, size_t num)
{
    tern_key_t          entity_keys[ANSWER_GROUP], relation_keys[ANSWER_GROUP];
    const float        *known[ANSWER_GROUP], *relation[ANSWER_GROUP];
    const kge_reading_t readings[] = {
        reading_of(ranking->entities, num, entity_keys, &ranking->coming[0], known),
        reading_of(ranking->relations, num, relation_keys, &ranking->coming[1], relation),
    };
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num; i++) {
        entity_keys[i]   = ranking->questions[first + i].known_entity;
        relation_keys[i] = ranking->questions[first + i].relation;
    }
    status = kge_read(2, readings);
    if (status != TERN_OK)
        return status;
    for (size_t i = 0; i < num; i++)
        make_query(ranking, first + i, known[i], relation[i]);
    kge_release(2, readings);
    return TERN_OK;
}

/* Rows of entities, [num][width], become rows of products, [num][depth], in place. */
static void widen_rows(const ranking_t *ranking, size_t num, float rows[])
{
    if (ranking->depth == ranking->width)
        return;
    for (size_t i = num; i-- > 0;) {
        float *row = rows + i * ranking->depth;

        memmove(row, rows + i * ranking->width, ranking->width * sizeof(float));
        row[ranking->width] = kge_vector_dot(ranking->width, row, row);
    }
}

/* scores[i][j] of queries first .. first + num - 1 and the `num_columns` entities in `columns`. */
static void score(ranking_t *ranking, size_t first, size_t num, const float columns[],
                  size_t num_columns)
{
    const kge_product_t product = {
        .num_rows    = num,
        .num_columns = num_columns,
        .depth       = ranking->depth,
        .a           = ranking->queries + first * ranking->depth,
        .a_row       = ranking->depth,
        .a_column    = 1,
        .b           = columns,
        .b_stride    = num_columns,
        .c           = ranking->scores,
        .c_stride    = num_columns,
    };

    kge_multiply(&product);
}

/* The diagonal of the product of some queries with their answers. */
static tern_status_t score_answers(ranking_t *ranking, size_t first, size_t num)
{
    tern_key_t          keys[ANSWER_GROUP];
    const float        *values[ANSWER_GROUP];
    const kge_reading_t reading =
        reading_of(ranking->entities, num, keys, &ranking->coming[0], values);
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num; i++)
        keys[i] = ranking->questions[first + i].answer;
    status = kge_read(1, &reading);
    if (status != TERN_OK)
        return status;
    for (size_t i = 0; i < num; i++)
        memcpy(ranking->rows + i * ranking->width, values[i],
               ranking->width * sizeof(float));
    kge_release(1, &reading);
    widen_rows(ranking, num, ranking->rows);
    kge_transpose(num, ranking->depth, ranking->rows, ranking->depth, ranking->columns,
                  ANSWER_GROUP);
    score(ranking, first, num, ranking->columns, ANSWER_GROUP);
    for (size_t i = 0; i < num; i++)
        ranking->answer_scores[first + i] = ranking->scores[i * ANSWER_GROUP + i];
    return TERN_OK;
}

static tern_status_t prepare(ranking_t *ranking)
{
    tern_status_t status = TERN_OK;

    for (size_t first = 0; first < ranking->num_questions && status == TERN_OK;
         first += ANSWER_GROUP) {
        size_t rest = ranking->num_questions - first;
        size_t num  = rest < ANSWER_GROUP ? rest : ANSWER_GROUP;

        status = make_queries(ranking, first, num);
        if (status == TERN_OK)
            status = score_answers(ranking, first, num);
    }
    return status;
}

/* Read the entities of `range` and lay them out by columns. */
static tern_status_t load_block(ranking_t *ranking, tern_range_t range)
{
    size_t        num = (size_t)(range.end - range.first);
    tern_status_t status =
        ranking->entities->ops->read_range(ranking->entities, range, ranking->rows);

    if (status != TERN_OK)
        return status;
    widen_rows(ranking, num, ranking->rows);
    for (size_t first = 0; first < num; first += STRIP) {
        size_t rest = num - first;

        kge_transpose(rest < STRIP ? rest : STRIP, ranking->depth,
                      ranking->rows + first * ranking->depth, ranking->depth,
                      ranking->columns + first * ranking->depth, STRIP);
    }
    return TERN_OK;
}

/* Other right answers, and the answer itself, do not compete. */
static void exclude_known(question_t *question, uint32_t first_entity,
                          uint32_t end_entity, float scores[])
{
    while (question->next_excluded < question->num_excluded &&
           question->excluded[question->next_excluded] < end_entity)
        scores[question->excluded[question->next_excluded++] - first_entity] =
            KGE_EXCLUDED;
    if (first_entity <= question->answer && question->answer < end_entity)
        scores[question->answer - first_entity] = KGE_EXCLUDED;
}

/* A score that is not a number beats every answer, so that a diverged model ranks last. */
APP_CLONES
static void count(size_t num_queries, size_t num_entities, const float scores[],
                  const float answer_scores[], uint32_t num_better[],
                  uint32_t num_equal[])
{
    for (size_t i = 0; i < num_queries; i++) {
        float    answer = answer_scores[i];
        uint32_t better = 0, equal = 0;

#pragma omp simd reduction(+ : better, equal)
        for (size_t j = 0; j < num_entities; j++) {
            better += !(scores[i * STRIP + j] <= answer);
            equal += scores[i * STRIP + j] == answer;
        }
        num_better[i] += better;
        num_equal[i] += equal;
    }
}

/* All queries against the loaded block. */
static tern_status_t rank_block(ranking_t *ranking, tern_range_t range)
{
    tern_status_t status = TERN_OK;

    for (size_t first = 0; first < ranking->num_questions && status == TERN_OK;
         first += QUERY_GROUP) {
        size_t rest = ranking->num_questions - first;
        size_t num  = rest < QUERY_GROUP ? rest : QUERY_GROUP;

        for (tern_key_t entity = range.first; entity < range.end; entity += STRIP) {
            tern_key_t end = entity + STRIP < range.end ? entity + STRIP : range.end;

            score(ranking, first, num,
                  ranking->columns + (entity - range.first) * ranking->depth, STRIP);
            for (size_t i = 0; i < num; i++)
                exclude_known(&ranking->questions[first + i], (uint32_t)entity,
                              (uint32_t)end, ranking->scores + i * STRIP);
            count(num, (size_t)(end - entity), ranking->scores,
                  ranking->answer_scores + first, ranking->num_better + first,
                  ranking->num_equal + first);
        }
        status = ranking->entities->ops->attend(ranking->entities);
    }
    return status;
}

static tern_status_t rank_all(ranking_t *ranking)
{
    tern_key_t    num_entities = ranking->entities->num_rows;
    tern_status_t status       = TERN_OK;

    for (tern_key_t first = 0; first < num_entities && status == TERN_OK;
         first += BLOCK) {
        tern_key_t   end   = first + BLOCK < num_entities ? first + BLOCK : num_entities;
        tern_range_t range = {first, end};

        status = load_block(ranking, range);
        if (status == TERN_OK)
            status = rank_block(ranking, range);
    }
    return status;
}

tern_status_t kge_evaluate(const kge_recipe_t *recipe, kge_rows_t *entities,
                           kge_rows_t *relations, const kge_known_t *known,
                           kge_share_t share, size_t num_triples,
                           const kge_triple_t triples[], kge_metrics_t *sums)
{
    ranking_t     ranking;
    size_t        num_mine = share.worker >= num_triples
                                 ? 0
                                 : (num_triples - share.worker - 1) / share.num_workers + 1;
    tern_status_t status   = TERN_OK;

    ranking_init(&ranking, recipe, entities, relations, KGE_NUM_SIDES * num_mine);
    ask(&ranking, known, share, triples);
    status = prepare(&ranking);
    if (status == TERN_OK)
        status = rank_all(&ranking);
    for (size_t i = 0; i < ranking.num_questions && status == TERN_OK; i++)
        kge_metrics_add(sums, ranking.num_better[i], ranking.num_equal[i]);
    ranking_fini(&ranking);
    return status;
}
