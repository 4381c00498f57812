/** \file
 * Workers that are threads of this process, see crew.h.
 *
 * Launchers bind a process to a core or two. Threads of a process that stands for several ranks are set free, or they
 * would share what one rank has.
 */
#include "crew.h"
#include "memory.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_SUM = 64 };

typedef struct member {
    mf_crew_t     crew; /* first, so that operations find the rest */
    mf_threads_t *threads;
    mf_work_fn   *work;
    void         *context;
    pthread_t     thread;
    tern_status_t status;
} member_t;

struct mf_threads {
    tern_runtime_t   *runtime;
    size_t            num_threads, max_sum;
    pthread_barrier_t barrier;
    double           *parts; /* [num_threads][max_sum] */
    member_t         *members;
};

static tern_status_t barrier_of_threads(mf_crew_t *crew)
{
    pthread_barrier_wait(&((member_t *)crew)->threads->barrier);
    return TERN_OK;
}

/* In the order of the threads, so that it does not depend on timing. */
static tern_status_t sum_of_threads(mf_crew_t *crew, size_t num, double values[])
{
    mf_threads_t *threads = ((member_t *)crew)->threads;

    assert(num <= threads->max_sum);
    memcpy(threads->parts + crew->worker * threads->max_sum, values,
           num * sizeof(double));
    pthread_barrier_wait(&threads->barrier);
    memset(values, 0, num * sizeof(double));
    for (size_t t = 0; t < threads->num_threads; t++)
        for (size_t i = 0; i < num; i++)
            values[i] += threads->parts[t * threads->max_sum + i];
    pthread_barrier_wait(&threads->barrier);
    return TERN_OK;
}

static tern_status_t agree_of_threads(mf_crew_t *crew, tern_status_t status)
{
    double num_failed = status != TERN_OK;

    sum_of_threads(crew, 1, &num_failed);
    return status == TERN_OK && num_failed > 0 ? TERN_ERR_STOPPED : status;
}

/* Nobody is served, and a stop is seen between epochs, where all threads can agree on it. */
static tern_status_t attend_nobody(mf_crew_t *crew)
{
    (void)crew;
    return TERN_OK;
}

static const mf_crew_ops_t thread_ops = {
    .clock   = barrier_of_threads,
    .barrier = barrier_of_threads,
    .sum     = sum_of_threads,
    .agree   = agree_of_threads,
    .attend  = attend_nobody,
};

mf_threads_t *mf_threads_create(tern_runtime_t *runtime, size_t num_threads,
                                size_t max_sum)
{
    mf_threads_t *threads = APP_NEW(mf_threads_t, 1);

    threads->runtime     = runtime;
    threads->num_threads = num_threads;
    threads->max_sum     = max_sum > MIN_SUM ? max_sum : MIN_SUM;
    threads->parts       = APP_NEW(double, num_threads * threads->max_sum);
    threads->members     = APP_NEW(member_t, num_threads);
    pthread_barrier_init(&threads->barrier, NULL, (unsigned)num_threads);
    return threads;
}

void mf_threads_destroy(mf_threads_t **threads_p)
{
    mf_threads_t *threads = *threads_p;

    if (threads == NULL)
        return;
    pthread_barrier_destroy(&threads->barrier);
    free(threads->parts);
    free(threads->members);
    free(threads);
    *threads_p = NULL;
}

static void *run_member(void *argument)
{
    member_t *member = argument;

    member->status = member->work(&member->crew, member->context);
    return NULL;
}

/* The others would wait for a thread that is missing, at the first barrier. */
static void give_up(void)
{
    fprintf(stderr, "tern-mf: the system has no more threads\n");
    abort();
}

/* All processors, of which the system gives what it allows. Returns what was allowed before. */
static cpu_set_t set_free(void)
{
    cpu_set_t before, all;

    CPU_ZERO(&before);
    CPU_ZERO(&all);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        CPU_SET(cpu, &all);
    if (sched_getaffinity(0, sizeof(before), &before) == 0)
        (void)sched_setaffinity(0, sizeof(all), &all);
    return before;
}

static tern_status_t join(mf_threads_t *threads)
{
    tern_status_t status = threads->members[0].status;

    for (size_t t = 1; t < threads->num_threads; t++) {
        pthread_join(threads->members[t].thread, NULL);
        if (status == TERN_OK)
            status = threads->members[t].status;
    }
    return status;
}

tern_status_t mf_threads_run(mf_threads_t *threads, mf_work_fn *work, void *context)
{
    cpu_set_t     before = set_free();
    tern_status_t status = TERN_OK;

    for (size_t t = 0; t < threads->num_threads; t++)
        threads->members[t] = (member_t){.crew    = {&thread_ops, t, threads->num_threads,
                                                  t == 0 ? threads->runtime : NULL},
                                         .threads = threads,
                                         .work    = work,
                                         .context = context};
    for (size_t t = 1; t < threads->num_threads; t++)
        if (pthread_create(&threads->members[t].thread, NULL, run_member,
                           &threads->members[t]) != 0)
            give_up();
    run_member(&threads->members[0]);
    status = join(threads);
    (void)sched_setaffinity(0, sizeof(before), &before);
    return status;
}
