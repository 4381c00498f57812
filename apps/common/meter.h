/** \file
 * What a triple's gradients cost: processor time, taken on a sample of the steps, because asking the system for it
 * costs as much as a small step.
 */
#ifndef APP_METER_H
#define APP_METER_H

#include <stddef.h>

/* Zero-initialise it. */
typedef struct app_meter {
    size_t num_steps;
    double started;              /* of the step that is measured; 0: none is */
    double seconds, num_triples; /* measured */
} app_meter_t;

void app_meter_start(app_meter_t *meter);
void app_meter_stop(app_meter_t *meter, size_t num_triples);

#endif
