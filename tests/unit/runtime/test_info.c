/** \file
 * Every fact is told once, has a value, and tells what the headers promise.
 */
#include "tern/info.h"

#include "facts.h"

#include <string.h>

#define MAX_FACTS 64

#ifdef __SANITIZE_ADDRESS__
/* MPI's tool interface, which is asked for the transport, leaves leaks that are not ours to find. */
TERN_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

typedef struct told {
    size_t num;
    char   names[MAX_FACTS][32];
    size_t num_empty;
} told_t;

static void remember(const char *name, const char *value, void *context)
{
    told_t *told = context;

    CU_ASSERT_FATAL(told->num < MAX_FACTS);
    snprintf(told->names[told->num++], sizeof told->names[0], "%s", name);
    told->num_empty += value[0] == '\0';
}

static size_t position(const told_t *told, const char *name)
{
    size_t i = 0;

    while (i < told->num && strcmp(told->names[i], name) != 0)
        i++;
    return i;
}

static void every_fact_is_told_once_and_has_a_value(void)
{
    told_t told = {0};

    tern_info_visit(remember, &told);
    CU_ASSERT_EQUAL(told.num_empty, 0);
    for (size_t i = 0; i < told.num; i++)
        CU_ASSERT_EQUAL(position(&told, told.names[i]), i);
}

static void versions_rungs_and_limits_come_in_order(void)
{
    static const char *expected[] = {"tern",          "mpi",          "hwloc",
                                     "hdf5",          "configure",    "rung memory",
                                     "rung window",   "rung message", "transport",
                                     "shared memory", "machine"};
    told_t             told       = {0};

    tern_info_visit(remember, &told);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        CU_ASSERT(position(&told, expected[i]) < told.num);
        CU_ASSERT(i == 0 ||
                  position(&told, expected[i - 1]) < position(&told, expected[i]));
    }
}

static void the_version_has_three_numbers(void)
{
    int a, b, c, end = 0;

    CU_ASSERT_EQUAL(sscanf(tern_version(), "%d.%d.%d%n", &a, &b, &c, &end), 3);
    CU_ASSERT_EQUAL(tern_version()[end], '\0');
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(every_fact_is_told_once_and_has_a_value),
        FACT(versions_rungs_and_limits_come_in_order),
        FACT(the_version_has_three_numbers),
    };

    return facts_run("runtime/info", facts, sizeof facts / sizeof facts[0]);
}
