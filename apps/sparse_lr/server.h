/** \file
 * What the servers do: the proximal step of a block's weights once the gradients of all workers are summed, and functions
 * over all weights.
 *
 * A row of the table of weights is {w} with {delta} as its state; w = NaN marks a weight of 0 that the KKT filter has
 * taken out, so that workers learn it from what they pull. What is pushed is {gradient, curvature}.
 */
#ifndef LR_SERVER_H
#define LR_SERVER_H

#include "proximal.h"
#include "tern/tern.h"

#define LR_PROXIMAL_RULE "lr-proximal"

/* Of one server. The rule's context. */
typedef struct lr_server {
    tern_runtime_t *runtime;
    lr_proximal_t   proximal;
    double          violation; /* largest of this pass */
    bool            is_broken; /* a sum was not finite */
    tern_key_t      broken_key;
    struct lr_server
        *self; /* rules see constants only; this points to what they may change */
} lr_server_t;

/* What a pass did, on one server or on all. */
typedef struct lr_pass_note {
    double           sum_abs; /* of weights */
    double           num_nonzeros, num_filtered, num_rows;
    double           violation;
    double           bytes_sent, bytes_received; /* by servers, so far */
    uint64_t         is_broken;
    tern_key_t       broken_key;
    tern_staleness_t staleness; /* so far */
} lr_pass_note_t;

/* Register rule and functions. On all ranks; `server` is borrowed until the runtime ends. */
tern_status_t lr_server_register(lr_server_t *server, tern_runtime_t *runtime,
                                 const lr_proximal_t *proximal);

/* The rule by itself. */
void lr_server_apply(lr_server_t *server, tern_key_t key, const double delta[2],
                     double *value, double *trust);

/* Called by one worker. The violation starts anew. \return TERN_ERR_FORMAT if a gradient was not finite, said to stderr. */
tern_status_t lr_server_end_pass(tern_table_t *weights, lr_pass_note_t *note);
tern_status_t lr_server_set(tern_table_t *weights, const lr_proximal_t *proximal);

/* Make all features active. */
tern_status_t lr_server_reset(tern_table_t *weights);

/* Weights that are not 0, in the order of their keys. */
typedef struct lr_entries {
    size_t      num;
    tern_key_t *keys;
    double     *values;
} lr_entries_t;

tern_status_t lr_server_collect(tern_table_t *weights, lr_entries_t *entries);
void          lr_entries_fini(lr_entries_t *entries);

#endif
