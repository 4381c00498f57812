/** \file
 * Reading rows of several tables together, see rows.h.
 */
#include "rows.h"

/* Wait for what is coming and pull what turned out to be missing, of all readings at the same time. */
static tern_status_t fetch(size_t num_readings, const kge_reading_t readings[])
{
    tern_status_t status = TERN_OK;

    for (int pass = 0; pass < 2; pass++) /* start all; wait for all */
        for (size_t i = 0; i < num_readings && status == TERN_OK; i++)
            status = readings[i].rows->ops->fetch(readings[i].rows, readings[i].coming);
    return status;
}

static size_t borrow(size_t num_readings, const kge_reading_t readings[])
{
    size_t num_missing = 0;

    for (size_t i = 0; i < num_readings; i++)
        num_missing += readings[i].rows->ops->borrow(
            readings[i].rows, readings[i].num_keys, readings[i].keys, readings[i].coming,
            readings[i].values);
    return num_missing;
}

/* Rows may leave while others are waited for. But what is missing is copied, and copies stay: in each round there
 * are fewer rows that can leave. */
tern_status_t kge_read(size_t num_readings, const kge_reading_t readings[])
{
    tern_status_t status = readings[0].rows->ops->attend(readings[0].rows);

    if (status == TERN_OK)
        status = fetch(num_readings, readings);
    while (status == TERN_OK && borrow(num_readings, readings) > 0) {
        kge_release(num_readings, readings);
        status = fetch(num_readings, readings);
    }
    return status;
}

void kge_release(size_t num_readings, const kge_reading_t readings[])
{
    for (size_t i = num_readings; i-- > 0;)
        readings[i].rows->ops->release(readings[i].rows);
}

void kge_rows_destroy(kge_rows_t **rows_p)
{
    if (*rows_p != NULL)
        (*rows_p)->ops->destroy(*rows_p);
    *rows_p = NULL;
}
