/** \file
 * The list of models.
 */
#include "model.h"

#include <string.h>

static const kge_model_t *const models[] = {
    &kge_model_complex,
    &kge_model_distmult,
    &kge_model_rescal,
    &kge_model_transe,
};

const kge_model_t *kge_model_find(const char *name)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
        if (strcmp(name, models[i]->name) == 0)
            return models[i];
    return NULL;
}

size_t kge_width_same(size_t dim)
{
    return dim;
}

size_t kge_width_double(size_t dim)
{
    return 2 * dim;
}

size_t kge_width_square(size_t dim)
{
    return dim * dim;
}
