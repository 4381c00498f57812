#include "job.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

void run_job_init(run_job_t *job, const run_settings_t *settings)
{
    *job = (run_job_t){.settings = settings};
}

void run_job_fini(run_job_t *job)
{
    free(job->ranks);
}

bool run_job_enter(run_job_t *job, int rank, int size, const run_rank_t *who)
{
    if (!job->ranks && size > 0) {
        job->ranks = calloc((size_t)size, sizeof *job->ranks);
        job->size  = size;
    }
    if (!job->ranks || size != job->size || rank < 0 || rank >= size ||
        job->ranks[rank].fate != RUN_AWAITED)
        return false;
    job->ranks[rank]      = *who;
    job->ranks[rank].fate = RUN_PRESENT;
    job->num_here++;
    return true;
}

/* ---- ends ---- */

static bool is_crash(int signal_number)
{
    return signal_number == SIGSEGV || signal_number == SIGABRT ||
           signal_number == SIGBUS || signal_number == SIGILL || signal_number == SIGFPE;
}

/* "SIGKILL"; signals without a name by their number. */
static const char *signal_text(int signal_number, char text[RUN_NAME_BYTES])
{
    const char *name = sigabbrev_np(signal_number);

    if (name)
        snprintf(text, RUN_NAME_BYTES, "SIG%s", name);
    else
        snprintf(text, RUN_NAME_BYTES, "signal %d", signal_number);
    return text;
}

static void fail(run_job_t *job, int code)
{
    if (job->code == 0)
        job->code = code;
}

static void lose(run_job_t *job, int code)
{
    if (job->loss_code == 0)
        job->loss_code = code;
}

static void note_killed(run_job_t *job, int rank, const char *host, int signal_number)
{
    char text[RUN_NAME_BYTES];
    bool fails = is_crash(signal_number) && !job->settings->tolerate_crashes;

    fprintf(stderr, "tern-run: rank %d on %s %s by %s%s\n", rank, host,
            is_crash(signal_number) ? "crashed" : "was killed",
            signal_text(signal_number, text),
            fails ? "; ending the job (--tolerate-crashes would go on)"
                  : "; the others go on");
    if (fails)
        fail(job, RUN_BY_SIGNAL + signal_number);
    lose(job, RUN_BY_SIGNAL + signal_number);
}

static void note_exit(run_job_t *job, int rank, const char *host, int code)
{
    if (code == 0)
        return;
    fprintf(stderr, "tern-run: rank %d on %s exited with code %d; ending the job\n", rank,
            host, code);
    fail(job, code);
}

static void note_not_started(run_job_t *job, int rank, const char *host, int cause)
{
    if (job->code == 0) /* the others will not find it either */
        fprintf(stderr, "tern-run: rank %d on %s cannot start %s: %s\n", rank, host,
                job->settings->program[0], strerror(cause));
    fail(job, RUN_NOT_STARTED);
}

static void note_lost(run_job_t *job, int rank, const char *host)
{
    fprintf(stderr,
            "tern-run: rank %d is lost, with its shield or all of %s; the others go on\n",
            rank, host);
    lose(job, RUN_NO_VERDICT);
}

void run_job_note(run_job_t *job, int rank, run_fate_t fate, int number)
{
    run_rank_t *entry = &job->ranks[rank];

    if (entry->fate != RUN_PRESENT)
        return;
    entry->fate   = fate;
    entry->number = number;
    job->num_ended++;
    job->num_lost += fate == RUN_LOST;
    if (job->is_ending)
        return;
    if (fate == RUN_EXITED)
        note_exit(job, rank, entry->host, number);
    else if (fate == RUN_KILLED)
        note_killed(job, rank, entry->host, number);
    else if (fate == RUN_FAILED)
        note_not_started(job, rank, entry->host, number);
    else
        note_lost(job, rank, entry->host);
}

void run_job_note_mpirun(run_job_t *job, int status)
{
    char text[RUN_NAME_BYTES];

    if (status == 0 || job->num_here == 0 || job->is_ending || run_job_is_over(job))
        return;
    job->is_ending = true;
    if (WIFSIGNALED(status))
        fprintf(stderr, "tern-run: mpirun was ended by %s\n",
                signal_text(WTERMSIG(status), text));
    else
        fprintf(stderr, "tern-run: mpirun ended with code %d before all ranks had\n",
                WEXITSTATUS(status));
    fail(job, RUN_NO_VERDICT);
}

/* ---- the whole ---- */

bool run_job_is_complete(const run_job_t *job)
{
    return job->size > 0 && job->num_here == job->size;
}

bool run_job_is_over(const run_job_t *job)
{
    return run_job_is_complete(job) && job->num_ended == job->size;
}

bool run_job_has_failed(const run_job_t *job)
{
    return job->code != 0;
}

int run_job_num_hosts(const run_job_t *job)
{
    int num_hosts = 0;

    for (int r = 0; r < job->size; r++) {
        bool is_first = true;

        for (int q = 0; q < r && is_first; q++)
            is_first = strcmp(job->ranks[q].host, job->ranks[r].host) != 0;
        num_hosts += is_first;
    }
    return num_hosts;
}

static int refuse_verdict(const run_job_t *job)
{
    if (job->num_here == 0)
        fprintf(stderr, "tern-run: no verdict: no rank has reported\n");
    else
        fprintf(stderr, "tern-run: no verdict: only %d of %d ranks were started\n",
                job->num_here, job->size);
    return RUN_NO_VERDICT;
}

int run_job_verdict(const run_job_t *job)
{
    int num_survivors = 0;

    if (job->code != 0)
        return job->code;
    if (!run_job_is_complete(job))
        return refuse_verdict(job);
    for (int r = 0; r < job->size; r++)
        num_survivors += job->ranks[r].fate == RUN_EXITED;
    if (num_survivors == job->size)
        return 0;
    fprintf(stderr, "tern-run: %d of %d ranks survived%s\n", num_survivors, job->size,
            num_survivors ? " and exited with 0" : "");
    return num_survivors ? 0 : job->loss_code;
}
