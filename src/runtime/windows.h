/** \file
 * Windows: what workers tell each other of the windows into which a run is cut, through a table.
 *
 * It has a row for each worker and each of the last windows: what the window was to that worker; and a row for each worker that
 * says since when it takes no part. Who enters window w asks for windows up to w - 1 - lag. By then all workers have passed
 * these if they are no more than `lag` windows apart; a worker that is further ahead waits. A row is used again
 * 2 lag + 2 windows later, when everybody has read it: who writes for window w has seen w - 1 - lag of all, who had then
 * read up to w - 2 - 2 lag.
 */
#ifndef TERN_RUNTIME_WINDOWS_H
#define TERN_RUNTIME_WINDOWS_H

#include "tern/types.h"

/** What a window was to a worker. */
typedef struct tern_window_note {
    double seconds, idle_seconds, progress, expected;
} tern_window_note_t;

typedef struct tern_windows tern_windows_t;

/** Collective over all ranks; TERN_OK on all or on none. */
tern_status_t tern_windows_create(tern_runtime_t *runtime, const char *name, uint32_t lag,
                                  tern_windows_t **windows_p);

/** A worker that has told of all windows before `end` leaves; others go on without it. Other ranks give any number. */
void tern_windows_destroy(tern_windows_t **windows_p, uint64_t end);

/** Tell the others. Waits for the end of the tell before. */
tern_status_t tern_windows_tell(tern_windows_t *windows, uint64_t window,
                                const tern_window_note_t *note);

/** Ask what a window was to all. Do so long before it is needed: the last worker has mostly told by then. */
tern_status_t tern_windows_ask(tern_windows_t *windows, uint64_t window);

/** Wait for what was asked. The sum over the workers that took part, in their order, so that it is the same on all; and how
 * many they are. */
tern_status_t tern_windows_wait(tern_windows_t *windows, tern_window_note_t *sum,
                                size_t *num_workers_p);

const char *tern_windows_name(const tern_windows_t *windows);

#endif
