/** \file
 * Chains of one filter or more, and rows to send through them.
 */
#ifndef TERN_TESTS_CHAINS_H
#define TERN_TESTS_CHAINS_H

#include <stdlib.h>

#include "base/alloc.h"
#include "filter/chain.h"

/* A chain from its text; NULL if it is refused. */
static inline tern_chain_t *chain_of(const char *text, bool is_for_pulls,
                                     tern_type_t type, uint32_t width)
{
    tern_filter_registry_t *registry = NULL;
    tern_filter_shape_t     shape    = {.type = type, .width = width, .seed = 7};
    tern_chain_t           *chain    = NULL;

    if (tern_filter_registry_create(&registry) != TERN_OK)
        return NULL;
    if (tern_chain_create(registry, "table 't'", text, is_for_pulls, &shape, &chain) !=
        TERN_OK)
        chain = NULL;
    tern_filter_registry_destroy(&registry);
    return chain;
}

/* What a second chain, the receiver's, makes of what the first one sends, in `to`. */
static inline tern_status_t through(tern_chain_t *sender, tern_chain_t *receiver,
                                    size_t num_rows, const tern_key_t keys[],
                                    const void *rows, void *to, size_t *wire_bytes_p)
{
    size_t           bytes   = num_rows * tern_filter_row_bytes(&sender->rows.shape);
    tern_chain_use_t use     = {.is_exact = false};
    tern_traffic_t   traffic = {.num_messages = 0};
    tern_status_t    status =
        tern_chain_encode(sender, rows, bytes, num_rows, keys, &use, &traffic);
    size_t wire_bytes = tern_section_wire_bytes(&sender->rows);
    char  *wire       = malloc(wire_bytes + 1);

    tern_section_write(&sender->rows, wire + 1); /* at an odd address */
    if (status == TERN_OK)
        status = tern_chain_decode(receiver, wire + 1, wire_bytes, bytes, &use, &traffic);
    if (status == TERN_OK && bytes > 0)
        memcpy(to, receiver->rows.values, bytes);
    free(wire);
    if (wire_bytes_p != NULL)
        *wire_bytes_p = wire_bytes;
    return status;
}

#endif
