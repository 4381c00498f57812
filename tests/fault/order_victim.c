/** \file
 * The scheduler gives orders without deadlines; the last worker dies by SIGKILL in the first that it is given, and with
 * `--hard-order` so does whoever is given a certain one. With `--halt FILE` the last worker makes that file instead and waits for
 * its end. All orders must be answered, once each. tests/fault/check_survivors.sh starts it by tern-run.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tern/tern.h"

enum { NUM_ORDERS = 24, HARD = 5 };

static tern_runtime_t *runtime;
static bool            has_hard;
static const char     *halt_file;
static int             num_answered[NUM_ORDERS], num_failed;

/* --- workers --- */

static void die(void)
{
    if (halt_file != NULL && fopen(halt_file, "w") != NULL)
        for (;;)
            pause();
    raise(SIGKILL);
}

/* As long as it takes that everybody is given something. */
static tern_status_t run(tern_assignment_t *assignment, void *context)
{
    int  number = *(const int *)tern_assignment_args(assignment, NULL);
    bool dies =
        has_hard ? number == HARD : tern_worker(runtime) == tern_num_workers(runtime) - 1;

    (void)context;
    usleep(20000);
    if (dies)
        die();
    return tern_assignment_answer(assignment, &number, sizeof number);
}

/* --- the scheduler --- */

static void take(const tern_answer_t *answer, void *context)
{
    num_answered[*(int *)context]++;
    num_failed += answer->status == TERN_ERR_PEER_LOST;
}

static tern_status_t give(tern_task_t *task, void *context)
{
    const tern_order_desc_t order = {.function     = "run",
                                     .args         = context,
                                     .args_bytes   = sizeof(int),
                                     .max_attempts = 2,
                                     .take         = take,
                                     .context      = context};

    return tern_order(task, &order);
}

static tern_status_t give_all(void)
{
    static int    numbers[NUM_ORDERS];
    tern_tasks_t *tasks  = NULL;
    tern_status_t status = tern_tasks_create(runtime, &tasks);
    int           num    = 0;

    for (int i = 0; i < NUM_ORDERS && status == TERN_OK; i++) {
        numbers[i] = i;
        status     = tern_task_submit(
                tasks,
                &(tern_task_desc_t){.name = "give", .run = give, .context = &numbers[i]},
                NULL);
    }
    if (status == TERN_OK)
        status = tern_tasks_wait_all(tasks);
    tern_tasks_destroy(&tasks);
    for (int i = 0; i < NUM_ORDERS; i++)
        num += num_answered[i] == 1;
    printf("orders answered once: %d of %d, of these lost: %d\n", num, NUM_ORDERS,
           num_failed);
    fflush(stdout);
    return status == TERN_ERR_PEER_LOST ? TERN_OK : status;
}

/* --- */

static tern_status_t begin(int argc, char *argv[])
{
    static const tern_work_function_t function = {.name = "run", .run = run};
    static const tern_option_t        list[]   = {
                 {.name          = "hard-order",
                  .type          = TERN_OPTION_FLAG,
                  .default_value = "no",
                  .help          = "one order kills its workers"},
                 {.name = "halt",
                  .type = TERN_OPTION_STRING,
                  .unit = "FILE",
                  .help = "made by the last worker when it would die"}};
    tern_options_t *options = NULL;
    tern_status_t status = tern_options_create("order_victim", "loses workers", &options);

    if (status == TERN_OK)
        status = tern_options_add(options, 2, list);
    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, options, &runtime);
    if (status == TERN_OK) {
        has_hard  = tern_option_flag(options, "hard-order");
        halt_file = tern_option_string(options, "halt");
    }
    return status == TERN_OK ? tern_work_register(runtime, &function) : status;
}

int main(int argc, char *argv[])
{
    tern_status_t status = begin(argc, argv);

    if (status != TERN_OK)
        return 1;
    if (tern_is_scheduler(runtime)) {
        status = give_all();
        if (status == TERN_OK)
            status = tern_work_end(runtime);
    } else {
        status = tern_work(runtime);
    }
    for (double end = tern_seconds(runtime) + 1; tern_seconds(runtime) < end;)
        tern_progress(runtime);       /* until the others know that it is over */
    _exit(status == TERN_OK ? 0 : 1); /* a job that lost a rank cannot take leave of it */
}
