/** \file
 * Where negative words come from. The distribution is that of noise.h but for the last kind.
 *
 * | `--negatives-from` | draws | of tern/sample.h |
 * |---|---|---|
 * | `all`       | each on its own, wherever its row is                                     | `naive` |
 * | `localized` | the same; lists of them are drawn and localized ahead of their use       | `prelocalized` |
 * | `pool`      | from a small pool that is drawn and localized, each word of it several times | `pool` |
 * | `local`     | each on its own, of the words whose rows are on this node: *not* the distribution | `local` |
 */
#ifndef W2V_NEGATIVES_H
#define W2V_NEGATIVES_H

#include "model.h"

typedef struct w2v_negatives w2v_negatives_t;

/* Of one trainer. `noise` is borrowed. Without a parameter server, of the kind `all` whatever the recipe says.
 * \return TERN_OK; TERN_ERR_NO_MEMORY. */
tern_status_t w2v_negatives_create(const w2v_recipe_t *recipe, const w2v_model_t *model,
                                   const w2v_noise_t *noise,
                                   w2v_negatives_t  **negatives_p);
void          w2v_negatives_destroy(w2v_negatives_t **negatives_p);

/* The next `num` words; `random` is used by the kind `all`. */
tern_status_t w2v_negatives_draw(w2v_negatives_t *negatives, w2v_random_t *random,
                                 size_t num, tern_key_t words[]);

#endif
