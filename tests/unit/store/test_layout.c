#include "facts.h"
#include "store/layout.h"
#include "tern/table.h"

static void a_plain_row_has_sixteen_bytes_of_header(void)
{
    tern_row_layout_t layout;

    tern_row_layout_init(&layout, 16, TERN_FLOAT32, 0, 0);
    CU_ASSERT_EQUAL(layout.value_offset, 16);
    CU_ASSERT_EQUAL(layout.stride, 80);
    CU_ASSERT_EQUAL(layout.version_offset, 0);
}

static void parts_of_a_row_do_not_overlap(void)
{
    for (uint32_t columns = 0; columns < 16; columns++)
        for (uint32_t width = 1; width <= 40; width++)
            for (int type = 0; type < 2; type++) {
                tern_row_layout_t layout;
                uint32_t          size = (uint32_t)tern_type_bytes((tern_type_t)type);

                tern_row_layout_init(&layout, width, (tern_type_t)type, 3, columns);
                CU_ASSERT(layout.value_offset % size == 0);
                CU_ASSERT(layout.significance_offset == 0 ||
                          layout.significance_offset + 4 <= layout.value_offset);
                CU_ASSERT(layout.origin_offset == 0 ||
                          layout.origin_offset + 16 <= layout.value_offset);
                CU_ASSERT(layout.value_offset + width * size == layout.state_offset);
                CU_ASSERT(layout.state_offset + 3 * size <= layout.stride);
                CU_ASSERT(layout.stride % 16 == 0);
            }
}

static void zeroed_memory_holds_no_row(void)
{
    uint64_t row[4] = {0};

    CU_ASSERT(tern_row_key((char *)row) == TERN_KEY_NONE);
    tern_row_set_key((char *)row, 0);
    CU_ASSERT(tern_row_key((char *)row) == 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_plain_row_has_sixteen_bytes_of_header),
        FACT(parts_of_a_row_do_not_overlap),
        FACT(zeroed_memory_holds_no_row),
    };

    return facts_run("store/layout", facts, sizeof(facts) / sizeof(facts[0]));
}
