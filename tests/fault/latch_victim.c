/** \file
 * The last worker takes the latch of a row and dies by SIGKILL; worker 0 must get past it, and the others
 * must be able to end. tests/fault/check_survivors.sh starts it so that the launcher lets survivors go on.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tern/tern.h"

enum { HELD = 0, FLAG = 1, NUM_KEYS = 4 };

static void hold_and_die(tern_table_t *table)
{
    tern_key_t      held = HELD, flag = FLAG;
    tern_borrowed_t row;
    float           one = 1;

    if (tern_push(table, 1, &flag, &one, NULL) == TERN_OK &&
        tern_borrow(table, 1, &held, TERN_BORROW_LATCHED, &row, NULL) == TERN_OK &&
        tern_push(table, 1, &flag, &one, NULL) == TERN_OK)
        raise(SIGKILL);
}

/* Reads of the flag do not need the latch of the held row; the push to it does. */
static void get_past(tern_runtime_t *runtime, tern_table_t *table)
{
    tern_key_t      held = HELD, flag = FLAG;
    tern_counters_t counters;
    float           value = 0, one = 1;

    while (value < 2)
        if (tern_pull(table, 1, &flag, &value, NULL) != TERN_OK)
            return;
    if (tern_push(table, 1, &held, &one, NULL) != TERN_OK ||
        tern_pull(table, 1, &held, &value, NULL) != TERN_OK)
        return;
    tern_get_counters(runtime, &counters);
    printf("survived: the row is %g, %llu latches broken\n", (double)value,
           (unsigned long long)counters.latches_broken);
    fflush(stdout);
    tern_stop(runtime);
}

int main(int argc, char *argv[])
{
    tern_table_desc_t desc = {
        .name = "t", .keys = {0, NUM_KEYS}, .width = 1, .sync = TERN_SYNC_ASYNC};
    tern_options_t *options = NULL;
    tern_runtime_t *runtime = NULL;
    tern_table_t   *table   = NULL;

    if (tern_options_create("latch_victim", "dies with a latch", &options) != TERN_OK ||
        tern_options_parse(options, argc, argv) != TERN_OK ||
        tern_init(MPI_COMM_WORLD, options, &runtime) != TERN_OK ||
        tern_table_create(runtime, &desc, &table) != TERN_OK)
        return 1;
    if (tern_is_worker(runtime) && tern_worker(runtime) == tern_num_workers(runtime) - 1)
        hold_and_die(table);
    else if (tern_is_worker(runtime))
        get_past(runtime, table);
    while (!tern_should_stop(runtime))
        tern_progress(runtime);
    _exit(0); /* a job that lost a rank cannot take leave of it */
}
