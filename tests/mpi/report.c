/** \file
 * Progress and results: what worker 0 says, and that nobody else speaks.
 *
 * run_mpi: ranks 1 4; nodes 0
 */
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "mpi_facts.h"
#include "session.h"

/* An epoch and results, as `settings` ask; returns what this rank printed, to be freed. */
static char *say(const char *const settings[], bool *is_speaker_p)
{
    session_t          session  = session_begin(settings);
    tern_report_t     *report   = NULL;
    const tern_field_t fields[] = {{.name = "mrr", .number = 0.25},
                                   {.name = "split", .text = "a \"b\""}};
    capture_t          capture;
    char              *text;

    *is_speaker_p = tern_worker(session.runtime) == 0;
    CU_ASSERT_EQUAL(
        tern_report_create(session.runtime, session.options, "rows", 100, &report),
        TERN_OK);
    capture_begin(&capture, stdout);
    tern_report_progress(report, 50, 1.5);
    tern_report_epoch(report, 3, 2.0, 1.5, 5000, 2, fields);
    tern_report_results(report, 2, fields);
    text = capture_end(&capture);
    tern_report_destroy(&report);
    session_end(&session);
    return text;
}

static void json_is_one_object_an_epoch_and_one_with_the_results(void)
{
    static const char *const json[] = {"json", "yes", NULL};
    bool                     is_speaker;
    char                    *text = say(json, &is_speaker);

    CU_ASSERT_STRING_EQUAL(
        text, !is_speaker
                  ? ""
                  : "{\"epoch\": 3, \"seconds\": 2, \"loss\": 1.5, \"rate\": 5000, "
                    "\"mrr\": 0.25, \"split\": \"a \\\"b\\\"\"}\n"
                    "{\"mrr\": 0.25, \"split\": \"a \\\"b\\\"\"}\n");
    free(text);
}

static void people_are_told_rate_loss_and_time_left(void)
{
    static const char *const often[] = {"progress-seconds", "1e-9", NULL};
    bool                     is_speaker;
    char                    *text = say(often, &is_speaker);

    if (!is_speaker)
        CU_ASSERT_STRING_EQUAL(text, "");
    if (is_speaker) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text, " 50.0 %"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "rows/s  loss 1.5  eta "));
        CU_ASSERT_PTR_NOT_NULL(
            strstr(text, "epoch   3  2.00 s  loss 1.5  5.00 k rows/s  mrr 0.25"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "results\n  mrr"));
    }
    free(text);
}

static void no_pace_means_no_progress_line(void)
{
    static const char *const never[] = {"progress-seconds", "0", NULL};
    bool                     is_speaker;
    char                    *text = say(never, &is_speaker);

    CU_ASSERT_PTR_NULL(strstr(text, "eta"));
    free(text);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(json_is_one_object_an_epoch_and_one_with_the_results),
        FACT(people_are_told_rate_loss_and_time_left),
        FACT(no_pace_means_no_progress_line),
    };

    return mpi_facts_run("mpi/report", facts, sizeof facts / sizeof *facts);
}
