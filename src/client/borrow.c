#include "client/access.h"

tern_status_t tern_borrow(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                          tern_borrow_mode_t mode, tern_borrowed_t rows[],
                          size_t *num_absent_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, rows);
    tern_phase_t  before;
    size_t        num_absent;

    if (status != TERN_OK)
        return status;
    before     = tern_phase_enter(table->client->phases, TERN_PHASE_PULL);
    num_absent = tern_view_borrow(&table->view, num_keys, keys, mode, rows);
    table->client->counters->borrowed_rows += num_keys - num_absent;
    if (num_absent_p != NULL)
        *num_absent_p = num_absent;
    tern_phase_enter(table->client->phases, before);
    return TERN_OK;
}

void tern_return(tern_table_t *table, size_t num_keys, tern_borrow_mode_t mode,
                 tern_borrowed_t rows[], size_t *num_changed_p)
{
    tern_phase_t before      = tern_phase_enter(table->client->phases, TERN_PHASE_PUSH);
    size_t       num_changed = tern_view_return(&table->view, num_keys, mode, rows);

    if (num_changed_p != NULL)
        *num_changed_p = num_changed;
    tern_phase_enter(table->client->phases, before);
}
