/** \file
 * Signals of the process: a request to stop (SIGINT, SIGTERM), a request to dump what is outstanding
 * (SIGUSR2). Handlers only set flags, which the waits look at; a second request to stop ends the
 * process at once.
 */
#ifndef TERN_BASE_SIGNALS_H
#define TERN_BASE_SIGNALS_H

#include "tern/types.h"

/** Install the handlers; SIGPIPE is ignored (transports report a reset by themselves). Counted: the
 * last tern_signals_restore() puts back what was there. */
void tern_signals_install(void);
void tern_signals_restore(void);

/** The signal that asked for a stop, 0: none. */
int tern_signals_stop(void);

/** True once for each SIGUSR2. */
bool tern_signals_take_dump(void);

#endif
