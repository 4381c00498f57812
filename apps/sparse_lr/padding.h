/** \file
 * Time that experiments add to a task: a least duration, and stragglers.
 */
#ifndef LR_PADDING_H
#define LR_PADDING_H

#include "settings.h"

/* A task that began at `began` (tern_seconds()) has computed: sleep until it has lasted as long as it should, serving others
 * meanwhile. The factor is a function of seed, worker and task alone. */
void lr_padding_sleep(const lr_settings_t *settings, tern_runtime_t *runtime, size_t task,
                      double began);

#endif
