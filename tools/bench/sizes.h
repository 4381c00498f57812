/** \file
 * A list of sizes as a user writes it: "1,16,4k".
 */
#ifndef TERN_BENCH_SIZES_H
#define TERN_BENCH_SIZES_H

#include "tern/types.h"

enum { SIZES_MAX = 32 };

typedef struct sizes {
    size_t num;
    size_t list[SIZES_MAX];
} sizes_t;

/* `option` is for the message that says what is wrong. \return TERN_ERR_USAGE. */
tern_status_t sizes_parse(const char *option, const char *text, size_t max,
                          sizes_t *sizes_p);
size_t        sizes_largest(const sizes_t *sizes);

#endif
