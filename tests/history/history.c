#include "history/history.h"

#include <inttypes.h>
#include <stdlib.h>

void history_fini(history_t *history)
{
    free(history->ops);
    *history = (history_t){.ops = NULL};
}

size_t history_add(history_t *history, const history_op_t *op)
{
    if (history->num_ops == history->capacity) {
        history->capacity = history->capacity ? 2 * history->capacity : 64;
        history->ops = realloc(history->ops, history->capacity * sizeof *history->ops);
        if (history->ops == NULL)
            abort();
    }
    history->ops[history->num_ops] = *op;
    return history->num_ops++;
}

void history_add_key(history_t *history, const history_t *from, uint64_t key)
{
    for (size_t i = 0; i < from->num_ops; i++)
        if (from->ops[i].key == key)
            history_add(history, &from->ops[i]);
}

uint64_t history_pushes(const history_t *history, uint64_t key)
{
    uint64_t all = 0;

    for (size_t i = 0; i < history->num_ops; i++)
        if (history->ops[i].kind == HISTORY_PUSH && history->ops[i].key == key)
            all |= history->ops[i].set;
    return all;
}

void history_op_print(const history_op_t *op, FILE *stream)
{
    fprintf(stream, "worker %" PRIu32 " #%" PRIu32 " %s key %" PRIu64 ":", op->worker,
            op->sequence, op->kind == HISTORY_PUSH ? "pushes to" : "reads", op->key);
    for (int bit = 0; bit < 64; bit++)
        if (op->set >> bit & 1)
            fprintf(stream, " %d", bit);
    if (op->set == 0)
        fprintf(stream, " nothing");
}
