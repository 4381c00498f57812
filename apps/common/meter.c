/** \file
 * What a triple's gradients cost, see meter.h.
 */
#include "meter.h"

#include <time.h>

enum { STEPS_PER_MEASUREMENT = 16 };

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void app_meter_start(app_meter_t *meter)
{
    meter->started = meter->num_steps++ % STEPS_PER_MEASUREMENT == 0 ? cpu_seconds() : 0;
}

void app_meter_stop(app_meter_t *meter, size_t num_triples)
{
    if (meter->started == 0)
        return;
    meter->seconds += cpu_seconds() - meter->started;
    meter->num_triples += (double)num_triples;
}
