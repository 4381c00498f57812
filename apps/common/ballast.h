/** \file
 * Calibrated work without effect, which makes a triple as dear as it is in an experiment of other proportions.
 */
#ifndef APP_BALLAST_H
#define APP_BALLAST_H

/* Do so many microseconds of work, on a processor that nothing else keeps busy: what is fixed is the number
 * of instructions. The first call in a process measures how many these are. */
void app_ballast_work(double microseconds);

#endif
