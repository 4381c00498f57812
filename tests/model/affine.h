/** \file
 * The update rule "affine", for the library and the models alike: value := (3 value + delta + state) mod 1021, state :=
 * state + 1 mod 1021. Exact on integers, and any lost, doubled or swapped push shows.
 */
#ifndef TERN_TESTS_AFFINE_H
#define TERN_TESTS_AFFINE_H

#include "tern/tern.h"

extern const tern_update_t affine_rule;

void affine_step(double *value, double *state, double delta);

#endif
