/** \file
 * tern-kge: knowledge-graph embeddings on the parameter server.
 *
 * Every rank loads the triples, because tables are created by all ranks and need to know how many rows there
 * are; the workers then train and rank, and the servers serve until they are done.
 */
#include "compare.h"
#include "experiment.h"
#include "output.h"
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

/* Say what is wrong and let all ranks agree on it. */
static tern_status_t agree(program_t *program, tern_status_t status,
                           const app_complaint_t *complaint)
{
    if (status != TERN_OK)
        fprintf(stderr, "tern-kge: %s\n", complaint->text);
    return tern_agree(program->runtime, status);
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
    status = agree(program, status, &complaint);
    if (status != TERN_OK)
        return status;
    if (!is_first) {
        status = kge_settings_get(program->options, &program->settings, &complaint);
        if (status == TERN_OK)
            status = kge_experiments_load(&program->settings, &program->experiments,
                                          &complaint);
    }
    return agree(program, status, &complaint);
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

static tern_status_t prepare(program_t *program)
{
    tern_status_t status = load(program);

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

static tern_status_t work(program_t *program)
{
    tern_status_t status = TERN_OK;

    if (!program->settings.compare_plain)
        return run_experiments(program);
    for (size_t i = 0; i < program->experiments.num && status == TERN_OK; i++)
        status = kge_compare(&program->experiments.items[i], program->runtime,
                             program->options, &program->settings);
    return status;
}

/* Exit code of a run that a signal stopped, by convention; else that of the status. */
static int exit_code(tern_status_t status, int stop_signal)
{
    return stop_signal != 0 ? 128 + stop_signal : tern_status_exit_code(status);
}

static int run(program_t *program)
{
    tern_status_t status      = prepare(program);
    tern_status_t finished    = TERN_OK;
    int           stop_signal = 0;

    if (status == TERN_OK && tern_is_worker(program->runtime))
        status = work(program);
    if (status != TERN_OK)
        tern_stop(program->runtime);
    stop_signal = tern_stop_signal(program->runtime);
    kge_experiments_fini(&program->experiments);
    finished = tern_finalize(&program->runtime);
    return exit_code(status != TERN_OK ? status : finished, stop_signal);
}

int main(int argc, char *argv[])
{
    program_t     program = {.options = NULL};
    int           code    = 0;
    tern_status_t status  = tern_options_create(
         "tern-kge", "train knowledge-graph embeddings and rank with them",
         &program.options);

    if (status == TERN_OK)
        status = tern_options_add(program.options, kge_num_options, kge_options);
    if (status == TERN_OK) {
        tern_options_set_usage(program.options, NULL, kge_epilogue);
        status = tern_options_parse(program.options, argc, argv);
    }
    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, program.options, &program.runtime);
    code = status == TERN_OK ? run(&program) : tern_status_exit_code(status);
    tern_options_destroy(&program.options);
    return code;
}
