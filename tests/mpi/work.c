/** \file
 * Orders of the scheduler: each is answered once, whoever leaves, fails, is late, or loses messages.
 */
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

#define NUM_ORDERS 60

static const char *const lossy[] = {"fault", "drop:0.1,duplicate:0.1,delay:0.1,seed:11",
                                    "resend-ms", "20", NULL};

/* What this rank did and saw. */
static struct {
    tern_runtime_t *runtime;
    tern_table_t   *table;
    int             num_runs;
    int             num_answers[NUM_ORDERS];
    int             num_failed;
    double          sum;
    int             leaver; /* worker that leaves with its first assignment; -1: none */
} seen;

/* --- functions of workers --- */

static tern_status_t square(tern_assignment_t *assignment, void *context)
{
    double x = *(const double *)tern_assignment_args(assignment, NULL);

    (void)context;
    seen.num_runs++;
    x *= x;
    CU_ASSERT_EQUAL(tern_assignment_answer(assignment, &x, sizeof x), TERN_OK);
    return tern_worker(seen.runtime) == seen.leaver ? TERN_DONE : TERN_OK;
}

static tern_status_t name_part(tern_assignment_t *assignment, void *context)
{
    double part = tern_assignment_part(assignment);

    (void)context;
    CU_ASSERT_EQUAL(tern_assignment_num_parts(assignment),
                    (uint32_t)tern_num_workers(seen.runtime));
    CU_ASSERT_EQUAL((int)part, tern_worker(seen.runtime));
    return tern_assignment_answer(assignment, &part, sizeof part);
}

static tern_status_t fail_at_first(tern_assignment_t *assignment, void *context)
{
    seen.num_runs++;
    if (tern_assignment_attempt(assignment) < 2)
        return TERN_ERR_IO;
    return tern_assignment_answer(assignment, context, 0);
}

static tern_status_t always_fail(tern_assignment_t *assignment, void *context)
{
    (void)assignment;
    (void)context;
    seen.num_runs++;
    return TERN_ERR_FORMAT;
}

/* The first attempt ends when the second has been made. */
static tern_status_t wait_for_second(tern_assignment_t *assignment, void *context)
{
    tern_key_t key = 0;
    float      one = 1;

    if (tern_assignment_attempt(assignment) > 0)
        CU_ASSERT_EQUAL(tern_push(seen.table, 1, &key, &one, NULL), TERN_OK);
    while (session_value(seen.table, 0) < 1)
        tern_progress(seen.runtime);
    return tern_assignment_answer(assignment, context, 0);
}

static const tern_work_function_t functions[] = {
    {.name = "square", .run = square},
    {.name = "name part", .run = name_part},
    {.name = "fail at first", .run = fail_at_first},
    {.name = "always fail", .run = always_fail},
    {.name = "wait for second", .run = wait_for_second},
};

/* --- the scheduler --- */

typedef struct issue {
    int               number;
    double            value;
    tern_order_desc_t order;
} issue_t;

static issue_t issues[NUM_ORDERS];

static void take(const tern_answer_t *answer, void *context)
{
    const issue_t *issue = context;

    seen.num_answers[issue->number]++;
    seen.num_failed += answer->status != TERN_OK;
    if (answer->num_bytes == sizeof(double))
        seen.sum += *(const double *)answer->bytes;
}

static tern_status_t give(tern_task_t *task, void *context)
{
    issue_t *issue = context;

    issue->order.args       = &issue->value;
    issue->order.args_bytes = sizeof issue->value;
    issue->order.take       = take;
    issue->order.context    = issue;
    return tern_order(task, &issue->order);
}

static tern_task_desc_t task_of(int number, const tern_order_desc_t *order)
{
    issues[number] = (issue_t){.number = number, .value = number, .order = *order};
    return (tern_task_desc_t){.name = "give", .run = give, .context = &issues[number]};
}

/* Give `num` orders, all at once; returns what tern_tasks_wait_all() did. */
static tern_status_t give_all(int num, const tern_order_desc_t *order)
{
    tern_tasks_t *tasks = NULL;
    tern_status_t status;

    CU_ASSERT_EQUAL(tern_tasks_create(seen.runtime, &tasks), TERN_OK);
    for (int i = 0; i < num; i++) {
        tern_task_desc_t task = task_of(i, order);

        CU_ASSERT_EQUAL(tern_task_submit(tasks, &task, NULL), TERN_OK);
    }
    status = tern_tasks_wait_all(tasks);
    tern_tasks_destroy(&tasks);
    return status;
}

/* --- a job --- */

static session_t begin_job(const char *const settings[])
{
    session_t session = session_begin(settings);

    memset(&seen, 0, sizeof seen);
    seen.leaver  = -1;
    seen.runtime = session.runtime;
    seen.table   = session_table(&session, "t", 1, 1);
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++)
        CU_ASSERT_EQUAL(tern_work_register(session.runtime, &functions[f]), TERN_OK);
    return session;
}

static int num_runs_of_all(void)
{
    int sum = seen.num_runs;

    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    return sum;
}

static void check_answered_once(int num)
{
    for (int i = 0; i < num; i++)
        CU_ASSERT_EQUAL(seen.num_answers[i], 1);
}

static void give_squares(const char *const settings[])
{
    session_t session = begin_job(settings);
    double    n       = NUM_ORDERS - 1;

    if (tern_is_scheduler(session.runtime)) {
        CU_ASSERT_EQUAL(give_all(NUM_ORDERS, &(tern_order_desc_t){.function = "square"}),
                        TERN_OK);
        check_answered_once(NUM_ORDERS);
        CU_ASSERT_EQUAL(seen.sum, n * (n + 1) * (2 * n + 1) / 6);
        CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_OK);
    }
    if (tern_is_worker(session.runtime))
        CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_OK);
    session_end(&session);
    CU_ASSERT_EQUAL(num_runs_of_all(), NUM_ORDERS);
}

static void every_order_is_run_once(void)
{
    give_squares(NULL);
}

static void lost_doubled_and_late_messages_run_nothing_twice(void)
{
    give_squares(lossy);
}

static void a_scheduler_may_work(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};

    give_squares(settings);
}

static void each_worker_gets_its_part(void)
{
    session_t session = begin_job(NULL);
    double    n       = tern_num_workers(session.runtime);

    if (tern_is_scheduler(session.runtime)) {
        tern_order_desc_t order = {.function = "name part", .to = TERN_TO_EACH};

        CU_ASSERT_EQUAL(give_all(3, &order), TERN_OK);
        for (int i = 0; i < 3; i++)
            CU_ASSERT_EQUAL(seen.num_answers[i], (int)n);
        CU_ASSERT_EQUAL(seen.sum, 3 * n * (n - 1) / 2);
        CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_OK);
    }
    if (tern_is_worker(session.runtime))
        CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_OK);
    session_end(&session);
}

/* All orders are for the last worker, which leaves when it has run one. */
static void what_a_worker_leaves_behind_is_run_once_by_others(void)
{
    session_t session  = begin_job(NULL);
    int       last     = tern_num_workers(session.runtime) - 1;
    bool      is_alone = last == 0;

    seen.leaver = last;
    if (tern_is_scheduler(session.runtime)) {
        tern_order_desc_t order = {
            .function = "square", .to = TERN_TO_WORKER, .worker = last};

        CU_ASSERT_EQUAL(give_all(10, &order), is_alone ? TERN_ERR_PEER_LOST : TERN_OK);
        check_answered_once(10);
        CU_ASSERT_EQUAL(seen.num_failed, is_alone ? 9 : 0);
        CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_OK);
    }
    if (tern_is_worker(session.runtime)) {
        tern_status_t status = tern_work(session.runtime);

        CU_ASSERT(
            status == (tern_worker(session.runtime) != last ? TERN_OK : TERN_DONE) ||
            tern_is_scheduler(session.runtime)); /* there it may have ended before */
    }
    session_end(&session);
    CU_ASSERT_EQUAL(num_runs_of_all(), is_alone ? 1 : 10);
}

static void who_never_works_holds_nobody_up(void)
{
    session_t session = begin_job(NULL);
    int       last    = tern_num_workers(session.runtime) - 1;
    bool      works   = tern_is_worker(session.runtime) &&
                 (last == 0 || tern_worker(session.runtime) != last);

    if (tern_is_scheduler(session.runtime)) {
        tern_order_desc_t order = {.function = "square", .to = TERN_TO_EACH};

        CU_ASSERT_EQUAL(give_all(4, &order), TERN_OK);
        CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_OK);
    }
    if (works)
        CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_OK);
    session_end(&session); /* the last one comes here at once */
    CU_ASSERT_EQUAL(num_runs_of_all(), 4 * (last + 1));
}

static void what_fails_is_tried_again(void)
{
    session_t session = begin_job(NULL);

    if (tern_is_scheduler(session.runtime)) {
        CU_ASSERT_EQUAL(give_all(5, &(tern_order_desc_t){.function = "fail at first"}),
                        TERN_OK);
        check_answered_once(5);
        CU_ASSERT_EQUAL(seen.num_failed, 0);
        CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_OK);
    }
    if (tern_is_worker(session.runtime))
        CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_OK);
    session_end(&session);
    CU_ASSERT_EQUAL(num_runs_of_all(), 15);
}

static void what_fails_too_often_fails_its_task(void)
{
    session_t session = begin_job(NULL);

    if (tern_is_scheduler(session.runtime)) {
        tern_order_desc_t order = {.function = "always fail", .max_attempts = 4};

        CU_ASSERT_EQUAL(give_all(2, &order), TERN_ERR_FORMAT);
        check_answered_once(2);
        CU_ASSERT_EQUAL(seen.num_failed, 2);
        CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_OK);
    }
    if (tern_is_worker(session.runtime))
        CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_OK);
    session_end(&session);
    CU_ASSERT_EQUAL(num_runs_of_all(), 8);
}

static void who_is_late_is_overtaken_and_its_answer_dropped(void)
{
    session_t session = begin_job(NULL);

    if (tern_num_workers(session.runtime) < 2) {
        session_end(&session);
        facts_skip("nobody else could do it");
        return;
    }
    if (tern_is_scheduler(session.runtime)) {
        tern_order_desc_t order = {.function         = "wait for second",
                                   .deadline_seconds = 0.05};

        CU_ASSERT_EQUAL(give_all(1, &order), TERN_OK);
        check_answered_once(1);
        CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_OK);
    }
    if (tern_is_worker(session.runtime))
        CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_OK);
    session_end(&session);
}

/* A round of squares by a bounded delay, and another round. */
static void rounds_follow_each_other(void)
{
    session_t session = begin_job(NULL);

    for (int round = 0; round < 3; round++) {
        if (tern_is_scheduler(session.runtime)) {
            tern_tasks_t *tasks = NULL;
            tern_delay_t *delay = NULL;

            CU_ASSERT_EQUAL(tern_tasks_create(session.runtime, &tasks), TERN_OK);
            CU_ASSERT_EQUAL(tern_delay_create(tasks, 2, &delay), TERN_OK);
            for (int i = 0; i < 12; i++) {
                tern_order_desc_t order = {.function = "square", .to = TERN_TO_EACH};
                tern_task_desc_t  task  = task_of(i, &order);

                CU_ASSERT_EQUAL(tern_delay_submit(delay, &task, NULL), TERN_OK);
            }
            CU_ASSERT_EQUAL(tern_tasks_wait_all(tasks), TERN_OK);
            CU_ASSERT_EQUAL(tern_delay_largest_staleness(delay), 2);
            tern_delay_destroy(&delay);
            tern_tasks_destroy(&tasks);
            CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_OK);
        }
        if (tern_is_worker(session.runtime))
            CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_OK);
    }
    CU_ASSERT(!tern_is_scheduler(session.runtime) ||
              seen.num_answers[11] == 3 * tern_num_workers(session.runtime));
    session_end(&session);
}

static void a_scheduler_that_ends_early_ends_the_work(void)
{
    session_t session = begin_job(NULL);

    if (tern_is_worker(session.runtime) && !tern_is_scheduler(session.runtime))
        CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_OK);
    session_end(&session);
}

static void who_may_not_give_orders_is_told(void)
{
    session_t session = begin_job(NULL);

    if (!tern_is_scheduler(session.runtime)) {
        CU_ASSERT_EQUAL(tern_work_end(session.runtime), TERN_ERR_ARG);
        CU_ASSERT_EQUAL(give_all(1, &(tern_order_desc_t){.function = "square"}),
                        TERN_ERR_ARG);
    } else {
        tern_order_desc_t order = {
            .function = "square", .to = TERN_TO_WORKER, .worker = 1000};

        CU_ASSERT_EQUAL(give_all(1, &order), TERN_ERR_ARG);
        CU_ASSERT_EQUAL(give_all(1, &(tern_order_desc_t){.function = NULL}),
                        TERN_ERR_ARG);
    }
    if (!tern_is_worker(session.runtime))
        CU_ASSERT_EQUAL(tern_work(session.runtime), TERN_ERR_ARG);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(every_order_is_run_once),
        FACT(lost_doubled_and_late_messages_run_nothing_twice),
        FACT(a_scheduler_may_work),
        FACT(each_worker_gets_its_part),
        FACT(what_a_worker_leaves_behind_is_run_once_by_others),
        FACT(who_never_works_holds_nobody_up),
        FACT(what_fails_is_tried_again),
        FACT(what_fails_too_often_fails_its_task),
        FACT(who_is_late_is_overtaken_and_its_answer_dropped),
        FACT(rounds_follow_each_other),
        FACT(a_scheduler_that_ends_early_ends_the_work),
        FACT(who_may_not_give_orders_is_told),
    };

    return mpi_facts_run("mpi/work", facts, sizeof facts / sizeof *facts);
}
