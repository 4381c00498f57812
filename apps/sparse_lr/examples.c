/** \file
 * Examples in growing arrays, see examples.h.
 */
#include "examples.h"

#include "memory.h"

#include <stdlib.h>

static size_t grown(size_t capacity)
{
    return capacity < 512 ? 1024 : capacity + capacity / 2;
}

void lr_examples_add_entry(lr_examples_t *examples, tern_key_t key, float value)
{
    if (examples->num_entries == examples->entry_capacity) {
        size_t capacity = grown(examples->entry_capacity);

        examples->keys = app_resize(examples->keys, capacity, sizeof(*examples->keys));
        examples->values =
            app_resize(examples->values, capacity, sizeof(*examples->values));
        examples->entry_capacity = capacity;
    }
    examples->keys[examples->num_entries]   = key;
    examples->values[examples->num_entries] = value;
    examples->num_entries++;
}

void lr_examples_add_label(lr_examples_t *examples, int label)
{
    if (examples->num == examples->capacity) {
        size_t capacity = grown(examples->capacity);

        examples->labels =
            app_resize(examples->labels, capacity, sizeof(*examples->labels));
        examples->ends = app_resize(examples->ends, capacity, sizeof(*examples->ends));
        examples->capacity = capacity;
    }
    examples->labels[examples->num] = (int8_t)label;
    examples->ends[examples->num]   = examples->num_entries;
    examples->num++;
    examples->num_positive += label > 0;
}

/* Examples are short and mostly sorted already. */
static void insert_backwards(lr_examples_t *examples, size_t first, size_t entry)
{
    tern_key_t key   = examples->keys[entry];
    float      value = examples->values[entry];

    for (; entry > first && examples->keys[entry - 1] > key; entry--) {
        examples->keys[entry]   = examples->keys[entry - 1];
        examples->values[entry] = examples->values[entry - 1];
    }
    examples->keys[entry]   = key;
    examples->values[entry] = value;
}

bool lr_examples_sort_entries(lr_examples_t *examples, tern_key_t *key_p)
{
    size_t first = lr_examples_first(examples, examples->num);

    for (size_t entry = first; entry < examples->num_entries; entry++)
        insert_backwards(examples, first, entry);
    for (size_t entry = first; entry + 1 < examples->num_entries; entry++)
        if (examples->keys[entry] == examples->keys[entry + 1]) {
            *key_p = examples->keys[entry];
            return false;
        }
    return true;
}

void lr_examples_merge_entries(lr_examples_t *examples)
{
    size_t     first = lr_examples_first(examples, examples->num), kept = first;
    tern_key_t repeated = 0;

    if (lr_examples_sort_entries(examples, &repeated))
        return;
    for (size_t entry = first; entry < examples->num_entries; entry++)
        if (entry == first || examples->keys[entry] != examples->keys[kept - 1]) {
            examples->keys[kept]     = examples->keys[entry];
            examples->values[kept++] = examples->values[entry];
        }
    examples->num_entries = kept;
}

void lr_examples_fini(lr_examples_t *examples)
{
    free(examples->labels);
    free(examples->ends);
    free(examples->keys);
    free(examples->values);
    *examples = (lr_examples_t){0};
}
