/** \file
 * The hot loop: the steps of a batch on the rows that its leases opened.
 *
 * For an input row v, a target row u and a label y (1: the positive, 0: a negative) the loss is
 * -log sigmoid(v u) or -log sigmoid(-v u), and a step of gradient descent with rate r is
 *
 *     g = r (y - sigmoid(v u));   e += g u;   u += g v;   after all targets of v: v += e
 *
 * Sigmoid and logarithm come from tables, as in word2vec.c.
 */
#ifndef W2V_KERNEL_H
#define W2V_KERNEL_H

#include "batch.h"

typedef struct w2v_kernel w2v_kernel_t;

w2v_kernel_t *w2v_kernel_create(size_t dim);
void          w2v_kernel_destroy(w2v_kernel_t **kernel_p);

/* Train with the given rate. Returns the sum of the losses before each step. */
double w2v_kernel_run(w2v_kernel_t *kernel, const w2v_batch_t *batch, float rate);

#endif
