/** \file
 * Message buffers, pooled in power-of-two sizes and counted by reference, so that the steady state
 * allocates nothing: a request keeps its encoded message until it is acknowledged, the mailbox until
 * MPI has sent it.
 */
#ifndef TERN_COMM_BUFFER_H
#define TERN_COMM_BUFFER_H

#include "tern/types.h"

#define TERN_BUFFER_MIN_BITS 8u /* 256 B */
#define TERN_BUFFER_CLASSES  40u

/* A message is the bytes in the buffer and, if it is long, a tail that lies elsewhere: in a buffer of its own,
 * or in memory that somebody lends until the message has gone. */
typedef struct tern_buffer {
    struct tern_buffer *next; /* in the pool's free list */
    uint32_t            size_class, references;
    size_t              bytes; /* in use */
    size_t              capacity;
    void               *tail; /* NULL: none */
    size_t              tail_bytes;
    struct tern_buffer *tail_buffer; /* where the tail is; NULL: in lent memory */
    bool is_placed; /* received, with its tail where the receiver wants it */
    _Alignas(16) char data[];
} tern_buffer_t;

typedef struct tern_buffer_pool {
    tern_buffer_t *free[TERN_BUFFER_CLASSES];
    size_t         num_lent; /* buffers in use, for leak checks */
} tern_buffer_pool_t;

void tern_buffer_pool_init(tern_buffer_pool_t *pool);
void tern_buffer_pool_fini(tern_buffer_pool_t *pool);

/** One reference for the caller, no tail; NULL when memory is exhausted. */
tern_buffer_t *tern_buffer_get(tern_buffer_pool_t *pool, size_t bytes);
void           tern_buffer_keep(tern_buffer_t *buffer);

/** Hang `tail_buffer` on, whose reference goes to `buffer`. */
void tern_buffer_set_tail(tern_buffer_t *buffer, tern_buffer_t *tail_buffer);

/** Hang lent memory on. */
static inline void tern_buffer_lend_tail(tern_buffer_t *buffer, const void *memory,
                                         size_t bytes)
{
    buffer->tail       = (void *)(uintptr_t)memory;
    buffer->tail_bytes = bytes;
}

static inline size_t tern_buffer_total_bytes(const tern_buffer_t *buffer)
{
    return buffer->bytes + buffer->tail_bytes;
}

void tern_buffer_release(tern_buffer_pool_t *pool, tern_buffer_t *buffer);

#endif
