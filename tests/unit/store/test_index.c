#include <sys/mman.h>

#include "facts.h"
#include "store/index.h"
#include "store/pages.h"

static const tern_range_t keys = {500, 500 + 100 * TERN_INDEX_PAGE_KEYS + 7};

static tern_row_index_t *make_index(tern_ledger_t *ledger, uint64_t limit_bytes)
{
    void *memory = mmap(NULL, tern_row_index_bytes(keys), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CU_ASSERT_FATAL(memory != MAP_FAILED);
    tern_ledger_init(ledger, limit_bytes);
    tern_row_index_format(memory, keys);
    return memory;
}

static void free_index(tern_row_index_t *index)
{
    munmap(index, tern_row_index_bytes(keys));
}

static void keys_without_a_page_are_absent(void)
{
    tern_ledger_t     ledger;
    tern_row_index_t *index = make_index(&ledger, 1u << 30);

    for (tern_key_t key = keys.first; key < keys.end; key += 97)
        CU_ASSERT_EQUAL(tern_row_index_get(index, key), 0);
    CU_ASSERT_EQUAL(tern_row_index_num_pages(index), 0);
    CU_ASSERT_EQUAL(ledger.committed_bytes, 0);
    free_index(index);
}

static void only_touched_ranges_have_pages(void)
{
    tern_ledger_t     ledger;
    tern_row_index_t *index = make_index(&ledger, 1u << 30);
    uint32_t          word  = tern_index_word(TERN_ROW_OWNED, 77);

    CU_ASSERT(tern_row_index_put(index, keys.end - 1, word, &ledger) == TERN_OK);
    CU_ASSERT(tern_row_index_put(index, keys.first + 1, word, &ledger) == TERN_OK);
    CU_ASSERT(tern_row_index_put(index, keys.first + 2, word, &ledger) == TERN_OK);
    CU_ASSERT_EQUAL(tern_row_index_num_pages(index), 2);
    CU_ASSERT_EQUAL(tern_row_index_get(index, keys.end - 1), word);
    CU_ASSERT_EQUAL(tern_row_index_get(index, keys.first), 0);
    CU_ASSERT(ledger.committed_bytes <= 2 * tern_pages_bytes());
    free_index(index);
}

static void a_word_is_swapped_only_from_what_is_expected(void)
{
    tern_ledger_t     ledger;
    tern_row_index_t *index = make_index(&ledger, 1u << 30);
    uint32_t          owned = tern_index_word(TERN_ROW_OWNED, 5);

    CU_ASSERT(tern_row_index_put(index, 600, owned, &ledger) == TERN_OK);
    CU_ASSERT(!tern_row_index_swap(index, 600, owned + 1, 0));
    CU_ASSERT(
        tern_row_index_swap(index, 600, owned, tern_index_word(TERN_ROW_ARRIVING, 5)));
    CU_ASSERT(tern_index_state(tern_row_index_get(index, 600)) == TERN_ROW_ARRIVING);
    free_index(index);
}

static void filled_words_follow_each_other_until_one_changes(void)
{
    tern_ledger_t     ledger;
    tern_row_index_t *index = make_index(&ledger, 1u << 30);
    tern_range_t      some  = {keys.first + 900, keys.first + 5000};
    uint32_t          first = tern_index_word(TERN_ROW_OWNED, 10);
    tern_key_t        moved = keys.first + 3000;

    CU_ASSERT(tern_row_index_fill(index, some, first, &ledger) == TERN_OK);
    for (int round = 0; round < 2; round++) {
        CU_ASSERT_EQUAL(tern_row_index_get(index, some.first - 1), 0);
        CU_ASSERT_EQUAL(tern_row_index_get(index, some.end), 0);
        for (tern_key_t key = some.first; key < some.end; key++)
            CU_ASSERT(
                tern_row_index_get(index, key) ==
                (round == 1 && key == moved ? 0 : first + (uint32_t)(key - some.first)));
        CU_ASSERT(
            round == 1 ||
            tern_row_index_swap(index, moved, first + (uint32_t)(moved - some.first), 0));
    }
    free_index(index);
}

static void no_page_goes_beyond_the_ledger(void)
{
    tern_ledger_t     ledger;
    tern_row_index_t *index = make_index(&ledger, tern_pages_bytes());

    CU_ASSERT(tern_row_index_put(index, keys.first, 1, &ledger) == TERN_OK);
    CU_ASSERT(tern_row_index_put(index, keys.end - 1, 1, &ledger) == TERN_ERR_NO_MEMORY);
    CU_ASSERT_EQUAL(tern_row_index_get(index, keys.end - 1), 0);
    free_index(index);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(keys_without_a_page_are_absent),
        FACT(only_touched_ranges_have_pages),
        FACT(a_word_is_swapped_only_from_what_is_expected),
        FACT(filled_words_follow_each_other_until_one_changes),
        FACT(no_page_goes_beyond_the_ledger),
    };

    return facts_run("store/index", facts, sizeof(facts) / sizeof(facts[0]));
}
