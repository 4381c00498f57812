/** \file
 * Present rows: rows of one known content go as a bit each, the others as they are.
 */
#ifndef TERN_FILTER_PRESENT_H
#define TERN_FILTER_PRESENT_H

#include "filter/filter.h"

/** True if the row need not go. `row` may lie at any address. */
typedef bool tern_absent_fn(const tern_filter_shape_t *shape, const char *row);

tern_status_t tern_present_encode(tern_section_t *section, tern_absent_fn *is_absent);

/** Rows that did not go become rows of `absent` throughout. */
tern_status_t tern_present_decode(tern_section_t *section, double absent);

#endif
