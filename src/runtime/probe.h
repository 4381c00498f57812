/** \file
 * Probe: which way pulls of rows of other nodes take in this run, and why. In a run that is to survive losses
 * they go by message: whoever waits for a get from a dead rank waits for ever.
 */
#ifndef TERN_RUNTIME_PROBE_H
#define TERN_RUNTIME_PROBE_H

#include "comm/trial.h"
#include "tern/info.h"

typedef struct tern_probe {
    bool         uses_windows;
    bool         must_survive; /* tern-run's word: losses are to be survived */
    bool         was_tried;    /* else `trial` says nothing */
    tern_trial_t trial;
} tern_probe_t;

/** Collective. `choice` is the option --pull: message tries nothing, window insists, auto takes the faster
 * that works. TERN_ERR_UNSUPPORTED, logged on rank 0: window, but there can be none. */
tern_status_t tern_probe_run(tern_waiter_t *waiter, const char *choice,
                             tern_probe_t *probe);

/** What the start-up table says: "memory, else window". */
const char *tern_probe_rungs(const tern_probe_t *probe, int num_nodes);

/** The choice and its figures as facts (tern/info.h). */
void tern_probe_visit(const tern_probe_t *probe, int num_nodes, tern_info_visit_fn *visit,
                      void *context);

#endif
