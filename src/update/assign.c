/** \file
 * Assign: w := g. The last push wins. Unlike tern_set() it is a push, so it keeps its place in a
 * rank's order of pushes and feeds whatever listens to updates.
 */
#include <string.h>

#include "update/rules.h"

static void assign_apply(const tern_row_view_t *row, const void *delta,
                         const void *context)
{
    (void)context;
    memcpy(row->value, delta, row->width * tern_type_bytes(row->type));
}

const tern_update_t tern_update_assign = {
    .name  = "assign",
    .apply = assign_apply,
};
