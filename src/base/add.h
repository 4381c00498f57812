/** \file
 * Adding values of a table's type, element by element.
 */
#ifndef TERN_BASE_ADD_H
#define TERN_BASE_ADD_H

#include "tern/types.h"

/* `sum` += `values`, [num] each. */
void tern_add(tern_type_t type, size_t num, void *sum, const void *values);

/* `sum` := `a` + `b`, [num] each: the sum is written once and not read. */
void tern_add_two(tern_type_t type, size_t num, void *sum, const void *a, const void *b);

#endif
