/** \file
 * Crews, see crew.h. The caller is the first thread; the others never call Tern.
 */
#include "crew.h"

#include "memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* One thread and its part. */
typedef struct member {
    w2v_crew_t    *crew;
    w2v_trainer_t *trainer;
    pthread_t      thread;
    w2v_sums_t     sums;
    tern_status_t  status;
} member_t;

struct w2v_crew {
    app_team_t   team; /* of processes */
    w2v_tables_t tables;
    size_t       num_members;
    member_t    *members; /* [num_members] */
    double       num_words;
    uint64_t     num_clocks; /* of an epoch, the most of any worker */
    int          epoch;      /* that is running */
    atomic_bool  is_stopping;
};

/* What the whole team knows of its parts. */
static tern_status_t survey(w2v_crew_t *crew)
{
    size_t  num          = crew->team.num_workers;
    double *numbers      = APP_NEW(double, 2 * num); /* words and clocks of each worker */
    tern_status_t status = TERN_OK;

    for (size_t m = 0; m < crew->num_members; m++) {
        const w2v_trainer_t *trainer = crew->members[m].trainer;

        numbers[crew->team.worker] += (double)w2v_trainer_num_words(trainer);
        numbers[num + crew->team.worker] = (double)w2v_trainer_num_clocks(trainer);
    }
    status = app_team_sum(&crew->team, 2 * num, numbers);
    for (size_t w = 0; w < num; w++) {
        crew->num_words += numbers[w];
        if ((double)crew->num_clocks < numbers[num + w])
            crew->num_clocks = (uint64_t)numbers[num + w];
    }
    free(numbers);
    return status;
}

tern_status_t w2v_crew_create(const w2v_recipe_t *recipe, app_team_t team,
                              size_t num_threads, const w2v_corpus_t corpora[],
                              const w2v_model_t *model, w2v_crew_t **crew_p)
{
    w2v_crew_t   *crew   = APP_NEW(w2v_crew_t, 1);
    tern_status_t status = TERN_OK;

    crew->team        = team;
    crew->tables      = w2v_tables_create(recipe, model->vocabulary);
    crew->num_members = num_threads;
    crew->members     = APP_NEW(member_t, num_threads);
    *crew_p           = crew;
    for (size_t m = 0; m < num_threads && status == TERN_OK; m++) {
        member_t  *member = &crew->members[m];
        app_team_t seat   = {team.runtime, team.worker * num_threads + m,
                             team.num_workers * num_threads};

        member->crew = crew;
        status       = w2v_trainer_create(recipe, seat, &corpora[m], &crew->tables, model,
                                          &member->trainer);
    }
    status = app_team_agree(&crew->team, status);
    return status == TERN_OK ? survey(crew) : status;
}

void w2v_crew_destroy(w2v_crew_t **crew_p)
{
    w2v_crew_t *crew = *crew_p;

    if (crew == NULL)
        return;
    for (size_t m = 0; m < crew->num_members; m++)
        w2v_trainer_destroy(&crew->members[m].trainer);
    free(crew->members);
    w2v_tables_fini(&crew->tables);
    free(crew);
    *crew_p = NULL;
}

double w2v_crew_num_words(const w2v_crew_t *crew)
{
    return crew->num_words;
}

size_t w2v_crew_size(const w2v_crew_t *crew)
{
    return crew->team.num_workers * crew->num_members;
}

static void run_member(member_t *member, w2v_attend_fn *attend, void *context)
{
    w2v_crew_t *crew = member->crew;

    member->status = w2v_trainer_run_epoch(member->trainer, crew->epoch, crew->num_clocks,
                                           attend, context, &member->sums);
}

static tern_status_t attend_to_first(const w2v_sums_t *sums, void *context)
{
    const w2v_crew_t *crew = context;

    (void)sums;
    return atomic_load_explicit(&crew->is_stopping, memory_order_relaxed)
               ? TERN_ERR_STOPPED
               : TERN_OK;
}

static void *run_thread(void *context)
{
    member_t *member = context;

    run_member(member, attend_to_first, member->crew);
    return NULL;
}

/* On any processor: a launcher may have bound this process to the one that its first thread uses. */
static tern_status_t start_thread(member_t *member)
{
    pthread_attr_t attributes;
    cpu_set_t      all;
    int            error = 0;

    CPU_ZERO(&all);
    for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF) && cpu < CPU_SETSIZE; cpu++)
        CPU_SET((size_t)cpu, &all);
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof(all), &all);
    error = pthread_create(&member->thread, &attributes, run_thread, member);
    pthread_attr_destroy(&attributes);
    return error == 0 ? TERN_OK : TERN_ERR_NO_MEMORY;
}

static void add_sums(w2v_sums_t *sums, const w2v_sums_t *more)
{
    sums->num_read += more->num_read;
    sums->num_centres += more->num_centres;
    sums->num_steps += more->num_steps;
    sums->num_targets += more->num_targets;
    sums->num_rows += more->num_rows;
    sums->loss += more->loss;
}

tern_status_t w2v_crew_run_epoch(w2v_crew_t *crew, int epoch, w2v_attend_fn *attend,
                                 void *context, w2v_sums_t *sums)
{
    member_t     *first      = &crew->members[0];
    size_t        num_others = 0;
    tern_status_t status     = TERN_OK;

    crew->epoch = epoch;
    atomic_store(&crew->is_stopping, false);
    while (1 + num_others < crew->num_members && status == TERN_OK) {
        status = start_thread(&crew->members[1 + num_others]);
        num_others += status == TERN_OK;
    }
    if (status == TERN_OK) {
        run_member(first, attend, context);
        status = first->status;
    }
    atomic_store(&crew->is_stopping, status != TERN_OK);
    *sums = first->sums;
    for (size_t m = 1; m <= num_others; m++) {
        pthread_join(crew->members[m].thread, NULL);
        add_sums(sums, &crew->members[m].sums);
        if (status == TERN_OK)
            status = crew->members[m].status;
    }
    status = app_team_agree(&crew->team, status);
    return status == TERN_OK ? app_team_sum(&crew->team, W2V_NUM_SUMS, &sums->num_read)
                             : status;
}
