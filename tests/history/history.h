/** \file
 * Histories: what workers did to keys and what they saw, one operation at a time.
 *
 * Every push adds a power of two of its own to its key, so that a sum is a set: whoever reads it sees which
 * pushes came before, and which did not. A row of float64 has room for 52 of them. Other histories need a search for
 * an order that explains them; these name it.
 */
#ifndef TERN_TESTS_HISTORY_H
#define TERN_TESTS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { HISTORY_MAX_PUSHES = 52 }; /* to a key */

typedef enum history_kind { HISTORY_PUSH, HISTORY_READ } history_kind_t;

typedef struct history_op {
    uint32_t worker, sequence; /* the worker's number of the operation: program order */
    history_kind_t kind;
    bool           is_final; /* a read when everything had come to rest */
    uint64_t       key;
    uint64_t       set;        /* push: its bit; read: the bits of the pushes it saw */
    uint64_t begin_ns, end_ns; /* of the call and its completion, by the host's clock */
} history_op_t;

typedef struct history {
    history_op_t *ops;
    size_t        num_ops, capacity;
} history_t;

void history_fini(history_t *history);

/* Append an operation; returns its index. */
size_t history_add(history_t *history, const history_op_t *op);

/* Append those operations of `from` that are on `key`. */
void history_add_key(history_t *history, const history_t *from, uint64_t key);

/* All pushes to a key, as one set. */
uint64_t history_pushes(const history_t *history, uint64_t key);

/* "worker 1 #3 reads key 7: 0 2 5". */
void history_op_print(const history_op_t *op, FILE *stream);

#endif
