/** \file
 * Examples: a label and the features that are there, row after row.
 */
#ifndef LR_EXAMPLES_H
#define LR_EXAMPLES_H

#include "tern/types.h"

/* Zero-initialise it. */
typedef struct lr_examples {
    size_t      num;
    size_t      num_positive;
    size_t      num_entries;
    int8_t     *labels; /* [num] +1 or -1 */
    size_t     *ends;   /* [num] entries up to and with this example */
    tern_key_t *keys;   /* [num_entries] ascending within an example */
    float      *values; /* [num_entries] finite, not 0 */
    size_t      capacity, entry_capacity;
} lr_examples_t;

/* Add an entry to the example that comes next, then the example itself. */
void lr_examples_add_entry(lr_examples_t *examples, tern_key_t key, float value);
void lr_examples_add_label(lr_examples_t *examples, int label);

/* Sort the entries of the example that comes next by key.
 * Returns false if a key repeats, then *key_p is the lowest that does. */
bool lr_examples_sort_entries(lr_examples_t *examples, tern_key_t *key_p);

/* Let keys of the example that comes next be there once, with the value of the first. */
void lr_examples_merge_entries(lr_examples_t *examples);

void lr_examples_fini(lr_examples_t *examples);

/* First entry of an example; the next one's is its end. */
static inline size_t lr_examples_first(const lr_examples_t *examples, size_t example)
{
    return example == 0 ? 0 : examples->ends[example - 1];
}

#endif
