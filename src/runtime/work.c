#include "runtime/work.h"

#include "base/alloc.h"
#include "runtime/runtime.h"

/* A tern_letter_fn. Who hears of answers is the scheduler, of all else a worker. */
static bool take_letter(void *context, int rank, const void *bytes, size_t num_bytes)
{
    tern_work_t            *work = context;
    const tern_work_note_t *note = bytes;
    const char             *rest = (const char *)bytes + sizeof *note;
    bool                    is_for_worker;

    if (num_bytes < sizeof *note)
        return true;
    num_bytes -= sizeof *note;
    is_for_worker = note->kind == TERN_NOTE_ORDER || note->kind == TERN_NOTE_END;
    if (is_for_worker && work->crew != NULL)
        return tern_crew_take_note(work->crew, note, rest, num_bytes);
    if (!is_for_worker && work->foreman != NULL)
        return tern_foreman_take_note(work->foreman, rank, note, rest, num_bytes);
    return true;
}

static tern_status_t create_crew(tern_mailbox_t *mailbox, tern_work_t *work)
{
    const tern_group_t *group  = tern_mailbox_group(mailbox);
    bool                is_far = !tern_group_is_neighbour(group, group->scheduler);
    tern_status_t       status =
        tern_crew_create(work->courier, group->scheduler, is_far, &work->crew);

    if (status == TERN_OK && is_far)
        tern_mailbox_add_poll(mailbox, tern_crew_poll, work->crew);
    return status;
}

tern_status_t tern_work_create(tern_mailbox_t *mailbox, uint64_t resend_ns,
                               tern_work_t **work_p)
{
    const tern_group_t *group = tern_mailbox_group(mailbox);
    tern_work_t        *work  = tern_alloc_zeroed(TERN_LOG_TASK, sizeof *work);
    tern_status_t       status;

    if (work == NULL)
        return TERN_ERR_NO_MEMORY;
    status = tern_courier_create(mailbox, resend_ns, take_letter, work, &work->courier);
    if (status == TERN_OK && tern_group_has(group, TERN_ROLE_WORKER))
        status = create_crew(mailbox, work);
    if (status == TERN_OK && tern_group_has(group, TERN_ROLE_SCHEDULER))
        status = tern_foreman_create(mailbox, work->courier, &work->foreman);
    if (status != TERN_OK) {
        tern_work_destroy(&work);
        return status;
    }
    *work_p = work;
    return TERN_OK;
}

void tern_work_destroy(tern_work_t **work_p)
{
    tern_work_t *work = *work_p;

    if (work == NULL)
        return;
    tern_foreman_destroy(&work->foreman);
    tern_crew_destroy(&work->crew);
    tern_courier_destroy(&work->courier);
    tern_free(TERN_LOG_TASK, work);
    *work_p = NULL;
}

void tern_work_close(tern_work_t *work)
{
    if (work->foreman != NULL)
        tern_foreman_close(work->foreman);
    if (work->crew != NULL && tern_crew_disband(work->crew) != TERN_OK)
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR,
                 "the scheduler cannot be told that this worker has left");
}

/* --- beside tasks --- */

static bool has_news(void *context)
{
    const tern_work_t *work = context;

    return tern_foreman_has_answers(work->foreman) ||
           (work->crew != NULL && tern_crew_has_work(work->crew));
}

static bool attend(void *context)
{
    tern_work_t *work = context;

    if (tern_foreman_has_answers(work->foreman))
        tern_foreman_hand_out(work->foreman);
    else if (work->crew != NULL && tern_crew_has_work(work->crew))
        return tern_crew_run_next(work->crew) == TERN_OK;
    else
        return false;
    return true;
}

static void describe(void *context, char *text, size_t text_bytes)
{
    tern_foreman_describe(((tern_work_t *)context)->foreman, text, text_bytes);
}

tern_sideline_t tern_work_sideline(tern_work_t *work)
{
    if (work == NULL || work->foreman == NULL)
        return (tern_sideline_t){.has_news = NULL};
    return (tern_sideline_t){
        .has_news = has_news, .attend = attend, .describe = describe, .context = work};
}

/* --- public: workers --- */

bool tern_is_scheduler(const tern_runtime_t *runtime)
{
    return tern_group_has(runtime->group, TERN_ROLE_SCHEDULER);
}

tern_status_t tern_work_register(tern_runtime_t             *runtime,
                                 const tern_work_function_t *function)
{
    if (runtime == NULL || function == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_work_register: no %s",
                 runtime == NULL ? "runtime" : "function");
        return TERN_ERR_ARG;
    }
    return runtime->work == NULL || runtime->work->crew == NULL
               ? TERN_OK
               : tern_crew_register(runtime->work->crew, function);
}

typedef struct round_wait {
    const tern_runtime_t *runtime;
    const tern_crew_t    *crew;
    uint32_t              round;
} round_wait_t;

/* A tern_wait_done_fn. */
static bool has_something(void *context)
{
    const round_wait_t *wait = context;

    return tern_crew_has_work(wait->crew) || wait->crew->num_ended > wait->round ||
           tern_node_stop_signal(wait->runtime->node) != 0;
}

static void wait_for_something(tern_runtime_t *runtime, round_wait_t *wait)
{
    tern_wait_for_t what   = {.is_done = has_something, .context = wait};
    tern_phase_t    before = tern_phase_enter(&runtime->phases, TERN_PHASE_WAIT);

    tern_waiter_wait(&runtime->waiter, &what);
    tern_phase_enter(&runtime->phases, before);
}

static tern_status_t take_part(tern_runtime_t *runtime, tern_crew_t *crew, uint32_t round)
{
    round_wait_t  wait   = {runtime, crew, round};
    tern_status_t status = tern_crew_enter(crew, round, true);

    while (status == TERN_OK && crew->num_ended <= round) {
        if (crew->num_left > round)
            return TERN_DONE;
        wait_for_something(runtime, &wait);
        if (tern_node_stop_signal(runtime->node) != 0) {
            status = tern_crew_leave(crew);
            return status == TERN_OK ? TERN_ERR_STOPPED : status;
        }
        if (tern_crew_has_work(crew))
            status = tern_crew_run_next(crew);
    }
    return status;
}

tern_status_t tern_work(tern_runtime_t *runtime)
{
    tern_crew_t *crew =
        runtime != NULL && runtime->work != NULL ? runtime->work->crew : NULL;
    uint32_t round;

    if (crew == NULL || crew->is_running) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_work: %s",
                 crew == NULL ? "only workers work" : "this worker is at work already");
        return TERN_ERR_ARG;
    }
    round = crew->num_calls++;
    if (crew->num_ended > round)
        return TERN_OK;
    return crew->num_left > round ? TERN_DONE : take_part(runtime, crew, round);
}

/* --- public: the scheduler --- */

/* A worker that is the scheduler, too, is in the round from its first order on. */
static tern_status_t join_in(tern_work_t *work)
{
    uint32_t round = tern_foreman_round(work->foreman);

    if (work->crew == NULL || work->crew->round == round + 1 ||
        work->crew->num_left > round)
        return TERN_OK;
    tern_foreman_count_self(work->foreman);
    return tern_crew_enter(work->crew, round, false);
}

static tern_status_t check_order(const tern_task_t *task, const tern_order_desc_t *desc)
{
    const char *why = NULL;

    if (task == NULL || task->state != TERN_TASK_RUNNING)
        why = "only the body of a task gives orders";
    else if (desc == NULL || desc->function == NULL || desc->function[0] == '\0')
        why = "no function is named";
    else if (desc->args_bytes > 0 && desc->args == NULL)
        why = "args is NULL, args_bytes is not 0";
    else if ((unsigned)desc->to > TERN_TO_EACH)
        why = "the recipient is none of tern_recipient_t";
    else if (tern_task_engine(task)->sideline.attend == NULL)
        why = "this rank is not the scheduler";
    if (why == NULL)
        return TERN_OK;
    tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_order: %s", why);
    return TERN_ERR_ARG;
}

tern_status_t tern_order(tern_task_t *task, const tern_order_desc_t *desc)
{
    tern_status_t status = check_order(task, desc);
    tern_work_t  *work;

    if (status != TERN_OK)
        return status;
    work   = tern_task_engine(task)->runtime->work;
    status = join_in(work);
    return status == TERN_OK ? tern_foreman_order(work->foreman, task, desc) : status;
}

tern_status_t tern_work_end(tern_runtime_t *runtime)
{
    if (runtime == NULL || runtime->work == NULL || runtime->work->foreman == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR,
                 "tern_work_end: only the scheduler ends the work");
        return TERN_ERR_ARG;
    }
    return tern_foreman_end(runtime->work->foreman);
}
