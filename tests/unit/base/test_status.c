/* Statuses: words and exit codes. */
#include <string.h>

#include "facts.h"
#include "tern/types.h"

enum { FIRST = TERN_ERR_UNSUPPORTED, LAST = TERN_DONE };

static void every_status_has_words_of_its_own(void)
{
    const char *unknown = tern_status_string((tern_status_t)(FIRST - 1));

    for (int a = FIRST; a <= LAST; a++) {
        CU_ASSERT_STRING_NOT_EQUAL(tern_status_string((tern_status_t)a), unknown);
        for (int b = FIRST; b < a; b++)
            CU_ASSERT_STRING_NOT_EQUAL(tern_status_string((tern_status_t)a),
                                       tern_status_string((tern_status_t)b));
    }
}

static void exit_codes_tell_success_misuse_and_failure_apart(void)
{
    for (int status = FIRST; status < 0; status++)
        CU_ASSERT_EQUAL(tern_status_exit_code((tern_status_t)status),
                        status == TERN_ERR_USAGE ? 2 : 1);
    CU_ASSERT_EQUAL(tern_status_exit_code(TERN_OK), 0);
    CU_ASSERT_EQUAL(tern_status_exit_code(TERN_DONE), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(every_status_has_words_of_its_own),
        FACT(exit_codes_tell_success_misuse_and_failure_apart),
    };

    return facts_run("base/status", facts, sizeof(facts) / sizeof(facts[0]));
}
