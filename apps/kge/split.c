/** \file
 * Splitting triples by hash, see split.h.
 */
#include "split.h"

#include "names.h"
#include "tern/random.h"

const char *const kge_part_names[KGE_NUM_PARTS] = {"train", "valid", "test"};

/* The same for (a, b) and (b, a). */
static uint64_t hash_pair(uint64_t seed, uint64_t a, uint64_t b)
{
    return a < b ? tern_random_u64(seed, a, b) : tern_random_u64(seed, b, a);
}

static uint64_t hash_triple(uint64_t seed, uint64_t head, uint64_t relation,
                            uint64_t tail)
{
    return tern_random_u64(seed ^ tern_random_mix(relation), head, tail);
}

kge_part_t kge_split_part(kge_split_t split, uint64_t seed, const char *head,
                          const char *relation, const char *tail)
{
    uint64_t a    = app_names_hash(head);
    uint64_t b    = app_names_hash(tail);
    uint64_t hash = split == KGE_SPLIT_PAIR
                        ? hash_pair(seed, a, b)
                        : hash_triple(seed, a, app_names_hash(relation), b);
    uint64_t rest = hash % 100;

    return rest < 3 ? KGE_VALID : rest < 6 ? KGE_TEST : KGE_TRAIN;
}
