/** \file
 * The course of a program, see program.h.
 */
#include "program.h"

#include <stdio.h>

tern_status_t app_program_agree(tern_runtime_t *runtime, const char *name,
                                tern_status_t status, const app_complaint_t *complaint)
{
    double        rank   = (double)(tern_size(runtime) - tern_rank(runtime));
    double        lowest = status == TERN_OK ? 0 : rank;
    tern_status_t agreed = tern_max(runtime, 1, &lowest);

    if (status != TERN_OK && lowest == rank)
        fprintf(stderr, "%s: %s\n", name, complaint->text);
    return agreed == TERN_OK ? tern_agree(runtime, status) : agreed;
}

static int run(const app_program_t *program, tern_options_t *options,
               tern_runtime_t *runtime, void *context)
{
    tern_status_t status      = program->prepare(context, options, runtime);
    tern_status_t finished    = TERN_OK;
    int           stop_signal = 0;

    if (status == TERN_OK && tern_is_worker(runtime))
        status = program->work(context);
    if (status != TERN_OK)
        tern_stop(runtime);
    stop_signal = tern_stop_signal(runtime);
    program->release(context);
    finished = tern_finalize(&runtime);
    if (stop_signal != 0)
        return 128 + stop_signal;
    return tern_status_exit_code(status != TERN_OK ? status : finished);
}

int app_program_run(const app_program_t *program, int argc, char *argv[], void *context)
{
    tern_options_t *options = NULL;
    tern_runtime_t *runtime = NULL;
    int             code    = 0;
    tern_status_t status = tern_options_create(program->name, program->summary, &options);

    if (status == TERN_OK)
        status = tern_options_add(options, program->num_options, program->options);
    if (status == TERN_OK) {
        tern_options_set_usage(options, program->operands, program->epilogue);
        status = tern_options_parse(options, argc, argv);
    }
    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, options, &runtime);
    code = status == TERN_OK ? run(program, options, runtime, context)
                             : tern_status_exit_code(status);
    tern_options_destroy(&options);
    return code;
}
