#include "comm/buffer.h"

#include "base/alloc.h"
#include "facts.h"

static void buffers_are_reused(void)
{
    tern_buffer_pool_t pool;
    tern_buffer_t     *first, *second;

    tern_buffer_pool_init(&pool);
    first = tern_buffer_get(&pool, 1000);
    tern_buffer_release(&pool, first);
    second = tern_buffer_get(&pool, 900); /* the same class */
    CU_ASSERT_PTR_EQUAL(first, second);
    CU_ASSERT_EQUAL(second->bytes, 900);
    tern_buffer_release(&pool, second);
    CU_ASSERT_EQUAL(pool.num_lent, 0);
    tern_buffer_pool_fini(&pool);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_COMM), 0);
}

static void a_kept_buffer_outlives_one_release(void)
{
    tern_buffer_pool_t pool;
    tern_buffer_t     *kept, *other;

    tern_buffer_pool_init(&pool);
    kept = tern_buffer_get(&pool, 10);
    tern_buffer_keep(kept);
    tern_buffer_release(&pool, kept);
    other = tern_buffer_get(&pool, 10);
    CU_ASSERT_PTR_NOT_EQUAL(kept, other);
    tern_buffer_release(&pool, kept);
    tern_buffer_release(&pool, other);
    CU_ASSERT_EQUAL(pool.num_lent, 0);
    tern_buffer_pool_fini(&pool);
}

static void every_size_fits(void)
{
    tern_buffer_pool_t pool;

    tern_buffer_pool_init(&pool);
    for (size_t bytes = 1; bytes < (size_t)1 << 22; bytes = 3 * bytes + 1) {
        tern_buffer_t *buffer = tern_buffer_get(&pool, bytes);

        CU_ASSERT(buffer->capacity >= bytes);
        buffer->data[bytes - 1] = 'x';
        CU_ASSERT_EQUAL((uintptr_t)buffer->data % 16, 0);
        tern_buffer_release(&pool, buffer);
    }
    tern_buffer_pool_fini(&pool);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(buffers_are_reused),
        FACT(a_kept_buffer_outlives_one_release),
        FACT(every_size_fits),
    };

    return facts_run("comm/buffer", facts, sizeof facts / sizeof *facts);
}
