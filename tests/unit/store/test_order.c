/** \file
 * Keys in rising order, however they came.
 */
#include "facts.h"
#include "store/order.h"
#include "tern/random.h"

static bool is_rising(const tern_order_t *order)
{
    for (size_t i = 1; i < order->num_sorted; i++)
        if (order->keys[i - 1] >= order->keys[i])
            return false;
    return order->num == order->num_sorted;
}

static void keys_come_out_in_rising_order(void)
{
    tern_order_t order = {0};

    CU_ASSERT_EQUAL_FATAL(tern_order_begin(&order, 1000), TERN_OK);
    for (uint64_t i = 0; i < 1000; i++)
        tern_order_add(&order, tern_random_u64(1, 2, i));
    CU_ASSERT_EQUAL(tern_order_settle(&order), TERN_OK);
    CU_ASSERT_EQUAL(order.num_sorted, 1000);
    CU_ASSERT(is_rising(&order));
    tern_order_fini(&order);
}

static void later_keys_are_merged_in_and_repeats_dropped(void)
{
    tern_order_t order = {0};

    CU_ASSERT_EQUAL_FATAL(tern_order_begin(&order, 0), TERN_OK);
    for (uint64_t round = 0; round < 20; round++) {
        for (uint64_t i = 0; i < 300; i++)
            tern_order_add(&order, tern_random_below(9, round, i, 5000));
        CU_ASSERT_EQUAL(tern_order_settle(&order), TERN_OK);
        CU_ASSERT(is_rising(&order));
    }
    for (uint64_t i = 0; i < 300; i++) {
        tern_key_t key = tern_random_below(9, 7, i, 5000);

        CU_ASSERT_EQUAL(order.keys[tern_order_find(&order, key)], key);
    }
    tern_order_fini(&order);
}

static void a_position_is_that_of_the_first_key_not_below(void)
{
    tern_order_t order = {0};

    CU_ASSERT_EQUAL_FATAL(tern_order_begin(&order, 3), TERN_OK);
    tern_order_add(&order, UINT64_MAX - 1);
    tern_order_add(&order, 10);
    tern_order_add(&order, 20);
    CU_ASSERT_EQUAL(tern_order_settle(&order), TERN_OK);
    CU_ASSERT_EQUAL(tern_order_find(&order, 0), 0);
    CU_ASSERT_EQUAL(tern_order_find(&order, 10), 0);
    CU_ASSERT_EQUAL(tern_order_find(&order, 11), 1);
    CU_ASSERT_EQUAL(tern_order_find(&order, UINT64_MAX - 1), 2);
    CU_ASSERT_EQUAL(tern_order_find(&order, UINT64_MAX), 3);
    tern_order_fini(&order);
}

static void an_order_that_nobody_asked_for_keeps_nothing(void)
{
    tern_order_t order = {0};

    tern_order_add(&order, 5);
    CU_ASSERT_EQUAL(order.num, 0);
    CU_ASSERT_PTR_NULL(order.keys);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(keys_come_out_in_rising_order),
        FACT(later_keys_are_merged_in_and_repeats_dropped),
        FACT(a_position_is_that_of_the_first_key_not_below),
        FACT(an_order_that_nobody_asked_for_keeps_nothing),
    };

    return facts_run("store/order", facts, sizeof facts / sizeof *facts);
}
