#include "filter/numbering.h"

#include "base/alloc.h"
#include "facts.h"
#include "tern/random.h"

enum { KEYS = 400, MOST = 200 };

/* Draw i of a call: a run of neighbours in half of the calls, anything in the others. */
static uint32_t draw(uint64_t call, uint32_t i)
{
    uint32_t first = (uint32_t)tern_random_below(1, call, 0, KEYS);

    return call % 2 == 0 ? (first + i) % KEYS
                         : (uint32_t)tern_random_below(1, call, 1 + i, KEYS);
}

static tern_key_t key_of(uint32_t i)
{
    return tern_random_mix(i);
}

static void keys_keep_the_number_that_they_got_first(void)
{
    tern_numbering_t numbering;
    uint32_t         expected[KEYS], num = 0;
    tern_key_t       keys[MOST];

    for (uint32_t k = 0; k < KEYS; k++)
        expected[k] = TERN_NUMBER_NONE;
    tern_numbering_init(&numbering);
    for (uint64_t call = 0; call < 60; call++) {
        const uint32_t *numbers;
        bool            enters = call % 3 != 0;

        for (uint32_t i = 0; i < MOST; i++) {
            uint32_t k = draw(call, i);

            keys[i] = key_of(k);
            if (enters && expected[k] == TERN_NUMBER_NONE)
                expected[k] = num++;
        }
        numbers = enters ? tern_numbering_enter(&numbering, MOST, keys)
                         : tern_numbering_find(&numbering, MOST, keys);
        CU_ASSERT_PTR_NOT_NULL_FATAL(numbers);
        for (uint32_t i = 0; i < MOST; i++)
            CU_ASSERT_EQUAL(numbers[i], expected[draw(call, i)]);
        CU_ASSERT_EQUAL(numbering.num_keys, num);
    }
    for (uint32_t k = 0; k < KEYS; k++)
        if (expected[k] != TERN_NUMBER_NONE)
            CU_ASSERT_EQUAL(numbering.keys[expected[k]], key_of(k));
    tern_numbering_fini(&numbering);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_FILTER), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(keys_keep_the_number_that_they_got_first),
    };

    return facts_run("filter/numbering", facts, sizeof facts / sizeof *facts);
}
