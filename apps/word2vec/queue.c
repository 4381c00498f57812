/** \file
 * Announcing sentences ahead of their use (latency hiding: Renz-Wieland et al., PVLDB 2020, section 2.2).
 *
 * A sentence needs the input rows of its words, which are each other's contexts, and their output rows, as each of them
 * will be a centre.
 */
#include "queue.h"

#include "memory.h"

#include <stdlib.h>

struct w2v_queue {
    const w2v_model_t *model;
    app_team_t         team;
    bool               is_announcing;
    uint64_t           clock_words;
    w2v_sentences_t   *sentences;
    size_t             capacity;
    w2v_sentence_t    *items; /* [capacity]; a ring */
    size_t             first, num;
    bool               has_current; /* items[first] was handed out */
    uint64_t           first_clock; /* of the epoch */
    uint64_t           num_queued;  /* words of the corpus that have entered the queue */
    tern_key_t         keys[W2V_MAX_SENTENCE];
};

w2v_queue_t *w2v_queue_create(const w2v_recipe_t *recipe, const w2v_model_t *model,
                              app_team_t team)
{
    w2v_queue_t *queue = APP_NEW(w2v_queue_t, 1);

    queue->model         = model;
    queue->team          = team;
    queue->is_announcing = recipe->num_ahead > 0;
    queue->clock_words   = recipe->clock_words;
    queue->capacity      = recipe->num_ahead + 1;
    queue->items         = APP_NEW(w2v_sentence_t, queue->capacity);
    return queue;
}

static tern_status_t wait_for(w2v_sentence_t *sentence)
{
    return tern_wait_all(2, sentence->requests, NULL);
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
    free((*queue_p)->items);
    free(*queue_p);
    *queue_p = NULL;
}

void w2v_queue_start(w2v_queue_t *queue, w2v_sentences_t *sentences)
{
    drop_all(queue);
    queue->sentences  = sentences;
    queue->num_queued = 0;
    queue->first_clock =
        queue->team.runtime == NULL ? 0 : tern_clock_now(queue->team.runtime);
}

/* The clock at which the words of the corpus from `word` on are trained on. */
static uint64_t clock_of(const w2v_queue_t *queue, uint64_t word)
{
    return queue->first_clock + (queue->clock_words == 0 ? 0 : word / queue->clock_words);
}

static tern_status_t announce(w2v_queue_t *queue, w2v_sentence_t *sentence)
{
    w2v_rows_t   *rows[2] = {queue->model->inputs, queue->model->outputs};
    uint64_t      first   = clock_of(queue, queue->num_queued);
    uint64_t      end     = clock_of(queue, queue->num_queued + sentence->num_read) + 1;
    tern_status_t status  = TERN_OK;

    for (size_t i = 0; i < sentence->num_words; i++)
        queue->keys[i] = sentence->words[i];
    for (int r = 0; r < 2 && status == TERN_OK; r++)
        status = rows[r]->ops->announce(rows[r], sentence->num_words, queue->keys, first,
                                        end, &sentence->requests[r]);
    return status;
}

static tern_status_t fill(w2v_queue_t *queue)
{
    tern_status_t status = TERN_OK;

    while (queue->num < queue->capacity && status == TERN_OK) {
        w2v_sentence_t *sentence =
            &queue->items[(queue->first + queue->num) % queue->capacity];

        sentence->requests[0] = sentence->requests[1] = NULL;
        sentence->num_read                            = 0;
        sentence->num_words =
            w2v_sentences_next(queue->sentences, sentence->words, &sentence->num_read);
        if (sentence->num_words == 0 && sentence->num_read == 0)
            break;
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
