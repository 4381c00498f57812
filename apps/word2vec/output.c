/** \file
 * Files at the end of a run, see output.h.
 */
#include "output.h"

#include "format.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct writer {
    tern_result_t *result;
    tern_status_t  status; /* of the first failure; later calls do nothing */
} writer_t;

static void put_vectors(writer_t *writer, const w2v_vectors_t *vectors)
{
    if (writer->status == TERN_OK)
        writer->status = tern_result_put_texts(writer->result, "/words", vectors->num,
                                               app_names_texts(vectors->names));
    if (writer->status == TERN_OK)
        writer->status = tern_result_add_matrix(writer->result, "/vectors", vectors->num,
                                                vectors->dim, TERN_FLOAT32);
    if (writer->status == TERN_OK)
        writer->status = tern_result_put_rows(writer->result, "/vectors", 0, vectors->num,
                                              vectors->values);
}

static void put_counts(writer_t *writer, const w2v_vocabulary_t *vocabulary)
{
    size_t          num     = w2v_vocabulary_size(vocabulary);
    const uint64_t *counts  = w2v_vocabulary_counts(vocabulary);
    double         *numbers = APP_NEW(double, num);

    for (size_t i = 0; i < num; i++)
        numbers[i] = (double)counts[i];
    if (writer->status == TERN_OK)
        writer->status = tern_result_put_numbers(writer->result, "/counts", num, numbers);
    free(numbers);
}

/* Column `column` of the history, whose records consist of doubles. */
static void put_column(writer_t *writer, const w2v_history_t *history, const char *path,
                       size_t column)
{
    double *numbers = APP_NEW(double, history->num);

    for (size_t i = 0; i < history->num; i++)
        numbers[i] = (&history->records[i].epoch)[column];
    if (writer->status == TERN_OK)
        writer->status =
            tern_result_put_numbers(writer->result, path, history->num, numbers);
    free(numbers);
}

static void put_results(writer_t *writer, const w2v_results_t *results)
{
    char path[128];

    for (size_t i = 0; i < results->num; i++) {
        snprintf(path, sizeof(path), "/results/%s", results->fields[i].name);
        if (writer->status == TERN_OK)
            writer->status =
                tern_result_put_number(writer->result, path, results->fields[i].number);
    }
}

static tern_status_t write_hdf5(const w2v_session_t *session,
                                const w2v_vectors_t *vectors,
                                const w2v_results_t *results)
{
    const w2v_history_t *history = &session->history;
    writer_t             writer  = {.result = NULL};

    writer.status = tern_result_create(session->settings.output, &writer.result);
    if (writer.status != TERN_OK)
        return writer.status;
    writer.status = tern_result_put_options(writer.result, session->options);
    put_vectors(&writer, vectors);
    put_counts(&writer, session->vocabulary);
    if (history->num > 0) {
        put_column(&writer, history, "/history/epoch", 0);
        put_column(&writer, history, "/history/seconds", 1);
        put_column(&writer, history, "/history/loss", 2);
        put_column(&writer, history, "/history/rate", 3);
        put_column(&writer, history, "/history/valid_auc", 4);
    }
    put_results(&writer, results);
    if (writer.status == TERN_OK)
        return tern_result_close(&writer.result);
    tern_result_abandon(&writer.result);
    return writer.status;
}

tern_status_t w2v_output_write(const w2v_session_t *session, const w2v_vectors_t *vectors,
                               const w2v_results_t *results, app_complaint_t *complaint)
{
    const w2v_settings_t *settings = &session->settings;
    tern_status_t         status   = TERN_OK;

    if (settings->vocabulary != NULL)
        status =
            w2v_vocabulary_save(session->vocabulary, settings->vocabulary, complaint);
    if (status == TERN_OK && settings->text != NULL)
        status = w2v_format_write(vectors, W2V_FORMAT_TEXT, settings->text, complaint);
    if (status == TERN_OK && settings->binary != NULL)
        status =
            w2v_format_write(vectors, W2V_FORMAT_BINARY, settings->binary, complaint);
    if (status == TERN_OK && settings->output != NULL)
        status = write_hdf5(session, vectors, results);
    return status;
}

tern_status_t w2v_output_print(const w2v_session_t *session, const w2v_results_t *results)
{
    tern_report_t *report = NULL;
    tern_status_t  status =
        tern_report_create(session->runtime, session->options, "words", 0, &report);

    if (status != TERN_OK)
        return status;
    tern_report_results(report, results->num, results->fields);
    tern_report_destroy(&report);
    return TERN_OK;
}
