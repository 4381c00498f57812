/** \file
 * The suite: all cases at a sensible grid, with files and pictures.
 */
#ifndef TERN_BENCH_SUITE_H
#define TERN_BENCH_SUITE_H

#include "settings.h"

/* Everything, from tern_init() to the pictures. */
tern_status_t suite_run(const settings_t *settings, tern_options_t *options);

#endif
