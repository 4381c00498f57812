/** \file
 * The distinct keys of a batch, numbered (*slots*) in order of first appearance.
 */
#ifndef KGE_KEYSET_H
#define KGE_KEYSET_H

#include "tern/types.h"

typedef struct kge_keyset kge_keyset_t;

/* Room for `max_keys` distinct keys. */
kge_keyset_t *kge_keyset_create(size_t max_keys);
void          kge_keyset_destroy(kge_keyset_t **set_p);

/* Forget all keys; costs the same whatever the room. */
void kge_keyset_clear(kge_keyset_t *set);

/* The slot of a key. */
uint32_t kge_keyset_add(kge_keyset_t *set, uint32_t key);

size_t            kge_keyset_count(const kge_keyset_t *set);
const tern_key_t *kge_keyset_keys(const kge_keyset_t *set); /* [count], by slot */

#endif
