/** \file
 * Those who train together: the workers of the parameter server, one trainer each, or the threads of this process, which
 * are the plain loop that the parameter server is measured against. Everything below them is the same.
 */
#ifndef W2V_CREW_H
#define W2V_CREW_H

#include "trainer.h"

typedef struct w2v_crew w2v_crew_t;

/* A crew of this worker of `team` (num_threads is 1), or of `num_threads` threads (the team is alone).
 * `corpora` [num_threads] and the rest are borrowed. Collective over the team. Destroy it also after an error. */
tern_status_t w2v_crew_create(const w2v_recipe_t *recipe, app_team_t team,
                              size_t num_threads, const w2v_corpus_t corpora[],
                              const w2v_model_t *model, w2v_crew_t **crew_p);
void          w2v_crew_destroy(w2v_crew_t **crew_p);

/* Words that the whole crew reads in an epoch. */
double w2v_crew_num_words(const w2v_crew_t *crew);

/* How many trainers it has. */
size_t w2v_crew_size(const w2v_crew_t *crew);

/* Run an epoch, counted from 1 on. Collective over the team. `attend` is called by one trainer of this process, with
 * its own sums; `sums` are those of the whole crew. */
tern_status_t w2v_crew_run_epoch(w2v_crew_t *crew, int epoch, w2v_attend_fn *attend,
                                 void *context, w2v_sums_t *sums);

#endif
