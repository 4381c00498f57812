/** \file
 * Creating models, see model.h.
 */
#include "model.h"

static tern_status_t create_rows(tern_runtime_t *runtime, const w2v_recipe_t *recipe,
                                 const w2v_placement_t *placement, const char *name,
                                 size_t num_words, tern_initializer_t init,
                                 tern_table_t **table_p, w2v_rows_t **rows_p)
{
    tern_table_desc_t desc = {
        .name        = name,
        .keys        = {0, num_words},
        .width       = (uint32_t)recipe->dim,
        .init        = init,
        .sync        = placement->sync,
        .staleness   = placement->staleness,
        .policy      = placement->policy,
        .consistency = TERN_EVENTUAL, /* a mix of two changes is as good as either */
    };
    tern_status_t status = tern_table_create(runtime, &desc, table_p);

    if (status == TERN_OK)
        *rows_p = w2v_rows_on_server(runtime, *table_p, placement->manner);
    return status;
}

tern_status_t w2v_model_on_server(tern_runtime_t *runtime, const w2v_recipe_t *recipe,
                                  const w2v_placement_t *placement, size_t num_words,
                                  const w2v_vocabulary_t *vocabulary, w2v_model_t *model)
{
    double                   bound = 0.5 / (double)recipe->dim;
    const tern_initializer_t init  = {TERN_INIT_UNIFORM, -bound, bound};
    const tern_initializer_t zero  = {TERN_INIT_ZERO, 0, 0};
    tern_table_t            *table = NULL;
    tern_status_t            status;

    *model = (w2v_model_t){.vocabulary = vocabulary};
    status = create_rows(runtime, recipe, placement, "input", num_words, init, &table,
                         &model->inputs);
    if (status == TERN_OK)
        status = create_rows(runtime, recipe, placement, "output", num_words, zero,
                             &model->output_table, &model->outputs);
    return status;
}

w2v_model_t w2v_model_in_process(const w2v_recipe_t     *recipe,
                                 const w2v_vocabulary_t *vocabulary)
{
    size_t num_words = w2v_vocabulary_size(vocabulary);

    return (w2v_model_t){
        .inputs  = w2v_rows_in_process(num_words, recipe->dim, 0.5 / (double)recipe->dim,
                                       recipe->seed),
        .outputs = w2v_rows_in_process(num_words, recipe->dim, 0, recipe->seed),
        .vocabulary = vocabulary,
    };
}

void w2v_model_fini(w2v_model_t *model)
{
    w2v_rows_destroy(&model->inputs);
    w2v_rows_destroy(&model->outputs);
}
