/** \file
 * Arcs: a circle of 64-bit positions, cut into arcs that each have an owner's number.
 *
 * An arc reaches from the cut before it, exclusively, to its own cut, inclusively; positions behind the last cut
 * belong to the first. The circle is divided into about twice as many equal boxes as there are cuts, and each box
 * knows the first cut that is not before it, so that finding an owner takes two loads from small tables and, on
 * average, one and a half comparisons.
 */
#ifndef TERN_BASE_ARCS_H
#define TERN_BASE_ARCS_H

#include "base/log.h"

typedef struct tern_arc {
    uint64_t cut; /* its last position */
    uint32_t owner;
} tern_arc_t;

typedef struct tern_arcs {
    tern_arc_t *
        arcs; /* [num_arcs + 1]; cuts rise; the last one ends the circle and is the first arc's */
    uint32_t *boxes; /* [2^(64 - shift)]: the first arc whose cut is not before the box */
    uint32_t  num_arcs;
    unsigned  shift;
} tern_arcs_t;

/** The cuts may come in any order; of equal ones the smaller owner's counts. At least one.
 * TERN_ERR_NO_MEMORY. */
TERN_CHECK_RESULT tern_status_t tern_arcs_init(tern_arcs_t *arcs, uint32_t num_arcs,
                                               const tern_arc_t  cuts[],
                                               tern_log_folder_t module);
void tern_arcs_fini(tern_arcs_t *arcs, tern_log_folder_t module);

static inline uint32_t tern_arcs_owner(const tern_arcs_t *arcs, uint64_t position)
{
    const tern_arc_t *arc = &arcs->arcs[arcs->boxes[position >> arcs->shift]];

    while (arc->cut < position)
        arc++;
    return arc->owner;
}

#endif
