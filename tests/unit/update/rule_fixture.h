/** \file
 * Hold an update rule against a reference in plain double precision.
 *
 * The reference is the formula of the rule's paper, one column at a time, written down a second time
 * without regard to speed. Both see the same pushes, in both value types, at widths that leave every kind of
 * rest behind a vector; guards around the row show that nothing else is touched.
 */
#ifndef TERN_TESTS_RULE_FIXTURE_H
#define TERN_TESTS_RULE_FIXTURE_H

#include <math.h>

#include "support/facts.h"
#include "tern/random.h"
#include "update/registry.h"
#include "update/rules.h"

enum { MAX_WIDTH = 200, MAX_STATE = 2 * MAX_WIDTH + 1, NUM_GUARDS = 16, NUM_STEPS = 6 };

/* Change w [width] and state by push `g` [width]. */
typedef void reference_fn(uint32_t width, double w[], double state[], const double g[],
                          const tern_update_options_t *options);

/* A row of either type between guards, kept so that the rule sees no more alignment than it may expect. */
typedef struct guarded {
    tern_type_t type;
    size_t      num_values;
    union {
        float  f32[MAX_STATE + 2 * NUM_GUARDS];
        double f64[MAX_STATE + 2 * NUM_GUARDS];
    } memory;
} guarded_t;

static double guarded_at(const guarded_t *guarded, long index)
{
    return guarded->type == TERN_FLOAT32 ? guarded->memory.f32[NUM_GUARDS + index]
                                         : guarded->memory.f64[NUM_GUARDS + index];
}

static void guarded_put(guarded_t *guarded, long index, double value)
{
    if (guarded->type == TERN_FLOAT32)
        guarded->memory.f32[NUM_GUARDS + index] = (float)value;
    else
        guarded->memory.f64[NUM_GUARDS + index] = value;
}

static void *guarded_row(guarded_t *guarded)
{
    return guarded->type == TERN_FLOAT32 ? (void *)&guarded->memory.f32[NUM_GUARDS]
                                         : (void *)&guarded->memory.f64[NUM_GUARDS];
}

static void guarded_init(guarded_t *guarded, tern_type_t type, size_t num_values)
{
    guarded->type       = type;
    guarded->num_values = num_values;
    for (long i = 0; i < (long)num_values; i++)
        guarded_put(guarded, i, 0);
    for (long i = 0; i < NUM_GUARDS; i++) {
        guarded_put(guarded, -1 - i, 12345);
        guarded_put(guarded, (long)num_values + i, 12345);
    }
}

static bool guards_are_whole(const guarded_t *guarded)
{
    for (long i = 0; i < NUM_GUARDS; i++)
        if (guarded_at(guarded, -1 - i) != 12345 ||
            guarded_at(guarded, (long)guarded->num_values + i) != 12345)
            return false;
    return true;
}

static bool is_close(double value, double expected, tern_type_t type)
{
    double tolerance = type == TERN_FLOAT32 ? 3e-5 : 1e-11;

    return fabs(value - expected) <= tolerance * (1 + fabs(expected));
}

/* Push the same random rows through rule and reference; true if they never part. */
static bool follows_reference(const tern_update_t         *rule,
                              const tern_update_options_t *options,
                              reference_fn *reference, tern_type_t type, uint32_t width)
{
    uint32_t  num_state = tern_update_state_width(rule, width);
    double    w[MAX_WIDTH], state[MAX_STATE] = {0}, g[MAX_WIDTH];
    guarded_t row_w, row_state, row_g;

    guarded_init(&row_w, type, width);
    guarded_init(&row_state, type, num_state);
    guarded_init(&row_g, type, width);
    for (uint32_t j = 0; j < width; j++) {
        guarded_put(&row_w, j, tern_random_normal(1, width, j));
        w[j] = guarded_at(&row_w, j);
    }
    for (uint32_t step = 0; step < NUM_STEPS; step++) {
        tern_row_view_t view = {
            .key   = 7,
            .width = width,
            .type  = type,
            .value = guarded_row(&row_w),
            .state = num_state ? guarded_row(&row_state) : NULL,
        };
        for (uint32_t j = 0; j < width; j++) {
            guarded_put(&row_g, j, tern_random_normal(2 + step, width, j));
            g[j] = guarded_at(&row_g, j);
        }
        rule->apply(&view, guarded_row(&row_g), options);
        reference(width, w, state, g, options);
        for (uint32_t j = 0; j < width; j++)
            if (!is_close(guarded_at(&row_w, j), w[j], type))
                return false;
        for (uint32_t j = 0; j < num_state; j++)
            if (!is_close(guarded_at(&row_state, j), state[j], type))
                return false;
    }
    return guards_are_whole(&row_w) && guards_are_whole(&row_state);
}

static void check_rule(const tern_update_t *rule, const tern_update_options_t *knobs,
                       reference_fn *reference)
{
    static const uint32_t widths[] = {1, 2, 3, 5, 8, 15, 16, 17, 33, 100, MAX_WIDTH};
    tern_update_options_t options  = tern_update_options_resolve(rule, knobs);

    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        CU_ASSERT(follows_reference(rule, &options, reference, TERN_FLOAT32, widths[i]));
        CU_ASSERT(follows_reference(rule, &options, reference, TERN_FLOAT64, widths[i]));
    }
}

#endif
