/** \file
 * Time that experiments add to a task, see padding.h.
 */
#include "padding.h"

#include "tern/random.h"

#include <math.h>
#include <time.h>

/* A rank that is a server, too, answers others this often. */
#define NAP_SECONDS 500e-6

/* Streams of random numbers, one for each worker. */
enum { FIRST_WORKER = 1 << 20 };

static void nap(double seconds)
{
    struct timespec time = {0, (long)(seconds * 1e9)};

    nanosleep(&time, NULL);
}

void lr_padding_sleep(const lr_settings_t *settings, tern_runtime_t *runtime, size_t task,
                      double began)
{
    const lr_padding_t *padding = &settings->padding;
    uint64_t            stream  = FIRST_WORKER + (uint64_t)tern_worker(runtime);
    double seconds = fmax(tern_seconds(runtime) - began, padding->task_seconds);
    double left    = 0;

    if (padding->straggle > 0)
        seconds *=
            exp(padding->straggle * tern_random_normal(settings->seed, stream, task));
    while ((left = began + seconds - tern_seconds(runtime)) > 0) {
        tern_progress(runtime);
        nap(fmin(left, NAP_SECONDS));
    }
}
