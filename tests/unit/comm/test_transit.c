#include "comm/transit.h"

#include "facts.h"
#include "tern/random.h"

enum { NUM_MESSAGES = 500 };

static void messages_leave_when_they_are_due_and_not_before(void)
{
    tern_buffer_pool_t pool;
    tern_transit_t     transit;
    tern_buffer_t     *first, *second;

    tern_buffer_pool_init(&pool);
    tern_transit_init(&transit);
    CU_ASSERT_EQUAL(tern_transit_next_ns(&transit), UINT64_MAX);
    CU_ASSERT_PTR_NULL(tern_transit_take(&transit, UINT64_MAX));
    first  = tern_buffer_get(&pool, 1);
    second = tern_buffer_get(&pool, 1);
    CU_ASSERT_EQUAL(tern_transit_put(&transit, second, 20), TERN_OK);
    CU_ASSERT_EQUAL(tern_transit_put(&transit, first, 10), TERN_OK);
    CU_ASSERT_EQUAL(tern_transit_next_ns(&transit), 10);
    CU_ASSERT_PTR_NULL(tern_transit_take(&transit, 9));
    CU_ASSERT_PTR_EQUAL(tern_transit_take(&transit, 10), first);
    CU_ASSERT_PTR_NULL(tern_transit_take(&transit, 19));
    CU_ASSERT_PTR_EQUAL(tern_transit_take(&transit, UINT64_MAX), second);
    tern_buffer_release(&pool, first);
    tern_buffer_release(&pool, second);
    tern_transit_fini(&transit);
    CU_ASSERT_EQUAL(pool.num_lent, 0);
    tern_buffer_pool_fini(&pool);
}

/* Each message says when it is due and which it was. */
static void they_leave_by_time_and_with_the_same_time_as_they_came(void)
{
    tern_buffer_pool_t pool;
    tern_transit_t     transit;
    uint64_t           before[2] = {0, 0};

    tern_buffer_pool_init(&pool);
    tern_transit_init(&transit);
    for (uint64_t i = 0; i < NUM_MESSAGES; i++) {
        tern_buffer_t *buffer  = tern_buffer_get(&pool, 2 * sizeof(uint64_t));
        uint64_t      *content = (uint64_t *)buffer->data;

        content[0] = tern_random_below(7, 0, i, 40);
        content[1] = i;
        CU_ASSERT_EQUAL(tern_transit_put(&transit, buffer, content[0]), TERN_OK);
    }
    for (int i = 0; i < NUM_MESSAGES; i++) {
        tern_buffer_t *buffer  = tern_transit_take(&transit, UINT64_MAX);
        uint64_t      *content = (uint64_t *)buffer->data;

        CU_ASSERT(content[0] > before[0] ||
                  (content[0] == before[0] && (i == 0 || content[1] > before[1])));
        before[0] = content[0];
        before[1] = content[1];
        tern_buffer_release(&pool, buffer);
    }
    CU_ASSERT_PTR_NULL(tern_transit_take(&transit, UINT64_MAX));
    tern_transit_fini(&transit);
    tern_buffer_pool_fini(&pool);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(messages_leave_when_they_are_due_and_not_before),
        FACT(they_leave_by_time_and_with_the_same_time_as_they_came),
    };

    return facts_run("comm/transit", facts, sizeof facts / sizeof *facts);
}
