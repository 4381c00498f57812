#include "server/arrivals.h"

#include "base/alloc.h"
#include "facts.h"

enum { NUM_KEYS = 1000 };

static void add(tern_arrivals_t *arrivals, uint32_t table, tern_key_t key,
                uint32_t position)
{
    tern_route_t route = {.sequence = position, .client = 2, .kind = TERN_MESSAGE_PUSH};
    float        row[] = {(float)key, (float)position};

    CU_ASSERT_EQUAL(
        tern_arrivals_add(arrivals, table, key, &route, position, row, sizeof row),
        TERN_OK);
}

static void operations_on_a_key_are_taken_in_the_order_in_which_they_came(void)
{
    tern_arrivals_t *arrivals = NULL;

    CU_ASSERT_EQUAL(tern_arrivals_create(&arrivals), TERN_OK);
    for (uint32_t position = 0; position < 5; position++)
        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            add(arrivals, 0, key, position);
    CU_ASSERT_EQUAL(tern_arrivals_num_keys(arrivals), NUM_KEYS);
    for (tern_key_t key = 0; key < NUM_KEYS; key++) {
        tern_waiting_t *waiting  = tern_arrivals_take(arrivals, 0, key);
        uint32_t        position = 0;

        while (waiting != NULL) {
            tern_waiting_t *next = waiting->next;

            CU_ASSERT_EQUAL(waiting->position, position);
            CU_ASSERT_EQUAL(waiting->route.sequence, position++);
            CU_ASSERT_EQUAL(((const float *)waiting->row)[0], (float)key);
            tern_arrivals_free(waiting);
            waiting = next;
        }
        CU_ASSERT_EQUAL(position, 5);
        CU_ASSERT_PTR_NULL(tern_arrivals_take(arrivals, 0, key));
    }
    CU_ASSERT_EQUAL(tern_arrivals_num_keys(arrivals), 0);
    tern_arrivals_destroy(&arrivals);
}

static void the_order_to_hand_the_row_on_stays_last(void)
{
    const tern_route_t order    = {.sequence = 9, .kind = TERN_MESSAGE_LOCALIZE};
    tern_arrivals_t   *arrivals = NULL;
    tern_waiting_t    *waiting;

    CU_ASSERT_EQUAL(tern_arrivals_create(&arrivals), TERN_OK);
    add(arrivals, 0, 7, 0);
    CU_ASSERT_EQUAL(tern_arrivals_add(arrivals, 0, 7, &order, 9, NULL, 0), TERN_OK);
    add(arrivals, 0, 7, 1);
    add(arrivals, 0, 7, 2);
    waiting = tern_arrivals_take(arrivals, 0, 7);
    for (uint32_t position = 0; position < 3; position++) {
        tern_waiting_t *next = waiting->next;

        CU_ASSERT_EQUAL(waiting->position, position);
        tern_arrivals_free(waiting);
        waiting = next;
    }
    CU_ASSERT_EQUAL(waiting->route.kind, TERN_MESSAGE_LOCALIZE);
    CU_ASSERT_PTR_NULL(waiting->next);
    tern_arrivals_free(waiting);
    tern_arrivals_destroy(&arrivals);
}

static void the_same_key_of_two_tables_is_two_keys(void)
{
    tern_arrivals_t *arrivals = NULL;
    tern_waiting_t  *waiting;

    CU_ASSERT_EQUAL(tern_arrivals_create(&arrivals), TERN_OK);
    add(arrivals, 0, 7, 10);
    add(arrivals, 1, 7, 11);
    waiting = tern_arrivals_take(arrivals, 1, 7);
    CU_ASSERT_EQUAL(waiting->position, 11);
    CU_ASSERT_PTR_NULL(waiting->next);
    tern_arrivals_free(waiting);
    CU_ASSERT_EQUAL(tern_arrivals_num_keys(arrivals), 1);
    tern_arrivals_destroy(&arrivals);
}

static void what_is_given_up_leaves_no_memory(void)
{
    size_t           before   = tern_alloc_num_held(TERN_LOG_SERVER);
    tern_arrivals_t *arrivals = NULL;

    CU_ASSERT_EQUAL(tern_arrivals_create(&arrivals), TERN_OK);
    for (tern_key_t key = 0; key < NUM_KEYS; key++)
        add(arrivals, 0, key % 300, (uint32_t)key);
    tern_arrivals_destroy(&arrivals);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_SERVER), before);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(operations_on_a_key_are_taken_in_the_order_in_which_they_came),
        FACT(the_order_to_hand_the_row_on_stays_last),
        FACT(the_same_key_of_two_tables_is_two_keys),
        FACT(what_is_given_up_leaves_no_memory),
    };

    return facts_run("server/arrivals", facts, sizeof facts / sizeof *facts);
}
