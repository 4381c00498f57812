/** \file
 * Keeping the books of a change: version and significance columns, and the change hook. Off the fast
 * path: called only where a table asked for a column or somebody listens.
 */
#ifndef TERN_STORE_BOOKS_H
#define TERN_STORE_BOOKS_H

#include "store/view.h"

/* The view of a row that rules and hooks get. */
static inline tern_row_view_t tern_row_view_of(const tern_view_t *view, char *row,
                                               tern_key_t key)
{
    const tern_row_layout_t *layout = &view->layout;

    return (tern_row_view_t){
        .key   = key,
        .width = layout->width,
        .type  = layout->type,
        .value = row + layout->value_offset,
        .state = layout->state_bytes == 0 ? NULL : row + layout->state_offset,
    };
}

/* The row under the caller's latch has changed; `change` lacks `row` only. */
void tern_books_enter(const tern_view_t *view, char *row, tern_change_t change);

#endif
