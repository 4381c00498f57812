/** \file
 * What a training looked like over time, see history.h.
 */
#include "history.h"

#include "memory.h"

#include <stdlib.h>

void kge_history_append(kge_history_t *history, kge_record_t record)
{
    if (history->num == history->capacity) {
        history->capacity = history->capacity * 2 + 16;
        history->records =
            app_resize(history->records, history->capacity, sizeof(kge_record_t));
    }
    history->records[history->num++] = record;
}

void kge_history_fini(kge_history_t *history)
{
    free(history->records);
    *history = (kge_history_t){0};
}

static int compare_rates(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double kge_history_median_rate(const kge_history_t *history)
{
    size_t  num    = history->num;
    double *rates  = APP_NEW(double, num);
    double  median = 0;

    for (size_t i = 0; i < num; i++)
        rates[i] = history->records[i].rate;
    qsort(rates, num, sizeof(double), compare_rates);
    if (num > 0)
        median = (rates[(num - 1) / 2] + rates[num / 2]) / 2;
    free(rates);
    return median;
}
