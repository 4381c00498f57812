/** \file
 * Compress: a section, notes included, as fewer bytes; what would not become fewer stays as it is.
 */
#ifndef TERN_FILTER_COMPRESS_H
#define TERN_FILTER_COMPRESS_H

#include "filter/filter.h"

/** What a library does; `memory` is its own. */
typedef struct tern_compressor {
    size_t (*max_bytes)(size_t bytes);
    /** Returns the bytes written to `to` [to_bytes]; 0: it cannot. */
    size_t (*compress)(tern_filter_step_t *step, const char *from, size_t from_bytes,
                       char *to, size_t to_bytes);
    /** Can `from` become so many bytes? Asked before there is room for them. */
    bool (*may_become)(const char *from, size_t from_bytes, size_t to_bytes);
    /** Exactly `to_bytes` are written; false: `from` is malformed. */
    bool (*expand)(tern_filter_step_t *step, const char *from, size_t from_bytes,
                   char *to, size_t to_bytes);
} tern_compressor_t;

tern_status_t tern_compress(const tern_compressor_t *compressor, tern_filter_step_t *step,
                            tern_section_t *section);
tern_status_t tern_expand(const tern_compressor_t *compressor, tern_filter_step_t *step,
                          tern_section_t *section);

#endif
