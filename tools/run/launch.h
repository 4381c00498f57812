/** \file
 * Launch: mpirun as a child process.
 */
#ifndef RUN_LAUNCH_H
#define RUN_LAUNCH_H

#include <signal.h>
#include <sys/types.h>

#include "settings.h"

/** Start mpirun with the options that let survivors go on, and a shield before the program. `mask`: its
 * signal mask. \return the process, -1 with a message. */
pid_t run_launch(const run_settings_t *settings, const sigset_t *mask);

#endif
