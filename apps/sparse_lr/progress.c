/** \file
 * What a pass came to, see progress.h.
 */
#include "progress.h"

#include "memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lr_records_add(lr_records_t *records, const lr_record_t *record)
{
    if (records->num == records->capacity) {
        records->capacity = 2 * records->capacity + 16;
        records->items =
            app_resize(records->items, records->capacity, sizeof(*records->items));
    }
    records->items[records->num++] = *record;
}

void lr_records_fini(lr_records_t *records)
{
    free(records->items);
    *records = (lr_records_t){0};
}

double lr_record_idle_share(const lr_record_t *record, const lr_record_t *before)
{
    double waited = record->columns[LR_WAIT_SECONDS];
    double worked = record->columns[LR_COMPUTE_SECONDS];

    if (before != NULL) {
        waited -= before->columns[LR_WAIT_SECONDS];
        worked -= before->columns[LR_COMPUTE_SECONDS];
    }
    return waited + worked > 0 ? waited / (waited + worked) : 0;
}

tern_status_t lr_progress_create(tern_runtime_t *runtime, size_t num_passes,
                                 bool is_ordered, tern_table_t **table_p)
{
    const tern_table_desc_t desc = {
        .name    = "progress",
        .keys    = {0, num_passes},
        .width   = LR_NUM_COLUMNS,
        .type    = TERN_FLOAT64,
        .policy  = "aggregate",
        .ordered = is_ordered,
    };

    return tern_table_create(runtime, &desc, table_p);
}

static void write_record(FILE *file, const lr_record_t *record, const lr_record_t *before)
{
    fprintf(file, "%zu,%.0f,%.6f,%.12g,%.6f", record->pass, record->iterations,
            record->columns[LR_SECONDS], record->objective,
            lr_record_idle_share(record, before));
    for (int i = 0; i < LR_NUM_COLUMNS; i++)
        if (i != LR_SECONDS)
            fprintf(file, ",%.12g", record->columns[i]);
    fputc('\n', file);
}

tern_status_t lr_history_write(const char *path, const lr_records_t *records)
{
    FILE *file = fopen(path, "w");
    bool  failed;

    if (file == NULL) {
        fprintf(stderr, "tern-lr: %s: %s\n", path, strerror(errno));
        return TERN_ERR_IO;
    }
    fputs(
        "pass,iterations,seconds,objective,idle_share,loss,compute_seconds,wait_seconds,"
        "worker_bytes_sent,worker_bytes_received,push_key_bytes,push_row_bytes,push_wire_"
        "bytes,pull_key_bytes,"
        "pull_wire_bytes,answer_row_bytes,answer_wire_bytes,server_bytes_sent,"
        "server_bytes_received,sum_abs,nonzeros,filtered,features,violation,threshold,"
        "delay\n",
        file);
    for (size_t i = 0; i < records->num; i++)
        write_record(file, &records->items[i], i > 0 ? &records->items[i - 1] : NULL);
    failed = ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    if (!failed)
        return TERN_OK;
    fprintf(stderr, "tern-lr: %s: cannot be written\n", path);
    return TERN_ERR_IO;
}
