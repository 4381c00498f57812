/** \file
 * What a training looked like, see history.h.
 */
#include "history.h"

#include "memory.h"

#include <stdlib.h>

void w2v_history_append(w2v_history_t *history, w2v_record_t record)
{
    history->records =
        app_resize(history->records, history->num + 1, sizeof(w2v_record_t));
    history->records[history->num++] = record;
}

void w2v_history_fini(w2v_history_t *history)
{
    free(history->records);
    *history = (w2v_history_t){.num = 0};
}
