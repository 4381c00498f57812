/** \file
 * Add: w := w + g. Counts, sufficient statistics, and gradients that the worker has scaled itself.
 */
#include "base/add.h"
#include "update/rules.h"

static void add_apply(const tern_row_view_t *row, const void *delta, const void *context)
{
    (void)context;
    tern_add(row->type, row->width, row->value, delta);
}

const tern_update_t tern_update_add = {
    .name        = "add",
    .is_additive = true,
    .apply       = add_apply,
};
