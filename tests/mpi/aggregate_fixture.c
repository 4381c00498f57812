#include "aggregate_fixture.h"

#include <CUnit/CUnit.h>

tern_table_desc_t aggregate_describe(tern_sync_t sync, uint32_t staleness)
{
    return (tern_table_desc_t){.name      = "t",
                               .keys      = {0, NUM_KEYS},
                               .width     = WIDTH,
                               .type      = TERN_FLOAT64,
                               .policy    = "aggregate",
                               .sync      = sync,
                               .staleness = staleness};
}

tern_table_t *aggregate_make(session_t *session, const tern_table_desc_t *desc)
{
    tern_table_t *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, desc, &table), TERN_OK);
    return table;
}

session_t aggregate_begin(void)
{
    return session_begin((const char *const[]){"roles", session_all_roles(), NULL});
}
