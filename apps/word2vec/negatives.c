/** \file
 * Drawing negative words, see negatives.h.
 */
#include "negatives.h"

#include "memory.h"

#include <stdlib.h>

struct w2v_negatives {
    const w2v_noise_t *noise;
    tern_sampler_t    *sampler; /* NULL: draw from `noise` */
    size_t             list;    /* draws that are prepared at once */
    size_t             num_prepared;
};

static tern_status_t create_sampler(const w2v_recipe_t *recipe, const w2v_model_t *model,
                                    tern_sampler_t **sampler_p)
{
    double            *weights = w2v_noise_weights(w2v_vocabulary_size(model->vocabulary),
                                                   w2v_vocabulary_counts(model->vocabulary));
    tern_sample_desc_t desc    = {.weights = weights,
                                  .scheme  = recipe->negatives_from == W2V_NEGATIVES_POOL
                                                 ? TERN_SAMPLE_POOL
                                                 : TERN_SAMPLE_LOCAL};
    tern_status_t status = tern_sampler_create(model->output_table, &desc, sampler_p);

    free(weights);
    return status;
}

tern_status_t w2v_negatives_create(const w2v_recipe_t *recipe, const w2v_model_t *model,
                                   const w2v_noise_t *noise,
                                   w2v_negatives_t  **negatives_p)
{
    w2v_negatives_t *negatives = APP_NEW(w2v_negatives_t, 1);

    negatives->noise = noise;
    negatives->list  = recipe->negative_list;
    *negatives_p     = negatives;
    if (model->output_table == NULL || recipe->negatives_from == W2V_NEGATIVES_ALL ||
        recipe->negatives_from == W2V_NEGATIVES_LOCALIZED)
        return TERN_OK;
    return create_sampler(recipe, model, &negatives->sampler);
}

void w2v_negatives_destroy(w2v_negatives_t **negatives_p)
{
    if (*negatives_p == NULL)
        return;
    tern_sampler_destroy(&(*negatives_p)->sampler);
    free(*negatives_p);
    *negatives_p = NULL;
}

/* One list more than is about to be used, so that the rows have time to come. */
static tern_status_t prepare(w2v_negatives_t *negatives, size_t num)
{
    tern_status_t status = TERN_OK;

    while (negatives->num_prepared < num + negatives->list && status == TERN_OK) {
        status = tern_sample_prepare(negatives->sampler, negatives->list);
        negatives->num_prepared += negatives->list;
    }
    return status;
}

tern_status_t w2v_negatives_draw(w2v_negatives_t *negatives, w2v_random_t *random,
                                 size_t num, tern_key_t words[])
{
    tern_status_t status = TERN_OK;

    if (negatives->sampler == NULL) {
        for (size_t i = 0; i < num; i++)
            words[i] = w2v_noise_draw(negatives->noise, random);
        return TERN_OK;
    }
    status = prepare(negatives, num);
    if (status != TERN_OK)
        return status;
    negatives->num_prepared -= num;
    return tern_pull_sample(negatives->sampler, num, words, NULL, NULL);
}
