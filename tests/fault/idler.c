/** \file
 * A run that cannot go on by itself: the last worker makes no step, the others wait for it, until the job
 * is asked to stop. tests/fault/check_waiting.sh looks on. Prints its pid and, at the end, how it ended.
 */
#include <stdio.h>
#include <unistd.h>

#include "tern/tern.h"

static tern_status_t run(tern_runtime_t *runtime)
{
    tern_table_desc_t desc   = {.name = "t", .keys = {0, 10}, .width = 1};
    tern_table_t     *table  = NULL;
    tern_status_t     status = tern_table_create(runtime, &desc, &table);

    if (status != TERN_OK || !tern_is_worker(runtime))
        return status;
    printf("worker %d has pid %ld\n", tern_worker(runtime), (long)getpid());
    fflush(stdout);
    if (tern_worker(runtime) < tern_num_workers(runtime) - 1)
        return tern_clock(runtime);
    while (!tern_should_stop(runtime))
        tern_progress(runtime);
    return TERN_ERR_STOPPED;
}

int main(int argc, char *argv[])
{
    tern_options_t *options = NULL;
    tern_runtime_t *runtime = NULL;
    tern_status_t status = tern_options_create("idler", "waits to be stopped", &options);
    int           number;

    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, options, &runtime);
    if (status != TERN_OK)
        return tern_status_exit_code(status);
    status = run(runtime);
    number = tern_stop_signal(runtime);
    if (tern_is_worker(runtime)) {
        printf("worker %d: %s, signal %d\n", tern_worker(runtime),
               tern_status_string(status), number);
        fflush(stdout);
    }
    tern_finalize(&runtime);
    tern_options_destroy(&options);
    return number > 0 ? 128 + number : tern_status_exit_code(status);
}
