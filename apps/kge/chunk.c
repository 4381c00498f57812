/** \file
 * The mathematics of a chunk of triples, see chunk.h.
 *
 * Rows of Q: first the queries for the tails of the chunk's triples, then those for their heads. Buffers are
 * padded to whole vectors with zeros, which the products preserve.
 */
#include "chunk.h"

#include "matrix.h"
#include "memory.h"
#include "vector.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct kge_chunk {
    kge_recipe_t recipe;
    size_t       width, relation_width; /* of a row */
    size_t       stride;                /* of padded rows of that width */
    size_t       num_negatives, score_stride;
    float       *queries;             /* Q [2C][stride] */
    float       *query_gradients;     /* dQ [2C][stride] */
    float       *negatives;           /* E [score_stride][stride] */
    float       *negatives_by_column; /* E^T [width][score_stride] */
    float       *negative_gradients;  /* dE [N][stride] */
    float       *scores;              /* then G [2C][score_stride] */
    float       *distances;           /* [2C][score_stride], distance models only */
    float       *negative_squares;    /* |e|^2 [score_stride] */
    float       *row_sums;            /* of G [2C], distance models only */
    float *answer_gradients; /* derivative by the score of each query's answer [2C] */
};

/* What a call works on. */
typedef struct chunk_call {
    size_t              num_triples;
    const kge_triple_t *triples;
    const uint32_t     *negatives;
    const kge_slots_t  *entities;
    const kge_slots_t  *relations;
} chunk_call_t;

kge_chunk_t *kge_chunk_create(const kge_recipe_t *recipe)
{
    kge_chunk_t *chunk    = APP_NEW(kge_chunk_t, 1);
    size_t       max_rows = 2 * recipe->chunk_triples;

    chunk->recipe              = *recipe;
    chunk->width               = kge_recipe_entity_width(recipe);
    chunk->relation_width      = kge_recipe_relation_width(recipe);
    chunk->stride              = kge_pad(chunk->width);
    chunk->num_negatives       = recipe->num_negatives;
    chunk->score_stride        = kge_pad(recipe->num_negatives);
    chunk->queries             = APP_NEW(float, max_rows * chunk->stride);
    chunk->query_gradients     = APP_NEW(float, max_rows * chunk->stride);
    chunk->negatives           = APP_NEW(float, chunk->score_stride * chunk->stride);
    chunk->negatives_by_column = APP_NEW(float, chunk->width * chunk->score_stride);
    chunk->negative_gradients  = APP_NEW(float, chunk->num_negatives * chunk->stride);
    chunk->scores              = APP_NEW(float, max_rows * chunk->score_stride);
    chunk->distances           = APP_NEW(float, max_rows * chunk->score_stride);
    chunk->negative_squares    = APP_NEW(float, chunk->score_stride);
    chunk->row_sums            = APP_NEW(float, max_rows);
    chunk->answer_gradients    = APP_NEW(float, max_rows);
    return chunk;
}

void kge_chunk_destroy(kge_chunk_t **chunk_p)
{
    kge_chunk_t *chunk = *chunk_p;

    if (chunk == NULL)
        return;
    free(chunk->queries);
    free(chunk->query_gradients);
    free(chunk->negatives);
    free(chunk->negatives_by_column);
    free(chunk->negative_gradients);
    free(chunk->scores);
    free(chunk->distances);
    free(chunk->negative_squares);
    free(chunk->row_sums);
    free(chunk->answer_gradients);
    free(chunk);
    *chunk_p = NULL;
}

static uint32_t known_of(const kge_triple_t *triple, kge_side_t side)
{
    return side == KGE_TAIL ? triple->head : triple->tail;
}

static uint32_t answer_of(const kge_triple_t *triple, kge_side_t side)
{
    return side == KGE_TAIL ? triple->tail : triple->head;
}

static float *entity_gradient(const kge_chunk_t *chunk, const chunk_call_t *call,
                              uint32_t slot)
{
    return call->entities->gradients + slot * chunk->width;
}

static float *relation_gradient(const kge_chunk_t *chunk, const chunk_call_t *call,
                                uint32_t slot)
{
    return call->relations->gradients + slot * chunk->relation_width;
}

static void make_queries(kge_chunk_t *chunk, const chunk_call_t *call)
{
    float *query = chunk->queries;

    for (int side = KGE_TAIL; side < KGE_NUM_SIDES; side++)
        for (size_t i = 0; i < call->num_triples; i++, query += chunk->stride) {
            const kge_triple_t *triple = &call->triples[i];

            chunk->recipe.model->query[side](
                chunk->recipe.dim, call->entities->values[known_of(triple, side)],
                call->relations->values[triple->relation], query);
        }
}

static void gather_negatives(kge_chunk_t *chunk, const chunk_call_t *call)
{
    for (size_t n = 0; n < chunk->num_negatives; n++)
        memcpy(chunk->negatives + n * chunk->stride,
               call->entities->values[call->negatives[n]], chunk->width * sizeof(float));
    kge_transpose(chunk->num_negatives, chunk->width, chunk->negatives, chunk->stride,
                  chunk->negatives_by_column, chunk->score_stride);
}

static void multiply_scores(kge_chunk_t *chunk, const chunk_call_t *call)
{
    const kge_product_t product = {
        .num_rows    = 2 * call->num_triples,
        .num_columns = chunk->score_stride,
        .depth       = chunk->width,
        .a           = chunk->queries,
        .a_row       = chunk->stride,
        .a_column    = 1,
        .b           = chunk->negatives_by_column,
        .b_stride    = chunk->score_stride,
        .c           = chunk->scores,
        .c_stride    = chunk->score_stride,
    };

    kge_multiply(&product);
}

static void multiply_query_gradients(kge_chunk_t *chunk, const chunk_call_t *call)
{
    const kge_product_t product = {
        .num_rows    = 2 * call->num_triples,
        .num_columns = chunk->stride,
        .depth       = chunk->num_negatives,
        .a           = chunk->scores,
        .a_row       = chunk->score_stride,
        .a_column    = 1,
        .b           = chunk->negatives,
        .b_stride    = chunk->stride,
        .c           = chunk->query_gradients,
        .c_stride    = chunk->stride,
    };

    kge_multiply(&product);
}

static void multiply_negative_gradients(kge_chunk_t *chunk, const chunk_call_t *call)
{
    const kge_product_t product = {
        .num_rows    = chunk->num_negatives,
        .num_columns = chunk->stride,
        .depth       = 2 * call->num_triples,
        .a           = chunk->scores,
        .a_row       = 1,
        .a_column    = chunk->score_stride,
        .b           = chunk->queries,
        .b_stride    = chunk->stride,
        .c           = chunk->negative_gradients,
        .c_stride    = chunk->stride,
    };

    kge_multiply(&product);
}

/* Loss of one query; its scores become derivatives. */
static double run_loss(kge_chunk_t *chunk, const chunk_call_t *call, size_t row,
                       uint32_t answer_slot)
{
    const float *query   = chunk->queries + row * chunk->stride;
    const float *answer  = call->entities->values[answer_slot];
    float       *scores  = chunk->scores + row * chunk->score_stride;
    float        margin  = (float)chunk->recipe.margin;
    float        score   = 0;
    float        divisor = 1;
    double       loss    = 0;

    if (chunk->recipe.model->is_distance) {
        divisor =
            sqrtf(kge_vector_squared_distance(chunk->width, query, answer) + 1e-12f);
        score = margin - divisor;
    } else {
        score = kge_vector_dot(chunk->width, query, answer);
    }
    /* a negative that is the answer is none */
    kge_vector_set_where(chunk->num_negatives, call->negatives, answer_slot, KGE_EXCLUDED,
                         scores);
    loss = chunk->recipe.loss->query(score, chunk->num_negatives, scores, margin,
                                     &chunk->answer_gradients[row]);
    if (chunk->recipe.model->is_distance) {
        chunk->answer_gradients[row] /= divisor;
        chunk->row_sums[row] = kge_vector_divide(
            chunk->num_negatives, chunk->distances + row * chunk->score_stride, scores);
    }
    return loss;
}

static double run_losses(kge_chunk_t *chunk, const chunk_call_t *call)
{
    double loss = 0;
    size_t row  = 0;

    for (int side = KGE_TAIL; side < KGE_NUM_SIDES; side++)
        for (size_t i = 0; i < call->num_triples; i++)
            loss += run_loss(chunk, call, row++, answer_of(&call->triples[i], side));
    return loss;
}

static void scores_from_distances(kge_chunk_t *chunk, const chunk_call_t *call)
{
    for (size_t n = 0; n < chunk->num_negatives; n++) {
        const float *negative      = chunk->negatives + n * chunk->stride;
        chunk->negative_squares[n] = kge_vector_dot(chunk->width, negative, negative);
    }
    for (size_t row = 0; row < 2 * call->num_triples; row++) {
        const float *query = chunk->queries + row * chunk->stride;

        kge_vector_products_to_distances(
            chunk->num_negatives, kge_vector_dot(chunk->width, query, query),
            chunk->negative_squares, (float)chunk->recipe.margin,
            chunk->scores + row * chunk->score_stride,
            chunk->distances + row * chunk->score_stride);
    }
}

/* What the matrix products leave out for distances, d(margin - |q - e|) / dq = (e - q) / |q - e|:
 * dQ -= (sum of G's row) q, dE -= (sum of G's column) e. */
static void finish_distance_gradients(kge_chunk_t *chunk, const chunk_call_t *call)
{
    for (size_t row = 0; row < 2 * call->num_triples; row++)
        kge_vector_add_scaled(chunk->width, -chunk->row_sums[row],
                              chunk->queries + row * chunk->stride,
                              chunk->query_gradients + row * chunk->stride);
    for (size_t n = 0; n < chunk->num_negatives; n++) {
        float sum = 0;

        for (size_t row = 0; row < 2 * call->num_triples; row++)
            sum += chunk->scores[row * chunk->score_stride + n];
        kge_vector_add_scaled(chunk->width, -sum, chunk->negatives + n * chunk->stride,
                              chunk->negative_gradients + n * chunk->stride);
    }
}

/* What the answer's score gives its query and its row. */
static void add_answer_gradient(kge_chunk_t *chunk, const chunk_call_t *call, size_t row,
                                uint32_t answer_slot)
{
    const float *answer          = call->entities->values[answer_slot];
    float       *answer_gradient = entity_gradient(chunk, call, answer_slot);
    const float *query           = chunk->queries + row * chunk->stride;
    float       *query_gradient  = chunk->query_gradients + row * chunk->stride;
    float        gradient        = chunk->answer_gradients[row];

    kge_vector_add_scaled(chunk->width, gradient, answer, query_gradient);
    kge_vector_add_scaled(chunk->width, gradient, query, answer_gradient);
    if (chunk->recipe.model->is_distance) {
        kge_vector_add_scaled(chunk->width, -gradient, query, query_gradient);
        kge_vector_add_scaled(chunk->width, -gradient, answer, answer_gradient);
    }
}

static void add_answer_gradients(kge_chunk_t *chunk, const chunk_call_t *call)
{
    size_t row = 0;

    for (int side = KGE_TAIL; side < KGE_NUM_SIDES; side++)
        for (size_t i = 0; i < call->num_triples; i++)
            add_answer_gradient(chunk, call, row++, answer_of(&call->triples[i], side));
}

/* From the gradients of queries to those of rows. */
static void backward(kge_chunk_t *chunk, const chunk_call_t *call)
{
    const float *query_gradient = chunk->query_gradients;

    for (int side = KGE_TAIL; side < KGE_NUM_SIDES; side++)
        for (size_t i = 0; i < call->num_triples; i++, query_gradient += chunk->stride) {
            const kge_triple_t *triple = &call->triples[i];
            uint32_t            known  = known_of(triple, side);

            chunk->recipe.model->backward[side](
                chunk->recipe.dim, call->entities->values[known],
                call->relations->values[triple->relation], query_gradient,
                entity_gradient(chunk, call, known),
                relation_gradient(chunk, call, triple->relation));
        }
}

static void add_negative_gradients(kge_chunk_t *chunk, const chunk_call_t *call)
{
    for (size_t n = 0; n < chunk->num_negatives; n++)
        kge_vector_add_scaled(chunk->width, 1,
                              chunk->negative_gradients + n * chunk->stride,
                              entity_gradient(chunk, call, call->negatives[n]));
}

/* l2 / 2 * (|h|^2 + |r|^2 + |t|^2) for each triple; not part of the reported loss. */
static void add_regularisation(kge_chunk_t *chunk, const chunk_call_t *call)
{
    float l2 = (float)chunk->recipe.l2;

    for (size_t i = 0; i < call->num_triples && l2 > 0; i++) {
        const kge_triple_t *triple = &call->triples[i];

        kge_vector_add_scaled(chunk->width, l2, call->entities->values[triple->head],
                              entity_gradient(chunk, call, triple->head));
        kge_vector_add_scaled(chunk->width, l2, call->entities->values[triple->tail],
                              entity_gradient(chunk, call, triple->tail));
        kge_vector_add_scaled(chunk->relation_width, l2,
                              call->relations->values[triple->relation],
                              relation_gradient(chunk, call, triple->relation));
    }
}

double kge_chunk_run(kge_chunk_t *chunk, size_t num_triples, const kge_triple_t triples[],
                     const uint32_t negatives[], const kge_slots_t *entities,
                     const kge_slots_t *relations)
{
    const chunk_call_t call = {num_triples, triples, negatives, entities, relations};
    bool               is_distance = chunk->recipe.model->is_distance;
    double             loss        = 0;

    assert(num_triples <= chunk->recipe.chunk_triples);
    make_queries(chunk, &call);
    gather_negatives(chunk, &call);
    multiply_scores(chunk, &call);
    if (is_distance)
        scores_from_distances(chunk, &call);
    loss = run_losses(chunk, &call);
    multiply_query_gradients(chunk, &call);
    multiply_negative_gradients(chunk, &call);
    if (is_distance)
        finish_distance_gradients(chunk, &call);
    add_answer_gradients(chunk, &call);
    backward(chunk, &call);
    add_negative_gradients(chunk, &call);
    add_regularisation(chunk, &call);
    return loss;
}
