/** \file
 * The built-in rules, one file each. Their context is the table's resolved tern_update_options_t.
 *
 * Notation in all of them: w value, g pushed row. A rule that takes `l2` adds l2 * w to g first. Each
 * rule has one loop per value type, so that the compiler vectorises both; they differ in nothing else.
 */
#ifndef TERN_UPDATE_RULES_H
#define TERN_UPDATE_RULES_H

#include "tern/update.h"

extern const tern_update_t tern_update_assign, tern_update_add, tern_update_sgd,
    tern_update_momentum, tern_update_adagrad, tern_update_rowwise_adagrad,
    tern_update_adam, tern_update_ftrl;

#endif
