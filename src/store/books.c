/** \file
 * Books of a change.
 */
#include "store/books.h"

#include <math.h>

#include "store/copy.h"

static float absolute_sum(const void *values, uint32_t width, tern_type_t type)
{
    double sum = 0.0;

    for (uint32_t j = 0; j < width; j++)
        sum += fabs(type == TERN_FLOAT64 ? ((const double *)values)[j]
                                         : (double)((const float *)values)[j]);
    return (float)sum;
}

static void raise_version(uint64_t *version)
{
    __atomic_store_n(version, __atomic_load_n(version, __ATOMIC_RELAXED) + 1,
                     __ATOMIC_RELEASE);
}

/* How much a set changes is unknown, so nothing is more significant. */
static void add_significance(char *column, const tern_row_layout_t *layout,
                             const tern_change_t *change)
{
    float sum;

    tern_copy_from_row(&sum, column, sizeof(sum));
    sum += change->kind == TERN_CHANGE_UPDATE
               ? absolute_sum(change->delta, layout->width, layout->type)
               : INFINITY;
    tern_copy_to_row(column, &sum, sizeof(sum));
}

void tern_books_enter(const tern_view_t *view, char *row, tern_change_t change)
{
    const tern_row_layout_t *layout   = &view->layout;
    tern_row_view_t          row_view = tern_row_view_of(view, row, change.key);

    if (layout->version_offset != 0)
        raise_version((uint64_t *)(row + layout->version_offset));
    if (layout->clock_offset != 0)
        __atomic_store_n((uint64_t *)(row + layout->clock_offset), view->clock,
                         __ATOMIC_RELEASE);
    if (layout->significance_offset != 0 && change.kind != TERN_CHANGE_REMOVE)
        add_significance(row + layout->significance_offset, layout, &change);
    if (view->change_hook.applied != NULL) {
        change.row = &row_view;
        view->change_hook.applied(&change, view->change_hook.context);
    }
}
