/* Private memory: alignment, content, and who still holds what. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "capture.h"
#include "facts.h"

static bool is_aligned(const void *memory, uintptr_t alignment)
{
    return (uintptr_t)memory % alignment == 0;
}

static void blocks_are_counted_by_module(void)
{
    void *a = tern_alloc(TERN_LOG_KEYS, 10);
    void *b = tern_alloc_zeroed(TERN_LOG_KEYS, 5000);
    void *c = tern_strdup(TERN_LOG_STORE, "tern");

    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_KEYS), 2);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_STORE), 1);
    tern_free(TERN_LOG_KEYS, a);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_KEYS), 1);
    tern_free(TERN_LOG_KEYS, b);
    tern_free(TERN_LOG_STORE, c);
    tern_free(TERN_LOG_STORE, NULL);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_KEYS), 0);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_STORE), 0);
}

static void every_block_is_aligned_and_its_own(void)
{
    enum { NUM_BLOCKS = 200 };
    unsigned char *blocks[NUM_BLOCKS];

    for (size_t i = 0; i < NUM_BLOCKS; i++) {
        blocks[i] = tern_alloc(TERN_LOG_BASE, i * 37);
        CU_ASSERT_TRUE(is_aligned(blocks[i], i * 37 < 1024 ? 16 : 64));
        memset(blocks[i], (int)i, i * 37);
    }
    for (size_t i = 0; i < NUM_BLOCKS; i++) {
        for (size_t j = 0; j < i * 37; j++)
            CU_ASSERT_EQUAL(blocks[i][j], (unsigned char)i);
        tern_free(TERN_LOG_BASE, blocks[i]);
    }
}

static void zeroed_memory_is_zero(void)
{
    for (size_t bytes = 1; bytes < 100000; bytes = 3 * bytes + 1) {
        unsigned char *block = tern_alloc(TERN_LOG_BASE, bytes);
        size_t         sum   = 0;

        memset(block, 0xff, bytes);
        tern_free(TERN_LOG_BASE, block);
        block = tern_alloc_zeroed(TERN_LOG_BASE, bytes);
        for (size_t i = 0; i < bytes; i++)
            sum += block[i];
        CU_ASSERT_EQUAL(sum, 0);
        tern_free(TERN_LOG_BASE, block);
    }
}

static void growing_and_shrinking_keep_the_content(void)
{
    static const size_t sizes[] = {0, 1, 100, 1023, 1024, 70000, 900, 16};
    char               *block   = NULL;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t kept = i > 0 && sizes[i - 1] < sizes[i] ? sizes[i - 1] : sizes[i];

        block = tern_realloc(TERN_LOG_BASE, block, sizes[i]);
        for (size_t j = 0; i > 0 && j < kept; j++)
            CU_ASSERT_EQUAL(block[j], (char)(j * 7));
        for (size_t j = 0; j < sizes[i]; j++)
            block[j] = (char)(j * 7);
        CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_BASE), 1);
    }
    tern_free(TERN_LOG_BASE, block);
}

static void too_much_memory_is_refused_and_logged(void)
{
    volatile size_t too_much = SIZE_MAX - 10; /* the compiler would warn of a constant */
    capture_t       capture;
    char           *text;

    capture_begin(&capture, stderr);
    CU_ASSERT_PTR_NULL(tern_alloc(TERN_LOG_TABLE, too_much));
    CU_ASSERT_PTR_NULL(tern_alloc_zeroed(TERN_LOG_TABLE, too_much / 2));
    text = capture_end(&capture);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "table error: out of memory"));
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_TABLE), 0);
    free(text);
}

static void the_report_names_the_module_that_forgot(void)
{
    void     *forgotten = tern_alloc(TERN_LOG_CLIENT, 1);
    capture_t capture;
    char     *text;

    capture_begin(&capture, stderr);
    CU_ASSERT_EQUAL(tern_alloc_report(), 1);
    tern_free(TERN_LOG_CLIENT, forgotten);
    CU_ASSERT_EQUAL(tern_alloc_report(), 0);
    text = capture_end(&capture);
    CU_ASSERT_STRING_EQUAL(text, "client warn: 1 block of memory was not given back\n");
    free(text);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(blocks_are_counted_by_module),
        FACT(every_block_is_aligned_and_its_own),
        FACT(zeroed_memory_is_zero),
        FACT(growing_and_shrinking_keep_the_content),
        FACT(too_much_memory_is_refused_and_logged),
        FACT(the_report_names_the_module_that_forgot),
    };

    return facts_run("base/alloc", facts, sizeof(facts) / sizeof(facts[0]));
}
