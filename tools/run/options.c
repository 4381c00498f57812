#include "options.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#define MAX_LENGTH 31

const run_option_t run_options[] = {
    {"transport", 1, true},
    {"interface", 1, true},
    {"tolerate-crashes", 0, true},
    {"grace-seconds", 1, true},
    {"mpirun", 1, true},
    {"pass", 1, true},
    {"help", 0, true},
    {"version", 0, true},
    {"allow-run-as-root", 0, false},
    {"display-allocation", 0, false},
    {"display-map", 0, false},
    {"merge-stderr-to-stdout", 0, false},
    {"nolocal", 0, false},
    {"nooversubscribe", 0, false},
    {"oversubscribe", 0, false},
    {"quiet", 0, false},
    {"report-bindings", 0, false},
    {"tag-output", 0, false},
    {"timestamp-output", 0, false},
    {"use-hwthread-cpus", 0, false},
    {"verbose", 0, false},
    {"n", 1, false},
    {"np", 1, false},
    {"c", 1, false},
    {"N", 1, false},
    {"npernode", 1, false},
    {"npersocket", 1, false},
    {"H", 1, false},
    {"host", 1, false},
    {"hostfile", 1, false},
    {"machinefile", 1, false},
    {"default-hostfile", 1, false},
    {"map-by", 1, false},
    {"rank-by", 1, false},
    {"bind-to", 1, false},
    {"cpu-set", 1, false},
    {"cpu-list", 1, false},
    {"rankfile", 1, false},
    {"x", 1, false},
    {"wdir", 1, false},
    {"path", 1, false},
    {"prefix", 1, false},
    {"stdin", 1, false},
    {"timeout", 1, false},
    {"output-filename", 1, false},
    {"tune", 1, false},
    {"mca", 2, false},
    {"gmca", 2, false},
    {NULL, 0, false},
};

const run_option_t *run_option_find(const char *name)
{
    for (const run_option_t *option = run_options; option->name; option++)
        if (strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

/* Insertions, deletions and substitutions that turn one word into the other: dynamic programming over
 * one row, whose cell j is the distance between what was read of `a` and the first j letters of `b`. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[MAX_LENGTH + 1];
    size_t   length = strlen(b);

    if (length > MAX_LENGTH)
        return UINT_MAX;
    for (size_t j = 0; j <= length; j++)
        row[j] = (unsigned)j;
    for (; *a; a++) {
        unsigned diagonal = row[0]++;

        for (size_t j = 1; j <= length; j++) {
            unsigned above = row[j];

            row[j]   = min3(above + 1, row[j - 1] + 1, diagonal + (*a != b[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

const char *run_option_nearest(const char *name)
{
    const char *nearest = NULL;
    unsigned    bound =
        2 + (unsigned)strlen(name) / 4; /* one slip, and more in long words */

    for (const run_option_t *option = run_options; option->name; option++) {
        unsigned far = distance(name, option->name);

        if (far >= bound || strlen(option->name) < 3)
            continue;
        nearest = option->name;
        bound   = far;
    }
    return nearest;
}
