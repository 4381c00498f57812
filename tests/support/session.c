#include "session.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static int num_sessions;

session_t session_begin_on(MPI_Comm comm, const char *const settings[])
{
    static char program[]   = "test";
    char       *arguments[] = {program, NULL};
    session_t   session     = {.status = TERN_OK};

    session.status = tern_options_create(program, "a test", &session.options);
    if (session.status == TERN_OK)
        session.status = tern_options_parse(session.options, 1, arguments);
    if (session.status == TERN_OK)
        session.status = tern_options_set(session.options, "stats", "none");
    for (size_t i = 0;
         settings != NULL && settings[i] != NULL && session.status == TERN_OK; i += 2)
        session.status = tern_options_set(session.options, settings[i], settings[i + 1]);
    if (session.status == TERN_OK)
        session.status = tern_init(comm, session.options, &session.runtime);
    num_sessions++;
    return session;
}

session_t session_begin(const char *const settings[])
{
    session_t session = session_begin_on(MPI_COMM_WORLD, settings);

    CU_ASSERT_EQUAL(session.status, TERN_OK);
    return session;
}

void session_end(session_t *session)
{
    CU_ASSERT_EQUAL(tern_finalize(&session->runtime), TERN_OK);
    tern_options_destroy(&session->options);
    if (--num_sessions == 0) /* nothing is left behind */
        CU_ASSERT_EQUAL(tern_alloc_report(), 0);
}

const char *session_all_roles(void)
{
    static char roles[4096];
    int         size;

    MPI_Comm_size(MPI_COMM_WORLD, &size);
    strcpy(roles, "scheduler+server+worker");
    for (int rank = 1; rank < size; rank++)
        strncat(roles, ",server+worker", sizeof roles - strlen(roles) - 1);
    return roles;
}

tern_table_t *session_table(session_t *session, const char *name, uint64_t num_keys,
                            uint32_t width)
{
    tern_table_desc_t desc = {
        .name = name, .keys = {0, num_keys}, .width = width, .sync = TERN_SYNC_ASYNC};
    tern_table_t *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

void session_count(session_t *session, tern_table_t *table, size_t num_rounds)
{
    tern_range_t     range    = tern_table_keys(table);
    size_t           num_keys = range.end - range.first;
    tern_key_t      *keys     = calloc(num_keys, sizeof *keys);
    float           *rows     = calloc(num_keys, sizeof *rows);
    tern_request_t **requests = calloc(num_rounds, sizeof(tern_request_t *));

    for (size_t i = 0; i < num_keys; i++) {
        keys[i] = range.end - 1 - i;
        rows[i] = 1;
    }
    for (size_t round = 0; round < num_rounds; round++)
        CU_ASSERT_EQUAL(tern_push(table, num_keys, keys, rows, &requests[round]),
                        TERN_OK);
    CU_ASSERT_EQUAL(tern_wait_all(num_rounds, requests, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_barrier(session->runtime), TERN_OK);
    CU_ASSERT_EQUAL(tern_pull(table, num_keys, keys, rows, NULL), TERN_OK);
    for (size_t i = 0; i < num_keys; i++)
        CU_ASSERT_EQUAL(rows[i],
                        (float)num_rounds * (float)tern_num_workers(session->runtime));
    CU_ASSERT_EQUAL(tern_barrier(session->runtime), TERN_OK);
    free(keys);
    free(rows);
    free(requests);
}

float session_value(tern_table_t *table, tern_key_t key)
{
    float value = -1;

    CU_ASSERT_EQUAL(tern_pull(table, 1, &key, &value, NULL), TERN_OK);
    return value;
}
