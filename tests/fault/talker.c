/** \file
 * All workers push to and pull from all servers; the last one dies by SIGKILL in the middle of it, with requests
 * under way. The others must get all their changes done and be able to stop. tests/fault/check_survivors.sh starts it
 * by tern-run. The one that dies must be no server, as nobody takes over its rows yet.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tern/tern.h"

enum {
    NUM_KEYS    = 2048,
    WIDTH       = 16,
    NUM_DONE    = NUM_KEYS,
    NUM_ROUNDS  = 100,
    FATAL_ROUND = 20
};

static tern_key_t keys[NUM_KEYS + 1];
static float      ones[NUM_KEYS][WIDTH], values[NUM_KEYS][WIDTH];

/* One push and one pull of all rows, both under way at a time. */
static tern_status_t talk(tern_table_t *table, bool dies)
{
    tern_request_t *pushed = NULL, *pulled = NULL;
    tern_status_t   status = tern_push(table, NUM_KEYS, keys, ones[0], &pushed);

    if (status == TERN_OK)
        status = tern_pull(table, NUM_KEYS, keys, values[0], &pulled);
    if (dies)
        raise(SIGKILL);
    if (status == TERN_OK)
        status = tern_wait(&pushed);
    return status == TERN_OK ? tern_wait(&pulled) : status;
}

static tern_status_t talk_often(tern_table_t *table, bool dies)
{
    tern_key_t    done   = NUM_DONE;
    tern_status_t status = TERN_OK;

    for (int round = 0; round < NUM_ROUNDS && status == TERN_OK; round++)
        status = talk(table, dies && round == FATAL_ROUND);
    return status == TERN_OK ? tern_push(table, 1, &done, ones[0], NULL) : status;
}

/* Until all others have done their rounds: the changes of all must be there then. */
static tern_status_t conclude(tern_runtime_t *runtime, tern_table_t *table)
{
    tern_key_t    done            = NUM_DONE;
    float         num_done[WIDTH] = {0};
    int           num_survivors   = tern_num_workers(runtime) - 1;
    int           num_right       = 0;
    tern_status_t status          = TERN_OK;

    while (status == TERN_OK && num_done[0] < (float)num_survivors)
        status = tern_pull(table, 1, &done, num_done, NULL);
    if (status == TERN_OK)
        status = tern_pull(table, NUM_KEYS, keys, values[0], NULL);
    for (int i = 0; i < NUM_KEYS; i++)
        num_right +=
            values[i][0] >= (float)(num_survivors * NUM_ROUNDS) &&
            values[i][0] <= (float)(num_survivors * NUM_ROUNDS + FATAL_ROUND + 1);
    printf("survivors: %d, rows with all their changes: %d of %d\n", num_survivors,
           num_right, NUM_KEYS);
    fflush(stdout);
    tern_stop(runtime);
    return status;
}

/* The last answers and the order to stop need the help of those who send them. */
static void linger(tern_runtime_t *runtime)
{
    double end = tern_seconds(runtime) + 1;

    while (!tern_should_stop(runtime) || tern_seconds(runtime) < end)
        tern_progress(runtime);
}

int main(int argc, char *argv[])
{
    tern_table_desc_t desc = {
        .name = "t", .keys = {0, NUM_KEYS + 1}, .width = WIDTH, .sync = TERN_SYNC_ASYNC};
    tern_options_t *options = NULL;
    tern_runtime_t *runtime = NULL;
    tern_table_t   *table   = NULL;
    tern_status_t   status  = TERN_OK;

    for (int i = 0; i < NUM_KEYS; i++) {
        keys[i] = (tern_key_t)i;
        for (int j = 0; j < WIDTH; j++)
            ones[i][j] = 1;
    }
    if (tern_options_create("talker", "loses a worker", &options) != TERN_OK ||
        tern_options_parse(options, argc, argv) != TERN_OK ||
        tern_init(MPI_COMM_WORLD, options, &runtime) != TERN_OK ||
        tern_table_create(runtime, &desc, &table) != TERN_OK)
        return 1;
    if (tern_is_worker(runtime))
        status = talk_often(table, tern_worker(runtime) == tern_num_workers(runtime) - 1);
    if (status == TERN_OK && tern_rank(runtime) == 0)
        status = conclude(runtime, table);
    linger(runtime);
    _exit(status == TERN_OK ? 0 : 1); /* a job that lost a rank cannot take leave of it */
}
