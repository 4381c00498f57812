/** \file
 * Progress and results on standard output; logs go to standard error, so that the two can be told
 * apart. Only worker 0 prints; for the others every call returns at once.
 */
#include "tern/report.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/timer.h"
#include "runtime/json.h"
#include "runtime/units.h"
#include "tern/options.h"
#include "tern/runtime.h"

struct tern_report {
    const char *unit;
    double      work;
    bool        is_speaker; /* worker 0 */
    bool        is_json;
    uint64_t    pace_ns; /* between progress lines; 0: none */
    uint64_t    start_ns, last_ns;
    double      last_done; /* at last_ns */
};

tern_status_t tern_report_create(const tern_runtime_t *runtime,
                                 const tern_options_t *options, const char *unit,
                                 double work, tern_report_t **report_p)
{
    tern_report_t *report;
    uint64_t       now_ns = tern_timer_ns();

    if (!runtime || !options || !unit || !report_p) {
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR,
                 "a report needs a runtime, options, a unit and a place for the result");
        return TERN_ERR_ARG;
    }
    report = tern_alloc(TERN_LOG_RUNTIME, sizeof(*report));
    if (!report)
        return TERN_ERR_NO_MEMORY;
    *report = (tern_report_t){
        .unit       = unit,
        .work       = work,
        .is_speaker = tern_worker(runtime) == 0,
        .is_json    = tern_option_flag(options, "json"),
        .pace_ns    = (uint64_t)(tern_option_real(options, "progress-seconds") * 1e9),
        .start_ns   = now_ns,
        .last_ns    = now_ns,
    };
    *report_p = report;
    return TERN_OK;
}

void tern_report_destroy(tern_report_t **report_p)
{
    tern_free(TERN_LOG_RUNTIME, *report_p);
    *report_p = NULL;
}

void tern_report_progress(tern_report_t *report, double done, double loss)
{
    char     count[TERN_UNITS_BYTES], eta[TERN_UNITS_BYTES];
    uint64_t now_ns;
    double   rate;

    if (!report->is_speaker || report->is_json || report->pace_ns == 0)
        return;
    now_ns = tern_timer_ns();
    if (now_ns - report->last_ns < report->pace_ns)
        return;
    /* The rate is that of the last stretch; the time left is judged by the whole run, which is
     * steadier. */
    rate = (done - report->last_done) / (1e-9 * (double)(now_ns - report->last_ns));
    printf("%5.1f %%  %s %s/s  loss %.5g  eta %s\n", 100 * done / report->work,
           tern_units_count(rate, count), report->unit, loss,
           tern_units_clock(1e-9 * (double)(now_ns - report->start_ns) *
                                (report->work - done) / done,
                            eta));
    fflush(stdout);
    report->last_ns   = now_ns;
    report->last_done = done;
}

static void write_fields(tern_json_t *json, size_t num_fields,
                         const tern_field_t fields[])
{
    for (size_t i = 0; i < num_fields; i++)
        if (fields[i].text)
            tern_json_text(json, fields[i].name, fields[i].text);
        else
            tern_json_number(json, fields[i].name, fields[i].number);
}

static void end_line(tern_json_t *json)
{
    tern_json_end_object(json);
    fputc('\n', json->stream);
    fflush(json->stream);
}

static void write_epoch(int epoch, double seconds, double loss, double rate,
                        size_t num_fields, const tern_field_t fields[])
{
    tern_json_t json;

    tern_json_init(&json, stdout);
    tern_json_begin_object(&json, NULL);
    tern_json_number(&json, "epoch", epoch);
    tern_json_number(&json, "seconds", seconds);
    tern_json_number(&json, "loss", loss);
    tern_json_number(&json, "rate", rate);
    write_fields(&json, num_fields, fields);
    end_line(&json);
}

void tern_report_epoch(tern_report_t *report, int epoch, double seconds, double loss,
                       double rate, size_t num_fields, const tern_field_t fields[])
{
    char count[TERN_UNITS_BYTES];

    if (!report->is_speaker)
        return;
    if (report->is_json) {
        write_epoch(epoch, seconds, loss, rate, num_fields, fields);
        return;
    }
    printf("epoch %3d  %.2f s  loss %.5g  %s %s/s", epoch, seconds, loss,
           tern_units_count(rate, count), report->unit);
    for (size_t i = 0; i < num_fields; i++)
        if (fields[i].text)
            printf("  %s %s", fields[i].name, fields[i].text);
        else
            printf("  %s %.6g", fields[i].name, fields[i].number);
    printf("\n");
    fflush(stdout);
}

static void print_results(size_t num_fields, const tern_field_t fields[])
{
    printf("results\n");
    for (size_t i = 0; i < num_fields; i++)
        if (fields[i].text)
            printf("  %-24s %s\n", fields[i].name, fields[i].text);
        else
            printf("  %-24s %.6g\n", fields[i].name, fields[i].number);
    fflush(stdout);
}

void tern_report_results(tern_report_t *report, size_t num_fields,
                         const tern_field_t fields[])
{
    tern_json_t json;

    if (!report->is_speaker)
        return;
    if (!report->is_json) {
        print_results(num_fields, fields);
        return;
    }
    tern_json_init(&json, stdout);
    tern_json_begin_object(&json, NULL);
    write_fields(&json, num_fields, fields);
    end_line(&json);
}
