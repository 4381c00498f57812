/** \file
 * Fill: how fast, and in how much memory, many keys get their rows in a sparse table.
 */
#ifndef TERN_BENCH_FILL_H
#define TERN_BENCH_FILL_H

#include "settings.h"

/* Push each of --rows keys once, all workers together, count them and pull a sample. */
tern_status_t fill_run(const settings_t *settings, tern_options_t *options);

#endif
