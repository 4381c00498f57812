/** \file
 * Announcing sentences ahead of their use (latency hiding: Renz-Wieland et al., PVLDB 2020, section 2.2).
 *
 * A sentence needs the input rows of its words, which are each other's contexts, and their output rows, as each of them
 * will be a centre. Negatives are announced with their sentence if the recipe says so.
 */
#include "queue.h"

#include "batch.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct w2v_queue {
    const w2v_recipe_t *recipe;
    const w2v_model_t  *model;
    const w2v_noise_t  *noise;
    app_team_t          team;
    bool                is_announcing;
    bool                draws_negatives;
    w2v_random_t       *random;
    w2v_sentences_t    *sentences;
    size_t              capacity;
    w2v_sentence_t     *items; /* [capacity]; a ring */
    size_t              first, num;
    bool                has_current; /* items[first] was handed out */
    uint64_t            first_clock; /* of the epoch */
    uint64_t            num_queued;  /* words of the corpus that have entered the queue */
    tern_key_t          keys[W2V_MAX_SENTENCE];
};

w2v_queue_t *w2v_queue_create(const w2v_recipe_t *recipe, const w2v_model_t *model,
                              const w2v_noise_t *noise, app_team_t team)
{
    w2v_queue_t *queue = APP_NEW(w2v_queue_t, 1);

    queue->recipe          = recipe;
    queue->model           = model;
    queue->noise           = noise;
    queue->team            = team;
    queue->is_announcing   = recipe->num_ahead > 0;
    queue->draws_negatives = recipe->negatives_from == W2V_NEGATIVES_LOCALIZED;
    queue->capacity        = recipe->num_ahead + 1;
    queue->items           = APP_NEW(w2v_sentence_t, queue->capacity);
    return queue;
}

static tern_status_t wait_for(w2v_sentence_t *sentence)
{
    return tern_wait_all(3, sentence->requests, NULL);
}

/* After an error announced sentences may be left. */
static void drop_all(w2v_queue_t *queue)
{
    for (size_t i = 0; i < queue->num; i++)
        if (wait_for(&queue->items[(queue->first + i) % queue->capacity]) != TERN_OK)
            continue; /* nobody needs the rows any more */
    queue->first = queue->num = 0;
    queue->has_current        = false;
}

void w2v_queue_destroy(w2v_queue_t **queue_p)
{
    if (*queue_p == NULL)
        return;
    drop_all(*queue_p);
    for (size_t i = 0; i < (*queue_p)->capacity; i++)
        free((*queue_p)->items[i].negatives);
    free((*queue_p)->items);
    free(*queue_p);
    *queue_p = NULL;
}

void w2v_queue_start(w2v_queue_t *queue, w2v_sentences_t *sentences, w2v_random_t *random)
{
    drop_all(queue);
    queue->sentences  = sentences;
    queue->random     = random;
    queue->num_queued = 0;
    queue->first_clock =
        queue->team.runtime == NULL ? 0 : tern_clock_now(queue->team.runtime);
}

/* The clock at which the words of the corpus from `word` on are trained on. */
static uint64_t clock_of(const w2v_queue_t *queue, uint64_t word)
{
    return queue->first_clock +
           (queue->recipe->clock_words == 0 ? 0 : word / queue->recipe->clock_words);
}

static tern_status_t announce(w2v_queue_t *queue, w2v_sentence_t *sentence)
{
    w2v_rows_t   *inputs  = queue->model->inputs;
    w2v_rows_t   *outputs = queue->model->outputs;
    size_t        num     = sentence->num_words;
    uint64_t      first   = clock_of(queue, queue->num_queued);
    uint64_t      end     = clock_of(queue, queue->num_queued + sentence->num_read) + 1;
    tern_status_t status;

    for (size_t i = 0; i < num; i++)
        queue->keys[i] = sentence->words[i];
    status = inputs->ops->announce(inputs, num, queue->keys, first, end,
                                   &sentence->requests[0]);
    if (status == TERN_OK)
        status = outputs->ops->announce(outputs, num, queue->keys, first, end,
                                        &sentence->requests[1]);
    if (status == TERN_OK && sentence->num_negatives > 0)
        status =
            outputs->ops->announce(outputs, sentence->num_negatives, sentence->negatives,
                                   first, end, &sentence->requests[2]);
    return status;
}

static void draw_negatives(w2v_queue_t *queue, w2v_sentence_t *sentence, size_t num)
{
    if (num > sentence->capacity) {
        sentence->capacity = 2 * num;
        sentence->negatives =
            app_resize(sentence->negatives, sentence->capacity, sizeof(tern_key_t));
    }
    for (size_t i = 0; i < num; i++)
        sentence->negatives[i] = w2v_noise_draw(queue->noise, queue->random);
    sentence->num_negatives = num;
}

/* What chance decides about a sentence. */
static void draw(w2v_queue_t *queue, w2v_sentence_t *sentence)
{
    size_t num_steps = 0;

    for (size_t i = 0; i < sentence->num_words; i++) {
        size_t reach =
            1 + w2v_random_below(queue->random, (uint32_t)queue->recipe->window);

        sentence->reach[i] = (uint16_t)reach;
        num_steps += w2v_batch_num_steps(sentence->num_words, i, reach);
    }
    sentence->num_negatives = 0;
    if (queue->draws_negatives)
        draw_negatives(queue, sentence, num_steps * queue->recipe->num_negatives);
}

static tern_status_t fill(w2v_queue_t *queue)
{
    tern_status_t status = TERN_OK;

    while (queue->num < queue->capacity && status == TERN_OK) {
        w2v_sentence_t *sentence =
            &queue->items[(queue->first + queue->num) % queue->capacity];

        memset(sentence->requests, 0, sizeof(sentence->requests));
        sentence->num_read = 0;
        sentence->num_words =
            w2v_sentences_next(queue->sentences, sentence->words, &sentence->num_read);
        if (sentence->num_words == 0 && sentence->num_read == 0)
            break;
        draw(queue, sentence);
        queue->num++;
        if (queue->is_announcing)
            status = announce(queue, sentence);
        queue->num_queued += sentence->num_read;
    }
    return status;
}

tern_status_t w2v_queue_next(w2v_queue_t *queue, const w2v_sentence_t **sentence_p)
{
    tern_status_t status = TERN_OK;

    if (queue->has_current) {
        queue->first = (queue->first + 1) % queue->capacity;
        queue->num--;
    }
    queue->has_current = false;
    status             = fill(queue);
    *sentence_p        = NULL;
    if (status != TERN_OK || queue->num == 0)
        return status;
    queue->has_current = true;
    *sentence_p        = &queue->items[queue->first];
    return wait_for(&queue->items[queue->first]);
}
