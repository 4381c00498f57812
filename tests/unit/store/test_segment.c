#include <sys/mman.h>
#include <unistd.h>

#include "facts.h"
#include "store.h"
#include "store/pages.h"

static size_t num_resident_pages(char *memory, size_t bytes)
{
    size_t        page = tern_pages_bytes(), num_pages = bytes / page, num = 0;
    unsigned char resident[4096];

    for (size_t first = 0; first < num_pages; first += sizeof(resident)) {
        size_t some =
            num_pages - first < sizeof(resident) ? num_pages - first : sizeof(resident);

        CU_ASSERT_FATAL(mincore(memory + first * page, some * page, resident) == 0);
        for (size_t i = 0; i < some; i++)
            num += resident[i] & 1;
    }
    return num;
}

static const store_options_t many_empty_rows = {.num_keys    = 100000,
                                                .width       = 60,
                                                .is_paged    = true,
                                                .is_empty    = true,
                                                .limit_bytes = 8u << 20};

static void pages_appear_only_for_committed_slots(void)
{
    store_t store;

    store_create(&store, &many_empty_rows);
    CU_ASSERT(num_resident_pages(store.memory, store.memory_bytes) < 8);
    CU_ASSERT(tern_segment_commit(&store.segments[0], 1, store.ledger) == TERN_OK);
    CU_ASSERT(store.segments[0].header->committed_slots >= 1);
    CU_ASSERT(num_resident_pages(store.memory, store.memory_bytes) * tern_pages_bytes() <=
              store.ledger->committed_bytes + 8 * tern_pages_bytes());
    store_destroy(&store);
}

static void no_slab_goes_beyond_the_ledger(void)
{
    store_t  store;
    uint64_t committed, bytes;

    store_create(&store, &many_empty_rows);
    CU_ASSERT(tern_segment_commit(&store.segments[0], 10000, store.ledger) == TERN_OK);
    committed = store.segments[0].header->committed_slots;
    bytes     = store.ledger->committed_bytes;
    CU_ASSERT(bytes <= many_empty_rows.limit_bytes);
    CU_ASSERT(tern_segment_commit(&store.segments[0], 100000, store.ledger) ==
              TERN_ERR_NO_MEMORY);
    CU_ASSERT_EQUAL(store.segments[0].header->committed_slots, committed);
    CU_ASSERT_EQUAL(store.ledger->committed_bytes, bytes);
    store_destroy(&store);
}

static void committing_twice_is_entered_once(void)
{
    store_t  store;
    uint64_t bytes;

    store_create(&store, &many_empty_rows);
    CU_ASSERT(tern_segment_commit(&store.segments[0], 100, store.ledger) == TERN_OK);
    bytes = store.ledger->committed_bytes;
    CU_ASSERT(tern_segment_commit(&store.segments[0], 100, store.ledger) == TERN_OK);
    CU_ASSERT_EQUAL(store.ledger->committed_bytes, bytes);
    store_destroy(&store);
}

static void record_slot(uint64_t slot, void *context)
{
    uint64_t **next = context;

    *(*next)++ = slot;
}

static void a_mark_is_taken_once_and_in_order(void)
{
    store_options_t options      = {.num_keys = 200, .width = 4};
    tern_key_t      keys[]       = {STORE_FIRST_KEY + 130, STORE_FIRST_KEY + 3,
                                    STORE_FIRST_KEY + 130};
    float           deltas[3][4] = {{0}};
    uint64_t        slots[8], *next = slots;
    store_t         store;

    store_create(&store, &options);
    CU_ASSERT_EQUAL(tern_segment_take_dirty(&store.segments[0], record_slot, &next), 0);
    CU_ASSERT_EQUAL(tern_view_update(&store.rank.view, 3, keys, deltas, NULL, 0, 0), 0);
    CU_ASSERT_EQUAL(tern_segment_take_dirty(&store.segments[0], record_slot, &next), 2);
    CU_ASSERT(slots[0] == 3 && slots[1] == 130);
    CU_ASSERT_EQUAL(tern_segment_take_dirty(&store.segments[0], record_slot, &next), 0);
    store_destroy(&store);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(pages_appear_only_for_committed_slots),
        FACT(no_slab_goes_beyond_the_ledger),
        FACT(committing_twice_is_entered_once),
        FACT(a_mark_is_taken_once_and_in_order),
    };

    return facts_run("store/segment", facts, sizeof(facts) / sizeof(facts[0]));
}
