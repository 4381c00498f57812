/** \file
 * CUnit keeps the record of failed assertions and survives fatal ones; the output is ours.
 */
#include "facts.h"

static CU_pSuite   current_suite;
static const char *skip_reason;

void facts_skip(const char *reason)
{
    skip_reason = reason;
}

const char *facts_skip_reason(void)
{
    return skip_reason;
}

bool facts_begin(const char *suite, const fact_t facts[], size_t num_facts)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return false;
    current_suite = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; current_suite && i < num_facts; i++)
        if (!CU_add_test(current_suite, facts[i].name, facts[i].prove))
            return false;
    return current_suite != NULL;
}

unsigned facts_prove(size_t index)
{
    skip_reason = NULL;
    CU_run_test(current_suite, CU_get_test_at_pos(current_suite, (unsigned)index + 1));
    return CU_get_number_of_failures();
}

void facts_print_failures(FILE *stream, const char *prefix)
{
    for (CU_pFailureRecord record = CU_get_failure_list(); record; record = record->pNext)
        fprintf(stream, "%s%s:%u %s\n", prefix, record->strFileName, record->uiLineNumber,
                record->strCondition);
    fflush(stream);
}

void facts_print_result(size_t number, unsigned num_failed, const char *name,
                        const char *reason)
{
    printf("%s %zu - %s", num_failed ? "not ok" : "ok", number, name);
    if (reason && num_failed == 0)
        printf(" # SKIP %s", reason);
    printf("\n");
    fflush(stdout); /* a crash in the next fact must not take this line along */
}

void facts_end(void)
{
    CU_cleanup_registry();
}

int facts_run(const char *suite, const fact_t facts[], size_t num_facts)
{
    bool has_failed = false;

    if (!facts_begin(suite, facts, num_facts)) {
        printf("Bail out! %s: %s\n", suite, CU_get_error_msg());
        return 1;
    }
    printf("1..%zu\n", num_facts);
    for (size_t i = 0; i < num_facts; i++) {
        unsigned num_failed = facts_prove(i);

        facts_print_result(i + 1, num_failed, facts[i].name, skip_reason);
        facts_print_failures(stdout, "# ");
        has_failed |= num_failed > 0;
    }
    facts_end();
    return has_failed ? 1 : 0;
}
