/** \file
 * Named numbers, see results.h.
 */
#include "results.h"

#include "memory.h"

#include <stdlib.h>

void w2v_results_add(w2v_results_t *results, const char *name, double number)
{
    results->fields = app_resize(results->fields, results->num + 1, sizeof(tern_field_t));
    results->fields[results->num++] = (tern_field_t){name, number, NULL};
}

void w2v_results_fini(w2v_results_t *results)
{
    free(results->fields);
    *results = (w2v_results_t){.num = 0};
}
