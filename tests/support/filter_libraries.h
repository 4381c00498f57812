/** \file
 * Was this build configured with the libraries of all filters? Facts about these are skipped where it was not.
 */
#ifndef TERN_TESTS_FILTER_LIBRARIES_H
#define TERN_TESTS_FILTER_LIBRARIES_H

#include <stdbool.h>

#include "config.h"
#include "facts.h"

static inline bool has_filter_libraries(void)
{
#if defined TERN_HAVE_XXHASH && defined TERN_HAVE_LZ4 && defined TERN_HAVE_ZSTD
    return true;
#else
    return false;
#endif
}

/* What stands for the facts there. */
static inline void filters_need_their_libraries(void)
{
    facts_skip("configured without xxHash, LZ4 or Zstandard");
}

#endif
