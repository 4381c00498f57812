/** \file
 * Counting sightings: never too few, seldom too many.
 */
#include "facts.h"
#include "store/sketch.h"
#include "tern/random.h"

enum { NUM_KEYS = 5000, NUM_SIGHTINGS = 40000, WIDTH = 2048 };

/* Sightings of keys 0 to NUM_KEYS - 1, few of them often. */
static void see_many(tern_sketch_t *sketch, uint32_t truth[NUM_KEYS])
{
    for (uint64_t i = 0; i < NUM_SIGHTINGS; i++) {
        double     u   = tern_random_unit(1, 2, i);
        tern_key_t key = (tern_key_t)(u * u * u * NUM_KEYS);

        truth[key]++;
        (void)tern_sketch_add(sketch, key * 0x10001);
    }
}

static void it_never_counts_too_few(void)
{
    tern_sketch_t sketch;
    uint32_t      truth[NUM_KEYS] = {0};
    size_t        num_under       = 0;

    CU_ASSERT_EQUAL_FATAL(tern_sketch_init(&sketch, 1024), TERN_OK);
    see_many(&sketch, truth);
    for (tern_key_t key = 0; key < NUM_KEYS; key++)
        num_under += tern_sketch_count(&sketch, key * 0x10001) < truth[key];
    CU_ASSERT_EQUAL(num_under, 0);
    tern_sketch_fini(&sketch);
}

static void few_keys_exceed_the_error_bound(void)
{
    tern_sketch_t sketch;
    uint32_t      truth[NUM_KEYS] = {0};
    size_t        num_over        = 0;

    CU_ASSERT_EQUAL_FATAL(
        tern_sketch_init(&sketch, WIDTH * TERN_SKETCH_ROWS * sizeof(uint16_t)), TERN_OK);
    CU_ASSERT_EQUAL(sketch.width, WIDTH);
    see_many(&sketch, truth);
    for (tern_key_t key = 0; key < NUM_KEYS; key++)
        num_over += tern_sketch_count(&sketch, key * 0x10001) >
                    truth[key] + 2.71828 * NUM_SIGHTINGS / WIDTH;
    CU_ASSERT(num_over <= NUM_KEYS * 0.0183); /* e^-4 */
    tern_sketch_fini(&sketch);
}

static void with_room_it_is_exact_and_says_each_sighting(void)
{
    tern_sketch_t sketch;

    CU_ASSERT_EQUAL_FATAL(tern_sketch_init(&sketch, 1 << 20), TERN_OK);
    for (uint32_t n = 1; n <= 5; n++)
        for (tern_key_t key = 0; key < 100; key++)
            CU_ASSERT_EQUAL(tern_sketch_add(&sketch, key), n);
    CU_ASSERT_EQUAL(tern_sketch_count(&sketch, 7), 5);
    CU_ASSERT_EQUAL(tern_sketch_count(&sketch, 1000), 0);
    tern_sketch_fini(&sketch);
}

static void counters_stop_at_their_most(void)
{
    tern_sketch_t sketch;
    uint32_t      count = 0;

    CU_ASSERT_EQUAL_FATAL(tern_sketch_init(&sketch, 0), TERN_OK);
    for (uint32_t n = 0; n < TERN_SKETCH_MOST + 10u; n++)
        count = tern_sketch_add(&sketch, n);
    CU_ASSERT_EQUAL(count, TERN_SKETCH_MOST);
    tern_sketch_fini(&sketch);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(it_never_counts_too_few),
        FACT(few_keys_exceed_the_error_bound),
        FACT(with_room_it_is_exact_and_says_each_sighting),
        FACT(counters_stop_at_their_most),
    };

    return facts_run("store/sketch", facts, sizeof facts / sizeof *facts);
}
