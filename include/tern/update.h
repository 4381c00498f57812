/** \file
 * Update rules: how one pushed row changes one stored row.
 *
 * A rule runs where the row is: on the server for pushes that came by message, on the pushing rank
 * when the row lies in its node's shared memory. It always sees the raw pushed row (a gradient, for
 * the optimisers), never a pre-scaled one, so that server-side optimisers keep their meaning
 * (Li et al., OSDI 2014, section 3.4, "user-defined functions").
 */
#ifndef TERN_UPDATE_H
#define TERN_UPDATE_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A stored row, latched for the caller. Pointers are valid during the call only. */
typedef struct tern_row_view {
    tern_key_t  key;
    uint32_t    width;
    tern_type_t type;
    void       *value; /**< [width] of `type` */
    void *
        state; /**< [state_width] of `type`, zeroed when the row is created; NULL if none */
} tern_row_view_t;

/** Apply `delta` [width, of the row's type] to `row`.
 * Runs with the row's latch held: it must not call Tern, block, or keep pointers. */
typedef void tern_update_fn(const tern_row_view_t *row, const void *delta,
                            const void *context);

/** Knobs of the built-in rules; zero means the default in parentheses. */
typedef struct tern_update_options {
    double
        rate; /**< learning rate: sgd, momentum, adagrad, rowwise_adagrad, adam (0.01) */
    double momentum; /**< momentum (0.9) */
    double beta1;    /**< adam (0.9) */
    double beta2;    /**< adam (0.999) */
    double epsilon;  /**< adagrad, rowwise_adagrad (1e-10), adam (1e-8) */
    double alpha;    /**< ftrl (0.05) */
    double beta;     /**< ftrl (1.0) */
    double l1;       /**< ftrl (0) */
    double
        l2; /**< sgd, momentum, adagrad, rowwise_adagrad, adam: adds l2 * value to the gradient; ftrl: ridge term (0) */
} tern_update_options_t;

/** A rule. Built in: "assign", "add", "sgd", "momentum", "adagrad", "rowwise_adagrad", "adam",
 * "ftrl". Programs register more with tern_update_register(). */
typedef struct tern_update {
    const char *name;      /**< how table descriptions refer to it */
    uint32_t state_factor; /**< state columns per value column (adagrad 1, adam 2, ...) */
    uint32_t
         state_extra; /**< further state columns per row (rowwise_adagrad 1, adam 1) */
    bool is_additive; /**< apply(a) then apply(b) equals apply(a + b) */
    tern_update_fn *apply;
    const void *context; /**< borrowed until the runtime ends; built-in rules: NULL means
                                   * the table's tern_update_options_t is passed */
    bool takes_sums; /**< what is pushed are gradients: the sum of several is one, larger step. Replicas push
                      * such sums; implied where is_additive */
} tern_update_t;

#ifdef __cplusplus
}
#endif
#endif
