/** \file
 * tern-kge: knowledge-graph embeddings on the parameter server.
 *
 * Every rank loads the triples, because tables are created by all ranks and need to know how many rows there
 * are; the workers then train and rank, and the servers serve until they are done.
 */
#include "compare.h"
#include "experiment.h"
#include "output.h"
#include "program.h"
#include "summary.h"

#include <stdio.h>

typedef struct program {
    tern_options_t   *options;
    tern_runtime_t   *runtime;
    kge_settings_t    settings;
    kge_experiments_t experiments;
} program_t;

static tern_status_t check_ranks(const program_t *program, app_complaint_t *complaint)
{
    int size = tern_size(program->runtime);

    if (size > 1 && !program->settings.use_server)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--no-server runs in one process, not in %d", size);
    if (size > 1 && program->settings.compare_plain)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--compare-plain runs in one process, not in %d", size);
    return TERN_OK;
}

/* Rank 0 loads first, so that what is wrong with a file is said once. */
static tern_status_t load(program_t *program)
{
    app_complaint_t complaint = {""};
    bool            is_first  = tern_rank(program->runtime) == 0;
    tern_status_t   status    = TERN_OK;

    if (is_first) {
        status = kge_settings_get(program->options, &program->settings, &complaint);
        if (status == TERN_OK)
            status = check_ranks(program, &complaint);
        if (status == TERN_OK)
            status = kge_experiments_load(&program->settings, &program->experiments,
                                          &complaint);
    }
    status = app_program_agree(program->runtime, "tern-kge", status, &complaint);
    if (status != TERN_OK)
        return status;
    if (!is_first) {
        status = kge_settings_get(program->options, &program->settings, &complaint);
        if (status == TERN_OK)
            status = kge_experiments_load(&program->settings, &program->experiments,
                                          &complaint);
    }
    return app_program_agree(program->runtime, "tern-kge", status, &complaint);
}

static tern_status_t create_parameters(program_t *program, kge_experiment_t *experiment)
{
    const kge_recipe_t *recipe        = &program->settings.recipe;
    size_t              num_entities  = kge_experiment_num_entities(experiment);
    size_t              num_relations = kge_experiment_num_relations(experiment);
    char                prefix[16];

    snprintf(prefix, sizeof(prefix), "%s%s", experiment->name,
             experiment->name[0] != '\0' ? "-" : "");
    if (program->settings.use_server)
        return kge_parameters_on_server(program->runtime, recipe, &program->settings.plan,
                                        prefix, num_entities, num_relations,
                                        &experiment->parameters);
    experiment->parameters =
        kge_parameters_in_process(recipe, num_entities, num_relations);
    return TERN_OK;
}

/* Of app_program_t, as are those below. */
static tern_status_t prepare(void *context, tern_options_t *options,
                             tern_runtime_t *runtime)
{
    program_t    *program = context;
    tern_status_t status;

    program->options = options;
    program->runtime = runtime;
    status           = load(program);
    for (size_t i = 0; i < program->experiments.num && status == TERN_OK; i++)
        status = create_parameters(program, &program->experiments.items[i]);
    return status;
}

/* Results are printed even if they cannot be written. */
static tern_status_t conclude(program_t *program)
{
    tern_status_t written = TERN_OK;
    tern_status_t printed = TERN_OK;

    if (program->settings.output != NULL)
        written =
            kge_output_write(&program->settings, program->options, &program->experiments);
    if (written != TERN_OK)
        program->settings.output = NULL;
    printed = kge_summary_print_results(&program->experiments, &program->settings,
                                        program->runtime, program->options);
    return written != TERN_OK ? written : printed;
}

static tern_status_t run_experiments(program_t *program)
{
    app_team_t team =
        program->settings.use_server ? app_team_of(program->runtime) : app_team_alone();
    tern_status_t status = TERN_OK;

    if (team.worker == 0 && !program->settings.json)
        kge_summary_print_data(&program->experiments);
    for (size_t i = 0; i < program->experiments.num && status == TERN_OK; i++)
        status =
            kge_experiment_run(&program->experiments.items[i], team, &program->settings,
                               program->runtime, program->options);
    return status == TERN_OK && team.worker == 0 ? conclude(program) : status;
}

static tern_status_t work(void *context)
{
    program_t    *program = context;
    tern_status_t status  = TERN_OK;

    if (!program->settings.compare_plain)
        return run_experiments(program);
    for (size_t i = 0; i < program->experiments.num && status == TERN_OK; i++)
        status = kge_compare(&program->experiments.items[i], program->runtime,
                             program->options, &program->settings);
    return status;
}

static void release(void *context)
{
    kge_experiments_fini(&((program_t *)context)->experiments);
}

int main(int argc, char *argv[])
{
    program_t           program = {.options = NULL};
    const app_program_t about   = {
          .name        = "tern-kge",
          .summary     = "train knowledge-graph embeddings and rank with them",
          .options     = kge_options,
          .num_options = kge_num_options,
          .operands    = NULL,
          .epilogue    = kge_epilogue,
          .prepare     = prepare,
          .work        = work,
          .release     = release,
    };

    return app_program_run(&about, argc, argv, &program);
}
