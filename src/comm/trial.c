/** \file
 * Rows of the trial are as wide as 16 floats with their header: 96 bytes. Their first word is their
 * number, so that wrong bytes show.
 *
 * The message of the trial is the least that a message can be: the owner gathers the rows that it names
 * and sends them back.
 */
#include "comm/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"
#include "comm/collective.h"
#include "comm/window.h"

enum {
    TAG        = 2, /* the mailbox has 1 */
    ROW_BYTES  = 96,
    NUM_ROWS   = 4096,
    MIN_ROUNDS = 3,
    MAX_ROUNDS = 64,
};
#define ROUNDS_NS UINT64_C(40000000)   /* after so long no new round begins */
#define STUCK_NS  UINT64_C(2000000000) /* a get that takes longer never ends */

typedef struct trial_run {
    tern_waiter_t *waiter;
    tern_group_t  *group;
    tern_trial_t  *trial;
    tern_window_t *window;
    char          *rows;                   /* the owner's [NUM_ROWS][ROW_BYTES] */
    char          *landed;                 /* [TERN_TRIAL_MANY][ROW_BYTES] */
    uint64_t       asked[TERN_TRIAL_MANY]; /* numbers of rows */
} trial_run_t;

/* --- who --- */

/* The first worker that has a server on another node, and that server. */
static bool choose_pair(const tern_group_t *group, int *reader_p, int *owner_p)
{
    for (int w = 0; w < group->num_workers; w++)
        for (int s = 0; s < group->num_servers; s++) {
            int worker = group->worker_ranks[w], server = group->server_ranks[s];

            if (group->members[worker].node != group->members[server].node) {
                *reader_p = worker;
                *owner_p  = server;
                return true;
            }
        }
    return false;
}

/* --- waiting for one MPI request --- */

typedef struct pending {
    MPI_Request request;
    tern_get_t  get;
    bool        is_get;
    uint64_t    deadline_ns; /* 0: none */
    bool        is_late;
} pending_t;

static bool is_over(void *context)
{
    pending_t *pending = context;
    int        done    = 0;

    if (pending->is_get)
        done = tern_get_test(&pending->get) != TERN_IN_PROGRESS;
    else
        MPI_Test(&pending->request, &done, MPI_STATUS_IGNORE);
    pending->is_late =
        !done && pending->deadline_ns != 0 && tern_timer_ns() > pending->deadline_ns;
    return done || pending->is_late;
}

static void describe(void *context, char *text, size_t text_bytes)
{
    (void)context;
    snprintf(text, text_bytes, "the other end of the trial of one-sided gets");
}

static bool await(trial_run_t *run, pending_t *pending)
{
    tern_wait_for_t what = {
        .is_done = is_over, .describe = describe, .context = pending, .needs_mpi = true};

    tern_waiter_wait(run->waiter, &what);
    return !pending->is_late;
}

static void send_to(trial_run_t *run, int rank, const void *data, size_t bytes)
{
    pending_t pending = {.is_get = false};

    MPI_Isend(data, (int)bytes, MPI_BYTE, rank, TAG, run->group->comm, &pending.request);
    await(run, &pending);
}

/* --- the owner's side --- */

/* Answer messages until one names no rows; between, gets are served by progress alone. */
static void serve(trial_run_t *run)
{
    uint64_t *asked = run->asked;

    for (;;) {
        pending_t pending = {.is_get = false};

        MPI_Irecv(asked, sizeof run->asked, MPI_BYTE, run->trial->reader, TAG,
                  run->group->comm, &pending.request);
        await(run, &pending);
        if (asked[0] == NUM_ROWS)
            return;
        for (uint32_t i = 0; i < TERN_TRIAL_MANY && asked[i] < NUM_ROWS; i++)
            memcpy(run->landed + i * ROW_BYTES, run->rows + asked[i] * ROW_BYTES,
                   ROW_BYTES);
        send_to(run, run->trial->reader, run->landed,
                (asked[1] < NUM_ROWS ? TERN_TRIAL_MANY : TERN_TRIAL_FEW) * ROW_BYTES);
    }
}

/* --- the reader's side --- */

static void choose_rows(trial_run_t *run, unsigned round, uint32_t num_rows)
{
    for (uint32_t i = 0; i < TERN_TRIAL_MANY; i++)
        run->asked[i] = i < num_rows ? (i * 1021u + round * 67u) % NUM_ROWS : NUM_ROWS;
}

static void pull_by_message(trial_run_t *run, uint32_t num_rows)
{
    pending_t answer = {.is_get = false};

    MPI_Irecv(run->landed, (int)(num_rows * ROW_BYTES), MPI_BYTE, run->trial->owner, TAG,
              run->group->comm, &answer.request);
    send_to(run, run->trial->owner, run->asked,
            (num_rows < TERN_TRIAL_MANY ? num_rows + 1 : num_rows) * sizeof *run->asked);
    await(run, &answer);
}

static tern_trial_verdict_t check_rows(const trial_run_t *run, uint32_t num_rows)
{
    for (uint32_t i = 0; i < num_rows; i++)
        if (memcmp(run->landed + i * ROW_BYTES, &run->asked[i], sizeof *run->asked) != 0)
            return TERN_TRIAL_WRONG;
    return TERN_TRIAL_WORKS;
}

static tern_trial_verdict_t pull_by_window(trial_run_t *run, uint32_t num_rows)
{
    pending_t pending = {.is_get = true, .deadline_ns = tern_timer_ns() + STUCK_NS};
    ptrdiff_t offsets[TERN_TRIAL_MANY];

    memset(run->landed, 0xff, num_rows * ROW_BYTES);
    for (uint32_t i = 0; i < num_rows; i++)
        offsets[i] = (ptrdiff_t)(run->asked[i] * ROW_BYTES);
    if (tern_window_get(run->window, run->trial->owner, num_rows, offsets, ROW_BYTES,
                        run->landed, &pending.get) != TERN_OK)
        return TERN_TRIAL_REFUSED;
    return await(run, &pending) ? check_rows(run, num_rows) : TERN_TRIAL_STUCK;
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;

    return (difference > 0) - (difference < 0);
}

static double median(double samples[], size_t num_samples)
{
    qsort(samples, num_samples, sizeof *samples, compare);
    return samples[num_samples / 2];
}

typedef struct samples {
    double window[MAX_ROUNDS], message[MAX_ROUNDS];
} samples_t;

/* One pull each way. */
static tern_trial_verdict_t run_round(trial_run_t *run, unsigned round, uint32_t num_rows,
                                      samples_t *samples)
{
    tern_trial_verdict_t verdict;
    uint64_t             begin_ns, middle_ns;

    choose_rows(run, round, num_rows);
    begin_ns  = tern_timer_ns();
    verdict   = pull_by_window(run, num_rows);
    middle_ns = tern_timer_ns();
    if (verdict != TERN_TRIAL_WORKS)
        return verdict;
    pull_by_message(run, num_rows);
    samples->window[round]  = (double)(middle_ns - begin_ns) * 1e-9;
    samples->message[round] = (double)(tern_timer_ns() - middle_ns) * 1e-9;
    return check_rows(run, num_rows);
}

static tern_trial_verdict_t run_rounds(trial_run_t *run, uint32_t num_rows,
                                       double *window_p, double *message_p)
{
    tern_trial_verdict_t verdict = TERN_TRIAL_WORKS;
    uint64_t             end_ns  = tern_timer_ns() + ROUNDS_NS / 2;
    unsigned             round   = 0;
    samples_t            samples;

    while (verdict == TERN_TRIAL_WORKS && round < MAX_ROUNDS &&
           (round < MIN_ROUNDS || tern_timer_ns() < end_ns))
        verdict = run_round(run, round++, num_rows, &samples);
    if (verdict == TERN_TRIAL_WORKS) {
        *window_p  = median(samples.window, round);
        *message_p = median(samples.message, round);
    }
    return verdict;
}

static void read_rows(trial_run_t *run)
{
    tern_trial_t *trial = run->trial;

    trial->verdict =
        run_rounds(run, TERN_TRIAL_FEW, &trial->window.few, &trial->message.few);
    if (trial->verdict == TERN_TRIAL_WORKS)
        trial->verdict =
            run_rounds(run, TERN_TRIAL_MANY, &trial->window.many, &trial->message.many);
    run->asked[0] = NUM_ROWS; /* the end */
    send_to(run, trial->owner, run->asked, sizeof *run->asked);
}

/* --- all ranks --- */

static tern_status_t prepare(trial_run_t *run)
{
    bool is_owner = run->group->rank == run->trial->owner;

    run->landed = tern_alloc(TERN_LOG_COMM, TERN_TRIAL_MANY * ROW_BYTES);
    if (is_owner)
        run->rows = tern_alloc_zeroed(TERN_LOG_COMM, (size_t)NUM_ROWS * ROW_BYTES);
    if (run->landed == NULL || (is_owner && run->rows == NULL))
        return TERN_ERR_NO_MEMORY;
    for (uint64_t i = 0; is_owner && i < NUM_ROWS; i++)
        memcpy(run->rows + i * ROW_BYTES, &i, sizeof i);
    return TERN_OK;
}

/* What the reader found, to all. */
static tern_status_t spread(trial_run_t *run)
{
    tern_trial_t *trial     = run->trial;
    double        numbers[] = {trial->verdict, trial->window.few, trial->window.many,
                               trial->message.few, trial->message.many};
    tern_status_t status    = tern_collective_max(
           run->waiter, sizeof numbers / sizeof *numbers, numbers, "the trial of windows");

    trial->verdict = (tern_trial_verdict_t)numbers[0];
    trial->window  = (tern_trial_times_t){numbers[1], numbers[2]};
    trial->message = (tern_trial_times_t){numbers[3], numbers[4]};
    return status;
}

static tern_status_t try_window(trial_run_t *run)
{
    tern_trial_t *trial = run->trial;
    tern_status_t status;

    if (tern_window_create(run->waiter, run->rows,
                           run->rows != NULL ? (size_t)NUM_ROWS * ROW_BYTES : 0,
                           trial->why, sizeof trial->why, &run->window) != TERN_OK) {
        trial->verdict = TERN_TRIAL_REFUSED;
        return TERN_OK;
    }
    if (run->group->rank == trial->reader)
        read_rows(run);
    else if (run->group->rank == trial->owner)
        serve(run);
    status = spread(run);
    if (trial->verdict == TERN_TRIAL_STUCK)
        tern_window_abandon(&run->window);
    else
        tern_window_destroy(&run->window);
    return status;
}

tern_status_t tern_trial_run(tern_waiter_t *waiter, tern_trial_t *trial)
{
    tern_group_t *group = tern_mailbox_group(waiter->mailbox);
    trial_run_t   run   = {.waiter = waiter, .group = group, .trial = trial};
    tern_status_t status;

    *trial = (tern_trial_t){.verdict = TERN_TRIAL_NONE};
    if (!choose_pair(group, &trial->reader, &trial->owner))
        return TERN_OK;
    status = tern_collective_agree(waiter, prepare(&run), "preparing a trial of windows");
    if (status == TERN_OK)
        status = try_window(&run);
    if (trial->verdict != TERN_TRIAL_STUCK) { /* else MPI may still write there */
        tern_free(TERN_LOG_COMM, run.landed);
        tern_free(TERN_LOG_COMM, run.rows);
    }
    return status;
}
