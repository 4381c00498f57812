/** \file
 * The choice between the rungs.
 *
 * Of two figures, a single row and a batch, neither decides alone: the window must win the product of the
 * ratios, and by a fifth, since it makes rows larger and rows that their own node changes slower.
 */
#include "runtime/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define NEEDED_RATIO 0.8

static double ratio_to_message(const tern_trial_t *trial)
{
    return trial->window.few / trial->message.few * trial->window.many /
           trial->message.many;
}

/* Why there can be no window; NULL if there can. */
static const char *obstacle(const tern_probe_t *probe)
{
    if (probe->must_survive)
        return "this run is to survive losses (tern-run), and a get from a dead rank may "
               "never complete";
    switch (probe->trial.verdict) {
    case TERN_TRIAL_REFUSED:
        return probe->trial.why;
    case TERN_TRIAL_STUCK:
        return "a one-sided get did not complete";
    case TERN_TRIAL_WRONG:
        return "a one-sided get brought wrong bytes";
    default:
        return NULL;
    }
}

static tern_status_t refuse(const tern_waiter_t *waiter, const tern_probe_t *probe)
{
    if (tern_mailbox_group(waiter->mailbox)->rank == 0)
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR,
                 "--pull window (TERN_PULL) is impossible here: %s%s", obstacle(probe),
                 probe->trial.verdict == TERN_TRIAL_REFUSED
                     ? " (Open MPI over TCP needs OMPI_MCA_osc=^ucx before MPI_Init, and "
                       "no MPI_THREAD_MULTIPLE)"
                     : "");
    return TERN_ERR_UNSUPPORTED;
}

tern_status_t tern_probe_run(tern_waiter_t *waiter, const char *choice,
                             tern_probe_t *probe)
{
    const tern_trial_t *trial   = &probe->trial;
    bool                insists = strcmp(choice, "window") == 0;
    tern_status_t       status;

    *probe = (tern_probe_t){.must_survive = getenv("TERN_RUN_SHIELDED") != NULL};
    if (tern_mailbox_group(waiter->mailbox)->num_nodes == 1 ||
        strcmp(choice, "message") == 0)
        return TERN_OK;
    if (!probe->must_survive) {
        status = tern_trial_run(waiter, &probe->trial);
        if (status != TERN_OK)
            return status;
        probe->was_tried = true;
    }
    if (insists && obstacle(probe) != NULL)
        return refuse(waiter, probe);
    probe->uses_windows = trial->verdict == TERN_TRIAL_WORKS &&
                          (insists || ratio_to_message(trial) < NEEDED_RATIO);
    return TERN_OK;
}

const char *tern_probe_rungs(const tern_probe_t *probe, int num_nodes)
{
    if (num_nodes == 1)
        return "memory";
    return probe->uses_windows ? "memory, else window" : "memory, else message";
}

static void visit_times(const char *name, const tern_trial_times_t *times,
                        tern_info_visit_fn *visit, void *context)
{
    char text[96];

    snprintf(text, sizeof text, "%.1f us for %d row, %.1f us for %d rows",
             times->few * 1e6, TERN_TRIAL_FEW, times->many * 1e6, TERN_TRIAL_MANY);
    visit(name, text, context);
}

static const char *why_not_tried(const tern_probe_t *probe)
{
    if (probe->must_survive)
        return "not tried: this run is to survive losses (tern-run)";
    return probe->was_tried ? "not tried: no worker has a server on another node"
                            : "not tried: messages were chosen";
}

void tern_probe_visit(const tern_probe_t *probe, int num_nodes, tern_info_visit_fn *visit,
                      void *context)
{
    const tern_trial_t *trial = &probe->trial;
    char                text[320];

    visit("pulls", tern_probe_rungs(probe, num_nodes), context);
    if (num_nodes == 1) {
        visit("window", "not tried: all ranks are on one node", context);
        return;
    }
    if (trial->verdict == TERN_TRIAL_NONE) {
        visit("window", why_not_tried(probe), context);
        return;
    }
    if (trial->verdict != TERN_TRIAL_WORKS) {
        snprintf(text, sizeof text, "none: %s", obstacle(probe));
        visit("window", text, context);
        return;
    }
    snprintf(text, sizeof text, "rank %d from rank %d", trial->reader, trial->owner);
    visit("tried", text, context);
    visit_times("window", &trial->window, visit, context);
    visit_times("message", &trial->message, visit, context);
}
