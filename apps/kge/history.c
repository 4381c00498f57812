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
