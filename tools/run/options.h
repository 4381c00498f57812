/** \file
 * The options that tern-run knows: its own, and those of mpirun that pass through.
 */
#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include <stdbool.h>

typedef struct run_option {
    const char *name;       /* without dashes */
    int         num_values; /* words that follow */
    bool        is_own;
} run_option_t;

extern const run_option_t run_options[]; /* ends with a NULL name */

/** NULL: unknown. */
const run_option_t *run_option_find(const char *name);

/** The name that `name` is likely to mean, NULL: none is near. */
const char *run_option_nearest(const char *name);

#endif
