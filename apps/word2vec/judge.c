/** \file
 * Judging vectors, see judge.h.
 */
#include "judge.h"

#include "analogies.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 80 };

struct w2v_judge {
    const w2v_questions_t *questions;
    size_t                 num_files;
    w2v_pairs_t           *files; /* [num_files] */
    char (*names)[NAME_BYTES];    /* [num_files] of results */
};

/* Call for each item of a list between commas. */
typedef tern_status_t item_fn(const char *item, void *context,
                              app_complaint_t *complaint);

static tern_status_t for_each(const char *list, item_fn *call, void *context,
                              app_complaint_t *complaint)
{
    char         *copy   = list != NULL ? strdup(list) : NULL;
    char         *rest   = NULL;
    tern_status_t status = TERN_OK;

    for (char *item = copy != NULL ? strtok_r(copy, ",", &rest) : NULL;
         item != NULL && status == TERN_OK; item = strtok_r(NULL, ",", &rest))
        status = call(item, context, complaint);
    free(copy);
    return status;
}

/* --- pairs --- */

typedef struct intake {
    w2v_judge_t       *judge;
    const app_names_t *names;
} intake_t;

static tern_status_t add_file(const char *path, void *context, app_complaint_t *complaint)
{
    intake_t     *intake = context;
    w2v_judge_t  *judge  = intake->judge;
    w2v_pairs_t   pairs;
    tern_status_t status = w2v_pairs_read(path, intake->names, &pairs, complaint);

    judge->files = app_resize(judge->files, judge->num_files + 1, sizeof(w2v_pairs_t));
    judge->files[judge->num_files++] = pairs;
    return status;
}

tern_status_t w2v_judge_create(const w2v_questions_t *questions, const app_names_t *names,
                               w2v_judge_t **judge_p, app_complaint_t *complaint)
{
    w2v_judge_t  *judge  = APP_NEW(w2v_judge_t, 1);
    intake_t      intake = {judge, names};
    tern_status_t status;

    judge->questions = questions;
    *judge_p         = judge;
    status           = for_each(questions->pairs, add_file, &intake, complaint);
    judge->names     = app_alloc(judge->num_files, NAME_BYTES);
    for (size_t f = 0; f < judge->num_files; f++)
        snprintf(judge->names[f], NAME_BYTES, "auc_%s", judge->files[f].name);
    return status;
}

void w2v_judge_destroy(w2v_judge_t **judge_p)
{
    w2v_judge_t *judge = *judge_p;

    if (judge == NULL)
        return;
    for (size_t f = 0; f < judge->num_files; f++)
        w2v_pairs_fini(&judge->files[f]);
    free(judge->files);
    free(judge->names);
    free(judge);
    *judge_p = NULL;
}

static double mean_auc(const w2v_judge_t *judge, w2v_half_t half,
                       const w2v_space_t *space)
{
    double sum = 0;

    for (size_t f = 0; f < judge->num_files; f++)
        sum += w2v_pairs_auc(&judge->files[f], half, space);
    return judge->num_files > 0 ? sum / (double)judge->num_files : NAN;
}

double w2v_judge_valid_auc(const w2v_judge_t *judge, const w2v_vectors_t *vectors)
{
    w2v_space_t space;
    double      auc;

    w2v_space_init(&space, vectors);
    auc = mean_auc(judge, W2V_HALF_VALID, &space);
    w2v_space_fini(&space);
    return auc;
}

static void add_aucs(const w2v_judge_t *judge, const w2v_space_t *space,
                     w2v_results_t *results)
{
    if (judge->num_files > 0)
        w2v_results_add(results, "auc", mean_auc(judge, W2V_HALF_TEST, space));
    for (size_t f = 0; f < judge->num_files; f++)
        w2v_results_add(results, judge->names[f],
                        w2v_pairs_auc(&judge->files[f], W2V_HALF_BOTH, space));
}

static void add_analogies(const w2v_space_t *space, w2v_results_t *results)
{
    w2v_analogies_t analogies = w2v_analogies_ask(space, W2V_ANALOGY_MAX_RANK);

    w2v_results_add(results, "analogies", analogies.rate);
    w2v_results_add(results, "analogy_questions", (double)analogies.num_questions);
}

/* --- neighbours --- */

typedef struct printing {
    const w2v_judge_t *judge;
    const w2v_space_t *space;
    bool               is_json;
} printing_t;

static tern_status_t print_neighbours(const char *text, void *context,
                                      app_complaint_t *complaint)
{
    const printing_t  *printing   = context;
    const app_names_t *names      = printing->space->names;
    size_t             room       = printing->judge->questions->num_nearest;
    w2v_neighbour_t   *neighbours = APP_NEW(w2v_neighbour_t, room);
    size_t             num        = 0;
    uint32_t           word       = 0;
    bool               is_known   = app_names_find(names, text, &word);

    (void)complaint;
    if (is_known)
        num = w2v_space_nearest(printing->space, word, room, neighbours);
    printf(printing->is_json ? "{\"word\": \"%s\", \"nearest\": {" : "%s:", text);
    if (!is_known && !printing->is_json)
        printf(" not in the vocabulary");
    for (size_t i = 0; i < num; i++)
        printf(printing->is_json ? "%s\"%s\": %.4f" : "%s %s %.3f", i > 0 ? "," : "",
               app_names_text(names, neighbours[i].word), (double)neighbours[i].cosine);
    printf(printing->is_json ? "}}\n" : "\n");
    free(neighbours);
    return TERN_OK;
}

static void print_nearest(const w2v_judge_t *judge, const w2v_space_t *space,
                          bool is_json)
{
    printing_t      printing  = {judge, space, is_json};
    app_complaint_t complaint = {""};

    if (for_each(judge->questions->nearest, print_neighbours, &printing, &complaint) ==
        TERN_OK)
        fflush(stdout);
}

void w2v_judge_answer(const w2v_judge_t *judge, const w2v_vectors_t *vectors,
                      bool is_json, w2v_results_t *results)
{
    w2v_space_t space;

    w2v_space_init(&space, vectors);
    print_nearest(judge, &space, is_json);
    add_aucs(judge, &space, results);
    if (judge->questions->has_analogies)
        add_analogies(&space, results);
    w2v_space_fini(&space);
}
