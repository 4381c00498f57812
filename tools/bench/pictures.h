/** \file
 * Pictures of a run's results, by gnuplot.
 */
#ifndef TERN_BENCH_PICTURES_H
#define TERN_BENCH_PICTURES_H

#include "results.h"

/* A script FOLDER/NAME.gp for every picture of which the results have a curve. It reads the CSV files and
 * can be run again in the folder by hand. \return TERN_ERR_IO (said). */
tern_status_t pictures_write(const results_t *results, const char *folder);

/* Run the scripts that pictures_write() would write. Without gnuplot that is said, and no error. */
tern_status_t pictures_draw(const results_t *results, const char *folder);

#endif
