/** \file
 * What the servers do, see server.h.
 */
#include "server.h"

#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double value_of(const tern_row_view_t *row)
{
    return row->type == TERN_FLOAT64 ? *(const double *)row->value
                                     : (double)*(const float *)row->value;
}

void lr_server_apply(lr_server_t *server, tern_key_t key, const double delta[2],
                     double *value, double *trust)
{
    lr_weight_t weight = {*value, *trust > 0 ? *trust : LR_FIRST_TRUST};

    if (isnan(*value)) /* filtered: whoever does not know it yet learns it */
        return;
    if (!isfinite(delta[0]) || !isfinite(delta[1])) {
        server->is_broken  = true;
        server->broken_key = key;
        return;
    }
    if (lr_proximal_step(&server->proximal, delta[0], delta[1], &weight,
                         &server->violation)) {
        *value = weight.value;
        *trust = weight.trust;
    } else {
        *value = NAN;
    }
}

/* A tern_update_fn. */
static void apply(const tern_row_view_t *row, const void *delta, const void *context)
{
    lr_server_t *const *server = context;

    lr_server_apply(*server, row->key, delta, row->value, row->state);
}

/* A tern_visit_fn. */
static tern_verdict_t add_to_note(const tern_row_view_t *row, void *context)
{
    lr_pass_note_t *note  = context;
    double          value = value_of(row);

    note->num_rows++;
    note->num_filtered += isnan(value);
    note->num_nonzeros += value != 0 && !isnan(value);
    note->sum_abs += isnan(value) ? 0 : fabs(value);
    return TERN_ROW_UNCHANGED;
}

static tern_status_t end_pass(tern_invocation_t *invocation, void *context)
{
    lr_server_t    *server = context;
    lr_pass_note_t  note   = {.violation  = server->violation,
                              .is_broken  = server->is_broken,
                              .broken_key = server->broken_key,
                              .staleness  = tern_invocation_staleness(invocation)};
    tern_counters_t counters;

    server->violation = 0;
    tern_invocation_visit(invocation, tern_invocation_range(invocation), add_to_note,
                          &note);
    tern_get_counters(server->runtime, &counters);
    note.bytes_sent     = (double)counters.bytes_sent;
    note.bytes_received = (double)counters.bytes_received;
    return tern_invocation_answer(invocation, &note, sizeof(note));
}

static tern_status_t set(tern_invocation_t *invocation, void *context)
{
    lr_server_t *server = context;

    memcpy(&server->proximal, tern_invocation_args(invocation, NULL),
           sizeof(server->proximal));
    return TERN_OK;
}

/* A tern_visit_fn. */
static tern_verdict_t activate(const tern_row_view_t *row, void *context)
{
    double *value = row->value;

    (void)context;
    if (!isnan(*value))
        return TERN_ROW_UNCHANGED;
    *value = 0;
    return TERN_ROW_CHANGED;
}

static tern_status_t reset(tern_invocation_t *invocation, void *context)
{
    tern_invocation_visit(invocation, tern_invocation_range(invocation), activate,
                          context);
    return TERN_OK;
}

typedef struct nonzero {
    tern_key_t key;
    double     value;
} nonzero_t;

typedef struct collection {
    tern_invocation_t *invocation;
    tern_status_t      status;
} collection_t;

/* A tern_visit_fn. */
static tern_verdict_t collect_row(const tern_row_view_t *row, void *context)
{
    collection_t *collection = context;
    nonzero_t     nonzero    = {row->key, value_of(row)};

    if (collection->status == TERN_OK && nonzero.value != 0 && !isnan(nonzero.value))
        collection->status =
            tern_invocation_answer(collection->invocation, &nonzero, sizeof(nonzero));
    return TERN_ROW_UNCHANGED;
}

static tern_status_t collect(tern_invocation_t *invocation, void *context)
{
    collection_t collection = {invocation, TERN_OK};

    (void)context;
    tern_invocation_visit(invocation, tern_invocation_range(invocation), collect_row,
                          &collection);
    return collection.status;
}

tern_status_t lr_server_register(lr_server_t *server, tern_runtime_t *runtime,
                                 const lr_proximal_t *proximal)
{
    const tern_function_t functions[] = {{"lr-end-pass", end_pass, server},
                                         {"lr-set", set, server},
                                         {"lr-reset", reset, server},
                                         {"lr-collect", collect, server}};
    tern_status_t         status      = TERN_OK;

    *server      = (lr_server_t){.runtime = runtime, .proximal = *proximal};
    server->self = server;
    for (size_t i = 0; i < 4 && status == TERN_OK; i++)
        status = tern_function_register(runtime, &functions[i]);
    if (status != TERN_OK)
        return status;
    return tern_update_register(runtime, &(tern_update_t){.name        = LR_PROXIMAL_RULE,
                                                          .state_extra = 1,
                                                          .apply       = apply,
                                                          .context     = &server->self});
}

static tern_status_t call(tern_table_t *weights, const char *name, const void *args,
                          size_t args_bytes, tern_reply_t **reply_p)
{
    return tern_call(weights, tern_table_keys(weights), name, args, args_bytes, reply_p,
                     NULL);
}

static void merge(lr_pass_note_t *all, const lr_pass_note_t *one)
{
    all->sum_abs += one->sum_abs;
    all->num_nonzeros += one->num_nonzeros;
    all->num_filtered += one->num_filtered;
    all->num_rows += one->num_rows;
    all->violation = fmax(all->violation, one->violation);
    all->bytes_sent += one->bytes_sent;
    all->bytes_received += one->bytes_received;
    tern_staleness_add(&all->staleness, &one->staleness);
    if (one->is_broken) {
        all->is_broken  = 1;
        all->broken_key = one->broken_key;
    }
}

tern_status_t lr_server_end_pass(tern_table_t *weights, lr_pass_note_t *note)
{
    tern_reply_t *reply  = NULL;
    tern_status_t status = call(weights, "lr-end-pass", NULL, 0, &reply);

    *note = (lr_pass_note_t){.num_rows = 0};
    for (uint32_t i = 0; status == TERN_OK && i < tern_reply_num_servers(reply); i++)
        merge(note, tern_reply_bytes(reply, i, NULL));
    tern_reply_destroy(&reply);
    if (status != TERN_OK || !note->is_broken)
        return status;
    fprintf(stderr, "tern-lr: the gradient along feature %llu is not finite\n",
            (unsigned long long)note->broken_key);
    return TERN_ERR_FORMAT;
}

tern_status_t lr_server_set(tern_table_t *weights, const lr_proximal_t *proximal)
{
    return call(weights, "lr-set", proximal, sizeof(*proximal), NULL);
}

tern_status_t lr_server_reset(tern_table_t *weights)
{
    return call(weights, "lr-reset", NULL, 0, NULL);
}

static int by_key(const void *a, const void *b)
{
    const nonzero_t *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

/* One list of what all servers answered. */
static nonzero_t *join(const tern_reply_t *reply, size_t *num_p)
{
    size_t     bytes = 0, total = 0;
    nonzero_t *list = NULL;

    for (uint32_t i = 0; i < tern_reply_num_servers(reply); i++) {
        tern_reply_bytes(reply, i, &bytes);
        total += bytes;
    }
    list  = APP_NEW(nonzero_t, total / sizeof(*list) + 1);
    total = 0;
    for (uint32_t i = 0; i < tern_reply_num_servers(reply); i++) {
        const void *answer = tern_reply_bytes(reply, i, &bytes);

        if (bytes > 0)
            memcpy((char *)list + total, answer, bytes);
        total += bytes;
    }
    *num_p = total / sizeof(*list);
    qsort(list, *num_p, sizeof(*list), by_key);
    return list;
}

tern_status_t lr_server_collect(tern_table_t *weights, lr_entries_t *entries)
{
    tern_reply_t *reply  = NULL;
    tern_status_t status = call(weights, "lr-collect", NULL, 0, &reply);
    nonzero_t    *list   = NULL;

    *entries = (lr_entries_t){.num = 0};
    if (status == TERN_OK) {
        list            = join(reply, &entries->num);
        entries->keys   = APP_NEW(tern_key_t, entries->num);
        entries->values = APP_NEW(double, entries->num);
        for (size_t i = 0; i < entries->num; i++) {
            entries->keys[i]   = list[i].key;
            entries->values[i] = list[i].value;
        }
    }
    free(list);
    tern_reply_destroy(&reply);
    return status;
}

void lr_entries_fini(lr_entries_t *entries)
{
    free(entries->keys);
    free(entries->values);
    *entries = (lr_entries_t){0};
}
