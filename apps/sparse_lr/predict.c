/** \file
 * tern-lr predict, see predict.h.
 */
#include "predict.h"

#include "evaluate.h"
#include "memory.h"
#include "model.h"
#include "team.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void score(const lr_entries_t *model, const lr_examples_t *examples,
                  double scores[])
{
    for (size_t i = 0; i < examples->num; i++) {
        scores[i] = 0;
        for (size_t entry = lr_examples_first(examples, i); entry < examples->ends[i];
             entry++)
            scores[i] += lr_model_weight(model, examples->keys[entry]) *
                         (double)examples->values[entry];
    }
}

static tern_status_t write_predictions(const lr_settings_t *settings,
                                       const lr_scores_t   *all)
{
    const char *path = settings->predictions;
    FILE       *file = path != NULL ? fopen(path, "w") : stdout;
    bool        failed;

    if (path == NULL && settings->json)
        return TERN_OK;
    if (file == NULL) {
        fprintf(stderr, "tern-lr: %s: %s\n", path, strerror(errno));
        return TERN_ERR_IO;
    }
    for (size_t i = 0; i < all->num; i++)
        fprintf(file, "%.9g\n", 1 / (1 + exp(-all->scores[i])));
    failed = fflush(file) != 0 || ferror(file) != 0;
    if (path != NULL)
        failed = fclose(file) != 0 || failed;
    if (!failed)
        return TERN_OK;
    fprintf(stderr, "tern-lr: predictions cannot be written\n");
    return TERN_ERR_IO;
}

static tern_status_t tell(tern_runtime_t *runtime, const tern_options_t *options,
                          const lr_settings_t *settings, const lr_entries_t *model,
                          const lr_scores_t *all)
{
    lr_quality_t       quality  = lr_scores_judge(all);
    const tern_field_t fields[] = {{"examples", (double)quality.num, NULL},
                                   {"nonzeros", (double)model->num, NULL},
                                   {"logloss", quality.logloss, NULL},
                                   {"accuracy", quality.accuracy, NULL},
                                   {"auc", quality.auc, NULL}};
    tern_report_t     *report   = NULL;
    tern_status_t      status   = write_predictions(settings, all);

    if (status != TERN_OK || (!settings->json && settings->predictions == NULL))
        return status;
    status = tern_report_create(runtime, options, "examples", (double)all->num, &report);
    if (status == TERN_OK)
        tern_report_results(report, isnan(quality.auc) ? 4 : 5, fields);
    tern_report_destroy(&report);
    return status;
}

/* One worker reads first, so that what is wrong with a file is said once. */
static tern_status_t read_model(tern_runtime_t *runtime, const char *path,
                                lr_entries_t *model)
{
    app_complaint_t complaint = {""};
    app_team_t      team      = app_team_of(runtime);
    bool            is_first  = team.worker == 0;
    tern_status_t   status = is_first ? lr_model_read(path, model, &complaint) : TERN_OK;
    tern_status_t   agreed = app_team_agree(&team, status);

    if (!is_first && agreed == TERN_OK)
        status = agreed = lr_model_read(path, model, &complaint);
    if (status != TERN_OK)
        fprintf(stderr, "tern-lr: %s\n", complaint.text);
    return agreed;
}

tern_status_t lr_predict(tern_runtime_t *runtime, const tern_options_t *options,
                         const lr_settings_t *settings, const lr_dataset_t *dataset)
{
    lr_entries_t  model  = {.num = 0};
    lr_scores_t   all    = {0};
    lr_examples_t empty  = {0};
    double       *scores = NULL;
    /* One shard per worker, as predict has no --shards. */
    const lr_examples_t *examples = dataset->num_own > 0 ? &dataset->shards[0] : &empty;
    tern_status_t        status   = read_model(runtime, settings->model, &model);

    if (status != TERN_OK) {
        lr_entries_fini(&model);
        return status;
    }
    scores = APP_NEW(double, examples->num);
    score(&model, examples, scores);
    status = lr_scores_gather(runtime, examples->num, scores, examples->labels, &all);
    if (status == TERN_OK && tern_worker(runtime) == 0)
        status = tell(runtime, options, settings, &model, &all);
    free(scores);
    lr_scores_fini(&all);
    lr_entries_fini(&model);
    return status;
}
