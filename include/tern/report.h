/** \file
 * What a training program tells its user: a progress line at a steady pace, or JSON.
 *
 * With `--json` each epoch prints one object {"epoch", "seconds", "loss", "rate"} plus the fields that
 * the program added, and the end one object with the results, all on standard output, one per line.
 * Without it, one line per `--progress-seconds` with rate, loss and time left. Only worker 0 prints.
 */
#ifndef TERN_REPORT_H
#define TERN_REPORT_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_report tern_report_t;

/** \param [in] unit  What the rate counts: "triples", "rows". Borrowed.
 * \param [in] work  Units in the whole run, for the time left. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_report_create(const tern_runtime_t *runtime,
                                                            const tern_options_t *options,
                                                            const char *unit, double work,
                                                            tern_report_t **report_p);
TERN_API void                            tern_report_destroy(tern_report_t **report_p);

/** `done` units of `work` are finished, the loss is now `loss`; prints when it is time. Cheap. */
TERN_API void tern_report_progress(tern_report_t *report, double done, double loss);

/** A named number or, if text is not NULL, a text. */
typedef struct tern_field {
    const char *name;
    double      number;
    const char *text;
} tern_field_t;

/** An epoch ended. `rate` is units per second of this epoch. */
TERN_API void tern_report_epoch(tern_report_t *report, int epoch, double seconds,
                                double loss, double rate, size_t num_fields,
                                const tern_field_t fields[]);

/** The results, as a two-column table or as the last JSON object. */
TERN_API void tern_report_results(tern_report_t *report, size_t num_fields,
                                  const tern_field_t fields[]);

#ifdef __cplusplus
}
#endif
#endif
