#include "comm/buffer.h"

#include <assert.h>

#include "base/alloc.h"

void tern_buffer_pool_init(tern_buffer_pool_t *pool)
{
    *pool = (tern_buffer_pool_t){.num_lent = 0};
}

void tern_buffer_pool_fini(tern_buffer_pool_t *pool)
{
    for (unsigned c = 0; c < TERN_BUFFER_CLASSES; c++)
        while (pool->free[c] != NULL) {
            tern_buffer_t *buffer = pool->free[c];

            pool->free[c] = buffer->next;
            tern_free(TERN_LOG_COMM, buffer);
        }
}

static unsigned size_class_of(size_t bytes)
{
    unsigned size_class = 0;

    while (((size_t)1 << (size_class + TERN_BUFFER_MIN_BITS)) < bytes)
        size_class++;
    return size_class;
}

tern_buffer_t *tern_buffer_get(tern_buffer_pool_t *pool, size_t bytes)
{
    unsigned       size_class = size_class_of(bytes);
    tern_buffer_t *buffer     = pool->free[size_class];

    if (buffer != NULL) {
        pool->free[size_class] = buffer->next;
    } else {
        size_t capacity = (size_t)1 << (size_class + TERN_BUFFER_MIN_BITS);

        buffer = tern_alloc(TERN_LOG_COMM, sizeof *buffer + capacity);
        if (buffer == NULL)
            return NULL;
        buffer->size_class = size_class;
        buffer->capacity   = capacity;
    }
    buffer->next        = NULL;
    buffer->references  = 1;
    buffer->bytes       = bytes;
    buffer->tail        = NULL;
    buffer->tail_bytes  = 0;
    buffer->tail_buffer = NULL;
    buffer->is_placed   = false;
    pool->num_lent++;
    return buffer;
}

void tern_buffer_keep(tern_buffer_t *buffer)
{
    buffer->references++;
}

void tern_buffer_set_tail(tern_buffer_t *buffer, tern_buffer_t *tail_buffer)
{
    assert(buffer->tail == NULL);
    buffer->tail        = tail_buffer->data;
    buffer->tail_bytes  = tail_buffer->bytes;
    buffer->tail_buffer = tail_buffer;
}

void tern_buffer_release(tern_buffer_pool_t *pool, tern_buffer_t *buffer)
{
    assert(buffer->references > 0);
    if (--buffer->references > 0)
        return;
    if (buffer->tail_buffer != NULL)
        tern_buffer_release(pool, buffer->tail_buffer);
    buffer->next                   = pool->free[buffer->size_class];
    pool->free[buffer->size_class] = buffer;
    pool->num_lent--;
}
