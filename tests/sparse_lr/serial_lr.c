/** \file
 * The serial solver as a program: `serial_lr FILE SHARDS BLOCKS PASSES L1 KKT_RATIO MODEL` trains on a libsvm file and writes the model as
 * tern-lr does; prints the objective.
 */
#include "sparse_lr/model.h"
#include "sparse_lr/reader.h"
#include "support/lr_serial.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

static int by_key(const void *a, const void *b)
{
    tern_key_t x = *(const tern_key_t *)a, y = *(const tern_key_t *)b;

    return (x > y) - (x < y);
}

static tern_status_t write_model(const char *path, const serial_model_t *model)
{
    size_t        num     = 0;
    lr_entries_t  entries = {.keys   = APP_NEW(tern_key_t, model->features.num),
                             .values = APP_NEW(double, model->features.num)};
    tern_status_t status;

    for (size_t i = 0; i < model->features.num; i++)
        if (model->weights[i].value != 0)
            entries.keys[num++] = model->features.keys[i];
    qsort(entries.keys, num, sizeof(*entries.keys), by_key);
    for (size_t i = 0; i < num; i++)
        entries.values[i] =
            model->weights[lr_keymap_find(&model->features, entries.keys[i])].value;
    entries.num = num;
    status      = lr_model_write(path, &entries);
    lr_entries_fini(&entries);
    return status;
}

int main(int argc, char *argv[])
{
    lr_source_t       source = {.format = &lr_format_libsvm, .hash_bits = 64};
    serial_settings_t settings;
    serial_model_t    model;
    app_complaint_t   complaint;
    size_t            num_shards = 0;
    lr_examples_t    *shards     = NULL;
    tern_status_t     status     = TERN_OK;

    if (argc != 8)
        return 2;
    source.path = argv[1];
    num_shards  = strtoul(argv[2], NULL, 10);
    settings    = (serial_settings_t){.num_blocks = strtoul(argv[3], NULL, 10),
                                      .max_passes = strtoul(argv[4], NULL, 10),
                                      .seed       = 1,
                                      .l1         = strtod(argv[5], NULL),
                                      .eta        = 1,
                                      .epsilon    = 2e-5,
                                      .kkt_ratio  = strtod(argv[6], NULL)};
    shards      = APP_NEW(lr_examples_t, num_shards);
    for (size_t i = 0; i < num_shards && status == TERN_OK; i++)
        status = lr_read_part(&source, i, num_shards, &shards[i], &complaint);
    if (status != TERN_OK) {
        fprintf(stderr, "%s\n", complaint.text);
        return 1;
    }
    serial_solve(&settings, num_shards, shards, &model);
    printf("%.12g\n", model.objective);
    status = write_model(argv[7], &model);
    serial_fini(&model);
    return status == TERN_OK ? 0 : 1;
}
