/** \file
 * What a training asked of the parameter server, see usage.h.
 */
#include "usage.h"

#include <stddef.h>
#include <string.h>

/* The place of a counter in an array of them. */
#define PLACE(member) (offsetof(tern_counters_t, member) / sizeof(uint64_t))
#define COUNTER(member)                                                                  \
    {                                                                                    \
#member, PLACE(member)                                                           \
    }

typedef struct counter {
    const char *name;
    size_t      place;
} counter_t;

static const counter_t counters[] = {
    COUNTER(pull_keys),      COUNTER(push_keys),        COUNTER(local_keys),
    COUNTER(local_changes),  COUNTER(borrowed_rows),    COUNTER(read_retries),
    COUNTER(latch_waits),    COUNTER(messages_sent),    COUNTER(bytes_sent),
    COUNTER(combined_keys),  COUNTER(resends),          COUNTER(served_keys),
    COUNTER(window_gets),    COUNTER(window_rows),      COUNTER(window_fallbacks),
    COUNTER(localized_keys), COUNTER(localized_before), COUNTER(localize_ns),
    COUNTER(rows_taken_in),  COUNTER(rows_sent_away),   COUNTER(queued_keys),
    COUNTER(forwarded_keys),
};

void app_usage_resume(app_usage_t *usage, const app_team_t *team)
{
    if (team->runtime != NULL)
        tern_get_counters(team->runtime, &usage->start);
}

void app_usage_pause(app_usage_t *usage, const app_team_t *team)
{
    tern_counters_t now = usage->start;
    uint64_t        before[APP_NUM_COUNTERS], after[APP_NUM_COUNTERS];

    if (team->runtime != NULL)
        tern_get_counters(team->runtime, &now);
    memcpy(before, &usage->start, sizeof(before));
    memcpy(after, &now, sizeof(after));
    for (size_t i = 0; i < APP_NUM_COUNTERS; i++)
        usage->counts[i] += (double)(after[i] - before[i]);
}

tern_status_t app_usage_sum(app_usage_t *usage, const app_team_t *team)
{
    return app_team_sum(team, APP_NUM_COUNTERS, usage->counts);
}

double app_usage_num_read(const app_usage_t *usage)
{
    return usage->counts[PLACE(pull_keys)] + usage->counts[PLACE(borrowed_rows)];
}

double app_usage_local_share(const app_usage_t *usage, double num_read)
{
    double num_pushed = usage->counts[PLACE(push_keys)];
    double num_far =
        usage->counts[PLACE(pull_keys)] + num_pushed - usage->counts[PLACE(local_keys)];

    return num_read + num_pushed > 0 ? 1 - num_far / (num_read + num_pushed) : 1;
}

size_t app_usage_fields(const app_usage_t *usage, tern_field_t fields[])
{
    size_t num = sizeof(counters) / sizeof(counters[0]);

    for (size_t i = 0; i < num; i++)
        fields[i] =
            (tern_field_t){counters[i].name, usage->counts[counters[i].place], NULL};
    return num;
}
