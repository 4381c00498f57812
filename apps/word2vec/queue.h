/** \file
 * Sentences that have been announced and wait to be trained on, first in first out.
 */
#ifndef W2V_QUEUE_H
#define W2V_QUEUE_H

#include "model.h"
#include "sentences.h"
#include "team.h"

/* A sentence with all that chance decides about its training: how far contexts reach, and, if they are to be
 * announced, the negatives of its pairs in order. */
typedef struct w2v_sentence {
    uint32_t    words[W2V_MAX_SENTENCE];
    uint16_t    reach[W2V_MAX_SENTENCE];
    size_t      num_words;
    tern_key_t *negatives; /* [num_negatives] */
    size_t      num_negatives, capacity;
    uint64_t    num_read; /* words of the corpus that it stands for */
    tern_request_t
        *requests[3]; /* for the input and output rows of its words, and its negatives */
} w2v_sentence_t;

typedef struct w2v_queue w2v_queue_t;

/* Holds recipe->num_ahead + 1 sentences. What is passed is borrowed. */
w2v_queue_t *w2v_queue_create(const w2v_recipe_t *recipe, const w2v_model_t *model,
                              const w2v_noise_t *noise, app_team_t team);
void         w2v_queue_destroy(w2v_queue_t **queue_p);

/* Start an epoch: the queue is empty. What is passed is borrowed. */
void w2v_queue_start(w2v_queue_t *queue, w2v_sentences_t *sentences,
                     w2v_random_t *random);

/* Fill the queue, announce what came in, wait until the rows of the first sentence have come as far as they were
 * announced. `*sentence_p` is NULL at the end of the epoch, else valid until the next call. */
tern_status_t w2v_queue_next(w2v_queue_t *queue, const w2v_sentence_t **sentence_p);

#endif
