#include "base/arcs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static int compare(const void *left, const void *right)
{
    const tern_arc_t *a = left, *b = right;

    if (a->cut != b->cut)
        return a->cut < b->cut ? -1 : 1;
    return a->owner < b->owner ? -1 : a->owner > b->owner;
}

/* The first arc whose cut is not before each box. */
static void fill_boxes(tern_arcs_t *arcs)
{
    uint64_t num_boxes = UINT64_C(1) << (64 - arcs->shift);
    uint32_t arc       = 0;

    for (uint64_t box = 0; box < num_boxes; box++) {
        while (arcs->arcs[arc].cut < box << arcs->shift)
            arc++;
        arcs->boxes[box] = arc;
    }
}

tern_status_t tern_arcs_init(tern_arcs_t *arcs, uint32_t num_arcs,
                             const tern_arc_t cuts[], tern_log_folder_t module)
{
    unsigned bits = 1;

    assert(num_arcs > 0);

    while (bits < 31 && UINT32_C(1) << bits < 2 * (uint64_t)num_arcs)
        bits++;
    arcs->num_arcs = num_arcs;
    arcs->shift    = 64 - bits;
    arcs->arcs     = tern_alloc(module, ((size_t)num_arcs + 1) * sizeof *arcs->arcs);
    arcs->boxes    = tern_alloc(module, ((size_t)1 << bits) * sizeof *arcs->boxes);
    if (arcs->arcs == NULL || arcs->boxes == NULL) {
        tern_arcs_fini(arcs, module);
        return TERN_ERR_NO_MEMORY;
    }
    memcpy(arcs->arcs, cuts, num_arcs * sizeof *cuts);
    qsort(arcs->arcs, num_arcs, sizeof *arcs->arcs, compare);
    arcs->arcs[num_arcs] = (tern_arc_t){UINT64_MAX, arcs->arcs[0].owner};
    fill_boxes(arcs);
    return TERN_OK;
}

void tern_arcs_fini(tern_arcs_t *arcs, tern_log_folder_t module)
{
    tern_free(module, arcs->boxes);
    tern_free(module, arcs->arcs);
    *arcs = (tern_arcs_t){0};
}
