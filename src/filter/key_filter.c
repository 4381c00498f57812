/** \file
 * Key cache, as a step: it marks a chain; what it does needs both ends (key_cache.h,
 * table/envelope.h).
 */
#include "config.h"
#include "filter/filter.h"

const tern_filter_ops_t tern_filter_key_cache = {
    .name         = "key-cache",
    .stage        = TERN_STAGE_KEYS,
    .number       = {.meaning   = "size in MiB",
                     .is_whole  = true,
                     .least     = 1,
                     .most      = 1048576,
                     .otherwise = 64},
    .is_for_pulls = true,
    .is_exact     = true,
#ifndef TERN_HAVE_XXHASH
    .missing_library = "xxHash",
#endif
};
