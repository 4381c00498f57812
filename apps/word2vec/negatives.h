/** \file
 * Where negative words come from. The distribution is that of noise.h but for the last kind.
 *
 * | `--negatives-from` | draws | from |
 * |---|---|---|
 * | `all`       | each on its own, wherever its row is                                     | noise.h |
 * | `localized` | the same, made and announced when their sentence is (queue.h)            | noise.h |
 * | `pool`      | from a small pool that is drawn and localized, each word of it several times | `pool` of tern/sample.h |
 * | `local`     | each on its own, of the words whose rows are on this node: *not* the distribution | `local` of it |
 */
#ifndef W2V_NEGATIVES_H
#define W2V_NEGATIVES_H

#include "model.h"

typedef struct w2v_negatives w2v_negatives_t;

/* Of one trainer. `noise` is borrowed. Without a parameter server, and for `localized`,
 * from `noise`, whatever the recipe says.
 * \return TERN_OK; TERN_ERR_NO_MEMORY. */
tern_status_t w2v_negatives_create(const w2v_recipe_t *recipe, const w2v_model_t *model,
                                   const w2v_noise_t *noise,
                                   w2v_negatives_t  **negatives_p);
void          w2v_negatives_destroy(w2v_negatives_t **negatives_p);

/* The next `num` words; `random` is used by the kind `all`. */
tern_status_t w2v_negatives_draw(w2v_negatives_t *negatives, w2v_random_t *random,
                                 size_t num, tern_key_t words[]);

#endif
