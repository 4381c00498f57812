/** \file
 * Footprint: what a row of a table takes in a node's memory, and for what.
 */
#ifndef TERN_RUNTIME_FOOTPRINT_H
#define TERN_RUNTIME_FOOTPRINT_H

#include "table/table.h"

typedef struct tern_footprint {
    const char *name;
    uint64_t    num_rows;
    uint32_t    values, state; /* bytes */
    uint32_t    header;        /* word, key, columns, and what aligns values and stride */
    double      index;         /* word of a paged index and mark of the dirty bitmap */
    uint64_t    num_replicas;  /* that this rank's node may have of other nodes' rows */
    uint32_t    replica;       /* bytes of each: header, base, delta, index word */
} tern_footprint_t;

tern_footprint_t tern_footprint_of(const tern_table_t *table);

static inline double tern_footprint_bytes(const tern_footprint_t *footprint)
{
    return (double)(footprint->values + footprint->state + footprint->header) +
           footprint->index;
}

#endif
