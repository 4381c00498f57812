/** \file
 * Tasks whose operations go to servers; a delay that all workers find together.
 */
#include <math.h>

#include "mpi_facts.h"
#include "session.h"

#define NUM_KEYS  64u
#define NUM_STEPS 100

typedef struct step {
    tern_table_t *table;
    tern_key_t    key;
    float         value, one;
    unsigned     *num_open_p, *most_open_p;
    bool          has_ended;
} step_t;

static tern_status_t push_one(tern_task_t *task, void *context)
{
    step_t *step = context;

    if (++*step->num_open_p > *step->most_open_p)
        *step->most_open_p = *step->num_open_p;
    return tern_push(step->table, 1, &step->key, &step->one, tern_task_slot(task));
}

static tern_status_t pull_one(tern_task_t *task, void *context)
{
    step_t *step = context;

    return tern_pull(step->table, 1, &step->key, &step->value, tern_task_slot(task));
}

static void end_push(const tern_task_result_t *result, void *context)
{
    step_t *step = context;

    CU_ASSERT_EQUAL(result->status, TERN_OK);
    step->has_ended = true;
    --*step->num_open_p;
}

/* Whoever is a worker proves; the others serve. */
static void with_engine(void (*prove)(tern_runtime_t *runtime, tern_table_t *table,
                                      tern_tasks_t *tasks))
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, 1);
    tern_tasks_t *tasks   = NULL;

    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_tasks_create(session.runtime, &tasks), TERN_OK);
        prove(session.runtime, table, tasks);
        tern_tasks_destroy(&tasks);
    }
    session_end(&session);
}

/* Each worker pushes once to every key; each push is pulled back after it. */
static void prove_pushes(tern_runtime_t *runtime, tern_table_t *table,
                         tern_tasks_t *tasks)
{
    step_t   steps[NUM_KEYS];
    unsigned num_open = 0, most_open = 0, num_remote = 0;

    for (tern_key_t key = 0; key < NUM_KEYS; key++) {
        tern_task_desc_t push = {
            .name = "push", .run = push_one, .done = end_push, .context = &steps[key]};
        tern_task_desc_t pull = {
            .name = "pull", .num_after = 1, .run = pull_one, .context = &steps[key]};
        uint64_t pushed = 0;

        steps[key] = (step_t){.table       = table,
                              .key         = key,
                              .one         = 1,
                              .num_open_p  = &num_open,
                              .most_open_p = &most_open};
        CU_ASSERT_EQUAL(tern_task_submit(tasks, &push, &pushed), TERN_OK);
        pull.after = &pushed;
        CU_ASSERT_EQUAL(tern_task_submit(tasks, &pull, NULL), TERN_OK);
    }
    CU_ASSERT_EQUAL(tern_tasks_num_left(tasks), 2 * NUM_KEYS);
    CU_ASSERT_EQUAL(tern_tasks_wait_all(tasks), TERN_OK);
    for (tern_key_t key = 0; key < NUM_KEYS; key++) {
        CU_ASSERT(steps[key].has_ended);
        CU_ASSERT(steps[key].value >= 1); /* its own push, at least */
        num_remote += !tern_is_local(table, key);
    }
    CU_ASSERT(most_open >=
              num_remote); /* all that need messages were under way together */
    CU_ASSERT_EQUAL(tern_barrier(runtime), TERN_OK);
    for (tern_key_t key = 0; key < NUM_KEYS; key++)
        CU_ASSERT_EQUAL(session_value(table, key), (float)tern_num_workers(runtime));
    CU_ASSERT_EQUAL(tern_barrier(runtime), TERN_OK);
}

static void operations_of_tasks_complete_before_what_follows(void)
{
    with_engine(prove_pushes);
}

/* A step is a task with a pull and, after it, a push as subtasks. */
static tern_status_t take_step(tern_task_t *task, void *context)
{
    step_t          *step   = context;
    tern_task_desc_t pull   = {.name = "pull", .run = pull_one, .context = step};
    tern_task_desc_t push   = {.name      = "push",
                               .num_after = 1,
                               .run       = push_one,
                               .done      = end_push,
                               .context   = step};
    uint64_t         pulled = 0;
    tern_status_t    status = tern_task_submit_sub(task, &pull, &pulled);

    push.after = &pulled;
    return status == TERN_OK ? tern_task_submit_sub(task, &push, NULL) : status;
}

static void prove_delays(tern_runtime_t *runtime, tern_table_t *table,
                         tern_tasks_t *tasks)
{
    tern_delay_t *delay = NULL;
    step_t        steps[NUM_STEPS];
    unsigned      num_open = 0, most_open = 0;
    tern_key_t    own = (tern_key_t)tern_worker(runtime);

    CU_ASSERT_EQUAL(tern_delay_create(tasks, TERN_DELAY_SEQUENTIAL, &delay), TERN_OK);
    for (int i = 0; i < NUM_STEPS; i++) {
        tern_task_desc_t desc = {.name = "step", .run = take_step, .context = &steps[i]};

        steps[i] = (step_t){.table       = table,
                            .key         = own,
                            .one         = 1,
                            .num_open_p  = &num_open,
                            .most_open_p = &most_open};
        CU_ASSERT_EQUAL(tern_delay_submit(delay, &desc, NULL), TERN_OK);
        if (i == NUM_STEPS / 2) {
            CU_ASSERT_EQUAL(tern_tasks_wait_all(tasks), TERN_OK);
            CU_ASSERT_EQUAL(tern_delay_largest_staleness(delay), 0);
            CU_ASSERT_EQUAL(tern_delay_set(delay, 3), TERN_OK);
        }
    }
    CU_ASSERT_EQUAL(tern_tasks_wait_all(tasks), TERN_OK);
    CU_ASSERT(tern_delay_largest_staleness(delay) <= 3);
    for (int i = 0; i < NUM_STEPS; i++) { /* nobody else pushes here */
        CU_ASSERT(steps[i].value <= i);
        CU_ASSERT(steps[i].value >= (i <= NUM_STEPS / 2 ? i : i - 3));
    }
    tern_delay_destroy(&delay);
}

static void iterations_read_what_the_delay_promises(void)
{
    with_engine(prove_delays);
}

static tern_status_t wait_inside(tern_task_t *task, void *context)
{
    (void)context;
    CU_ASSERT_EQUAL(tern_tasks_poll(tern_task_engine(task)), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_tasks_wait_all(tern_task_engine(task)), TERN_ERR_ARG);
    return TERN_OK;
}

static void prove_refusals(tern_runtime_t *runtime, tern_table_t *table,
                           tern_tasks_t *tasks)
{
    uint64_t         never  = 9;
    tern_key_t       beyond = NUM_KEYS;
    step_t           step   = {.table = table, .key = beyond};
    tern_task_desc_t inside = {.name = "inside", .run = wait_inside};
    tern_task_desc_t bad    = {.name = "bad", .run = pull_one, .context = &step};
    tern_task_desc_t stuck  = {.name = "stuck", .num_after = 1, .after = &never};

    (void)runtime;
    CU_ASSERT_EQUAL(tern_task_submit(tasks, &inside, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_tasks_wait_all(tasks), TERN_OK);
    CU_ASSERT_EQUAL(tern_task_submit(tasks, &bad, NULL), TERN_OK); /* key outside */
    CU_ASSERT_EQUAL(tern_tasks_wait(tasks, 2), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_tasks_result(tasks, 2).cause, 2);
    CU_ASSERT_EQUAL(tern_tasks_wait_all(tasks), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_task_submit(tasks, &stuck, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_tasks_wait_all(tasks), TERN_ERR_ARG); /* does not hang */
    CU_ASSERT(!tern_tasks_is_finished(tasks, 3));
}

static void what_cannot_end_is_refused(void)
{
    with_engine(prove_refusals);
}

/* All workers have the same delay in the same iteration, though nobody meets anybody. */
static void workers_find_one_delay_together(void)
{
    session_t                 session           = session_begin(NULL);
    tern_delay_auto_options_t options           = {.max_delay = 4, .window = 2};
    tern_delay_auto_t        *automatic         = NULL;
    uint32_t                  delay             = 0;
    double                    delays[NUM_STEPS] = {0}, mean[NUM_STEPS];
    bool                      is_worker         = tern_is_worker(session.runtime);

    CU_ASSERT_EQUAL(tern_delay_auto_create(session.runtime, &options, &automatic),
                    TERN_OK);
    for (int i = 0; is_worker && i < NUM_STEPS; i++) {
        delays[i] = delay;
        CU_ASSERT_EQUAL(tern_delay_auto_step(automatic, 1.0, NAN, &delay), TERN_OK);
    }
    if (is_worker) {
        for (int i = 0; i < NUM_STEPS; i++)
            mean[i] = delays[i] / tern_num_workers(session.runtime);
        CU_ASSERT_EQUAL(tern_sum(session.runtime, NUM_STEPS, mean), TERN_OK);
        for (int i = 0; i < NUM_STEPS; i++)
            CU_ASSERT_DOUBLE_EQUAL(mean[i], delays[i], 1e-9);
        CU_ASSERT(tern_delay_auto_get(automatic).num_windows > 40);
    }
    tern_delay_auto_destroy(&automatic);
    session_end(&session);
}

static void a_worker_that_leaves_holds_no_delay_back(void)
{
    session_t                 session   = session_begin(NULL);
    tern_delay_auto_options_t options   = {.max_delay = 2, .window = 2};
    tern_delay_auto_t        *automatic = NULL;
    uint32_t                  delay     = 0;
    int                       num_steps = 20 + 20 * tern_worker(session.runtime);

    CU_ASSERT_EQUAL(tern_delay_auto_create(session.runtime, &options, &automatic),
                    TERN_OK);
    for (int i = 0; tern_is_worker(session.runtime) && i < num_steps; i++)
        CU_ASSERT_EQUAL(tern_delay_auto_step(automatic, 1.0, NAN, &delay), TERN_OK);
    tern_delay_auto_destroy(&automatic);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(operations_of_tasks_complete_before_what_follows),
        FACT(iterations_read_what_the_delay_promises),
        FACT(what_cannot_end_is_refused),
        FACT(workers_find_one_delay_together),
        FACT(a_worker_that_leaves_holds_no_delay_back),
    };

    return mpi_facts_run("mpi/tasks", facts, sizeof facts / sizeof *facts);
}
