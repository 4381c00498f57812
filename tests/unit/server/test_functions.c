/** \file
 * Functions by name: what is found, what is refused.
 */
#include <string.h>

#include "facts.h"
#include "server/functions.h"

static tern_status_t do_nothing(tern_invocation_t *invocation, void *context)
{
    (void)invocation;
    (void)context;
    return TERN_OK;
}

static tern_functions_t *create(void)
{
    tern_functions_t *functions = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_functions_create(&functions), TERN_OK);
    return functions;
}

static void a_registered_function_is_found_by_name(void)
{
    tern_functions_t *functions = create();
    int               one = 1, two = 2;

    CU_ASSERT_STRING_EQUAL(tern_functions_names(functions), "none");
    CU_ASSERT_EQUAL(
        tern_functions_add(functions, &(tern_function_t){"one", do_nothing, &one}),
        TERN_OK);
    CU_ASSERT_EQUAL(
        tern_functions_add(functions, &(tern_function_t){"two", do_nothing, &two}),
        TERN_OK);
    CU_ASSERT_PTR_EQUAL(tern_functions_find(functions, "one")->context, &one);
    CU_ASSERT_PTR_EQUAL(tern_functions_find(functions, "two")->context, &two);
    CU_ASSERT_PTR_NULL(tern_functions_find(functions, "three"));
    CU_ASSERT_STRING_EQUAL(tern_functions_names(functions), "one, two");
    tern_functions_destroy(&functions);
}

static void names_are_checked(void)
{
    static char       too_long[TERN_FUNCTION_NAME_BYTES + 2];
    tern_functions_t *functions = create();
    const struct {
        tern_function_t function;
        tern_status_t   status;
    } cases[] = {
        {{NULL, do_nothing, NULL}, TERN_ERR_ARG},
        {{"", do_nothing, NULL}, TERN_ERR_ARG},
        {{"f", NULL, NULL}, TERN_ERR_ARG},
        {{"tern.scan", do_nothing, NULL}, TERN_ERR_ARG},
        {{"tern.", do_nothing, NULL}, TERN_ERR_ARG},
        {{"ternary", do_nothing, NULL}, TERN_OK},
        {{too_long, do_nothing, NULL}, TERN_ERR_ARG},
        {{"f", do_nothing, NULL}, TERN_OK},
        {{"f", do_nothing, NULL}, TERN_ERR_ARG},
    };

    memset(too_long, 'x', sizeof too_long - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(tern_functions_add(functions, &cases[i].function),
                        cases[i].status);
    tern_functions_destroy(&functions);
}

static void names_of_the_library_are_for_the_library(void)
{
    tern_functions_t *functions = create();

    CU_ASSERT_EQUAL(
        tern_functions_add(functions, &(tern_function_t){"tern.own", do_nothing, NULL}),
        TERN_ERR_ARG);
    CU_ASSERT_PTR_NULL(tern_functions_find(functions, "tern.own"));
    CU_ASSERT_EQUAL(tern_functions_add_own(
                        functions, &(tern_function_t){"tern.own", do_nothing, NULL}),
                    TERN_OK);
    CU_ASSERT_PTR_NOT_NULL(tern_functions_find(functions, "tern.own"));
    tern_functions_destroy(&functions);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_registered_function_is_found_by_name),
        FACT(names_are_checked),
        FACT(names_of_the_library_are_for_the_library),
    };

    return facts_run("server/functions", facts, sizeof facts / sizeof *facts);
}
