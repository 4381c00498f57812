#include "runtime/windows.h"

#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "client/client.h"
#include "runtime/runtime.h"
#include "tern/access.h"
#include "tern/sync.h"
#include "tern/table.h"

#define LOOK_NS 100000u /* between two looks at the table */

/* Columns of a row; of a row that says since when a worker takes no part, the first one. */
enum {
    STAMP, /* number of the window + 1; 0: none */
    SECONDS,
    IDLE,
    PROGRESS,
    EXPECTED,
    NUM_COLUMNS
};

struct tern_windows {
    tern_runtime_t *runtime;
    tern_table_t   *table;
    size_t          first_worker, num_workers,
        own; /* of the caller's group; the caller's place in it */
    uint32_t num_slots;

    double          sent[NUM_COLUMNS]; /* kept until its request has completed */
    tern_request_t *sending;

    /* Of a wait for a window: its rows, then those of workers that have left. */
    tern_key_t *keys;            /* [2 * num_workers] */
    double (*rows)[NUM_COLUMNS]; /* [2 * num_workers] */
    uint64_t        wanted;      /* the window */
    tern_request_t *asking;
    uint64_t        next_look_ns;
    tern_status_t   status;
};

static size_t num_workers_of_all(const tern_windows_t *windows)
{
    return (size_t)windows->runtime->group->num_workers;
}

/* The workers that go together are those of the caller's group. */
static void find_companions(tern_windows_t *windows)
{
    const tern_group_t *group        = windows->runtime->group;
    int                 worker_group = tern_group_own_worker_group(group);

    if (worker_group < 0)
        return;
    windows->first_worker = (size_t)group->worker_group_begins[worker_group];
    windows->num_workers  = (size_t)tern_group_num_workers_of(group, worker_group);
    windows->own          = (size_t)tern_worker(windows->runtime) - windows->first_worker;
}

static tern_key_t key_of(const tern_windows_t *windows, uint64_t window, size_t worker)
{
    return (window % windows->num_slots) * num_workers_of_all(windows) +
           windows->first_worker + worker;
}

static tern_key_t key_of_leaving(const tern_windows_t *windows, size_t worker)
{
    return (tern_key_t)windows->num_slots * num_workers_of_all(windows) +
           windows->first_worker + worker;
}

/* --- beginning and end --- */

static tern_status_t create_table(tern_windows_t *windows, const char *name)
{
    size_t            num_rows = (windows->num_slots + 1) * num_workers_of_all(windows);
    tern_table_desc_t desc     = {.name  = name,
                                  .keys  = {0, num_rows},
                                  .width = NUM_COLUMNS,
                                  .type  = TERN_FLOAT64,
                                  .sync  = TERN_SYNC_ASYNC};

    return tern_table_create(windows->runtime, &desc, &windows->table);
}

static tern_status_t take_memory(tern_windows_t *windows)
{
    size_t n = 2 * windows->num_workers;

    windows->keys = tern_alloc(TERN_LOG_RUNTIME, n * sizeof *windows->keys);
    windows->rows = tern_alloc(TERN_LOG_RUNTIME, n * sizeof *windows->rows);
    return windows->keys != NULL && windows->rows != NULL ? TERN_OK : TERN_ERR_NO_MEMORY;
}

static void free_memory(tern_windows_t **windows_p)
{
    tern_free(TERN_LOG_RUNTIME, (*windows_p)->keys);
    tern_free(TERN_LOG_RUNTIME, (*windows_p)->rows);
    tern_free(TERN_LOG_RUNTIME, *windows_p);
    *windows_p = NULL;
}

tern_status_t tern_windows_create(tern_runtime_t *runtime, const char *name, uint32_t lag,
                                  tern_windows_t **windows_p)
{
    tern_windows_t *windows = tern_alloc_zeroed(TERN_LOG_RUNTIME, sizeof *windows);
    tern_status_t   status  = TERN_ERR_NO_MEMORY;

    if (windows != NULL) {
        windows->runtime   = runtime;
        windows->num_slots = 2 * lag + 2;
        find_companions(windows);
        status = take_memory(windows);
    }
    status = tern_agree(runtime, status);
    if (status == TERN_OK)
        status = create_table(windows, name);
    if (status != TERN_OK && windows != NULL)
        free_memory(&windows);
    *windows_p = windows;
    return status;
}

static tern_status_t leave(tern_windows_t *windows, uint64_t end)
{
    double        row[NUM_COLUMNS] = {[STAMP] = (double)(end + 1)};
    tern_key_t    key              = key_of_leaving(windows, windows->own);
    tern_status_t status           = tern_wait(&windows->asking);

    if (status == TERN_OK)
        status = tern_wait(&windows->sending);
    return status == TERN_OK ? tern_set(windows->table, 1, &key, row, NULL) : status;
}

void tern_windows_destroy(tern_windows_t **windows_p, uint64_t end)
{
    tern_windows_t *windows = *windows_p;

    if (windows->runtime->client != NULL && leave(windows, end) != TERN_OK)
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_WARN,
                 "could not tell the other workers that this one leaves '%s'",
                 tern_windows_name(windows));
    free_memory(windows_p);
}

const char *tern_windows_name(const tern_windows_t *windows)
{
    return tern_table_name(windows->table);
}

/* --- what this worker tells the others --- */

tern_status_t tern_windows_tell(tern_windows_t *windows, uint64_t window,
                                const tern_window_note_t *note)
{
    tern_key_t    key    = key_of(windows, window, windows->own);
    tern_status_t status = tern_wait(&windows->sending);

    if (status != TERN_OK)
        return status;
    windows->sent[STAMP]    = (double)(window + 1);
    windows->sent[SECONDS]  = note->seconds;
    windows->sent[IDLE]     = note->idle_seconds;
    windows->sent[PROGRESS] = note->progress;
    windows->sent[EXPECTED] = note->expected;
    return tern_set(windows->table, 1, &key, windows->sent, &windows->sending);
}

/* --- what they tell it --- */

static bool has_left(const tern_windows_t *windows, size_t worker)
{
    double stamp = windows->rows[windows->num_workers + worker][STAMP];

    return stamp > 0 && stamp <= (double)(windows->wanted + 1);
}

static bool has_told(const tern_windows_t *windows, size_t worker)
{
    return windows->rows[worker][STAMP] == (double)(windows->wanted + 1);
}

static bool all_have_told(const tern_windows_t *windows)
{
    for (size_t w = 0; w < windows->num_workers; w++)
        if (!has_told(windows, w) && !has_left(windows, w))
            return false;
    return true;
}

/* A tern_wait_done_fn: asks for the rows now and then. */
static bool is_known(void *context)
{
    tern_windows_t *windows = context;

    if (windows->status != TERN_OK)
        return true;
    if (windows->asking == NULL) {
        if (tern_timer_ns() < windows->next_look_ns)
            return false;
        windows->status       = tern_pull(windows->table, 2 * windows->num_workers,
                                          windows->keys, windows->rows, &windows->asking);
        windows->next_look_ns = tern_timer_ns() + LOOK_NS;
    }
    if (windows->asking != NULL) {
        if (!tern_request_is_complete(windows->asking))
            return false;
        windows->status = tern_wait(&windows->asking);
    }
    if (tern_node_stop_signal(windows->runtime->node) != 0)
        windows->status = TERN_ERR_STOPPED;
    return windows->status != TERN_OK || all_have_told(windows);
}

/* A tern_wait_sleep_fn: nobody wakes who looks at a table. */
static void sleep_until_look(void *context, uint64_t timeout_ns)
{
    struct timespec pause = {.tv_nsec =
                                 (long)(timeout_ns < LOOK_NS ? timeout_ns : LOOK_NS)};

    (void)context;
    nanosleep(&pause, NULL);
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const tern_windows_t *windows = context;
    size_t                w       = 0;

    while (w + 1 < windows->num_workers && (has_told(windows, w) || has_left(windows, w)))
        w++;
    snprintf(text, text_bytes, "worker %zu to finish window %llu of '%s'", w,
             (unsigned long long)windows->wanted, tern_windows_name(windows));
}

tern_status_t tern_windows_ask(tern_windows_t *windows, uint64_t window)
{
    windows->wanted = window;
    for (size_t w = 0; w < windows->num_workers; w++) {
        windows->keys[w]                        = key_of(windows, window, w);
        windows->keys[windows->num_workers + w] = key_of_leaving(windows, w);
    }
    windows->next_look_ns = tern_timer_ns();
    return tern_pull(windows->table, 2 * windows->num_workers, windows->keys,
                     windows->rows, &windows->asking);
}

static tern_status_t wait_until_known(tern_windows_t *windows)
{
    tern_wait_for_t what = {.is_done  = is_known,
                            .describe = describe,
                            .sleep    = sleep_until_look,
                            .context  = windows};
    tern_phase_t    before;

    windows->status = TERN_OK;
    before          = tern_phase_enter(&windows->runtime->phases, TERN_PHASE_WAIT);
    tern_waiter_wait(&windows->runtime->waiter, &what);
    tern_phase_enter(&windows->runtime->phases, before);
    return windows->status;
}

tern_status_t tern_windows_wait(tern_windows_t *windows, tern_window_note_t *sum,
                                size_t *num_workers_p)
{
    tern_status_t status = wait_until_known(windows);

    *sum           = (tern_window_note_t){.seconds = 0};
    *num_workers_p = 0;
    for (size_t w = 0; w < windows->num_workers && status == TERN_OK; w++) {
        const double *row = windows->rows[w];

        if (has_left(windows, w))
            continue;
        ++*num_workers_p;
        sum->seconds += row[SECONDS];
        sum->idle_seconds += row[IDLE];
        sum->progress += row[PROGRESS];
        sum->expected += row[EXPECTED];
    }
    return status;
}
