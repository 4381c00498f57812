#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/affine.h"

static size_t offset_of(int table, tern_key_t key)
{
    return (size_t)(key - table_descs[table].keys.first) * table_descs[table].width;
}

static size_t num_values(int table)
{
    return offset_of(table, table_descs[table].keys.end);
}

void model_init(model_t *model)
{
    for (int table = 0; table < NUM_TABLES; table++) {
        double *values = calloc(num_values(table), sizeof(double));
        double *state  = calloc(num_values(table), sizeof(double));

        for (size_t i = 0; i < num_values(table); i++)
            values[i] = table_descs[table].init.a; /* zero or constant */
        model->tables[table] = (model_table_t){values, state};
    }
}

void model_fini(model_t *model)
{
    for (int table = 0; table < NUM_TABLES; table++) {
        free(model->tables[table].values);
        free(model->tables[table].state);
    }
}

static void push_value(const tern_table_desc_t *desc, double *value, double *state,
                       double delta)
{
    if (strcmp(desc->update, "add") == 0) {
        *value += delta;
    } else if (strcmp(desc->update, "assign") == 0) {
        *value = delta;
    } else if (strcmp(desc->update, "affine") == 0) {
        affine_step(value, state, delta);
    } else { /* adagrad */
        *state += delta * delta;
        *value -= desc->update_options.rate * delta /
                  (sqrt(*state) + desc->update_options.epsilon);
    }
}

void model_apply(model_t *model, const operation_t *operation)
{
    const tern_table_desc_t *desc  = &table_descs[operation->table];
    model_table_t           *table = &model->tables[operation->table];

    if (!operation_changes(operation))
        return;
    for (size_t i = 0; i < operation->num_keys; i++)
        for (uint32_t j = 0; j < desc->width; j++) {
            size_t at    = offset_of(operation->table, operation->keys[i]) + j;
            double given = operation->values[i * desc->width + j];

            if (operation->kind == OPERATION_SET) {
                table->values[at] = given;
                table->state[at]  = 0;
            } else {
                push_value(desc, &table->values[at], &table->state[at], given);
            }
        }
}

const double *model_row(const model_t *model, int table, tern_key_t key)
{
    return model->tables[table].values + offset_of(table, key);
}
