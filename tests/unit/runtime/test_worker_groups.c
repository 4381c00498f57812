/** \file
 * Splitting the workers into groups: what is read, what is refused.
 */
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "runtime/worker_groups.h"

#define MAX_WORKERS 16

/* The sizes as text, or "refused". */
static const char *sizes_of(const char *text, int num_workers)
{
    static char result[128];
    int         sizes[MAX_WORKERS], num = 0;

    if (tern_worker_groups_parse(text, num_workers, sizes, &num) != TERN_OK)
        return "refused";
    result[0] = '\0';
    for (int g = 0; g < num; g++)
        snprintf(result + strlen(result), sizeof result - strlen(result), "%s%d",
                 g > 0 ? " " : "", sizes[g]);
    return result;
}

static void without_sizes_there_is_one_group(void)
{
    CU_ASSERT_STRING_EQUAL(sizes_of(NULL, 5), "5");
    CU_ASSERT_STRING_EQUAL(sizes_of("", 1), "1");
}

static void sizes_are_read_in_order(void)
{
    CU_ASSERT_STRING_EQUAL(sizes_of("4", 4), "4");
    CU_ASSERT_STRING_EQUAL(sizes_of("1,3", 4), "1 3");
    CU_ASSERT_STRING_EQUAL(sizes_of("1,1,1,1", 4), "1 1 1 1");
}

static void sizes_that_do_not_add_up_are_refused(void)
{
    CU_ASSERT_STRING_EQUAL(sizes_of("2,1", 4), "refused");
    CU_ASSERT_STRING_EQUAL(sizes_of("2,3", 4), "refused");
    CU_ASSERT_STRING_EQUAL(sizes_of("1,1,1,1,1", 4), "refused");
    CU_ASSERT_STRING_EQUAL(sizes_of("99999999999999999999", 4), "refused");
}

static void what_is_no_list_of_sizes_is_refused(void)
{
    static const char *const bad[] = {"two", "2,",   ",2",   "2;2", "2,2x",
                                      "0,4", "-1,5", " 2,2", "2,,2"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_STRING_EQUAL(sizes_of(bad[i], 4), "refused");
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(without_sizes_there_is_one_group),
        FACT(sizes_are_read_in_order),
        FACT(sizes_that_do_not_add_up_are_refused),
        FACT(what_is_no_list_of_sizes_is_refused),
    };

    return facts_run("runtime/worker_groups", facts, sizeof facts / sizeof *facts);
}
