/** \file
 * What a training asked of the parameter server: the library's counters, taken while it trains and not while it
 * evaluates, and summed over the workers.
 */
#ifndef APP_USAGE_H
#define APP_USAGE_H

#include "team.h"

enum { APP_NUM_COUNTERS = sizeof(tern_counters_t) / sizeof(uint64_t) };

/* Zero-initialise it. */
typedef struct app_usage {
    tern_counters_t start; /* of the current stretch */
    double          counts
        [APP_NUM_COUNTERS]; /* of the stretches before, in the order of tern_counters_t */
} app_usage_t;

/* Stretches in which counters count; without a parameter server they stay 0. */
void app_usage_resume(app_usage_t *usage, const app_team_t *team);
void app_usage_pause(app_usage_t *usage, const app_team_t *team);

/* Collective over the team. */
tern_status_t app_usage_sum(app_usage_t *usage, const app_team_t *team);

/* Rows read, where every one is either pulled or borrowed once. */
double app_usage_num_read(const app_usage_t *usage);

/* Of the rows that workers read (as only they know: they may borrow a row and give it back) and those that they
 * pushed, the share that was on their node. */
double app_usage_local_share(const app_usage_t *usage, double num_read);

/* [APP_NUM_COUNTERS] as names and numbers for a report; returns how many. */
size_t app_usage_fields(const app_usage_t *usage, tern_field_t fields[]);

#endif
