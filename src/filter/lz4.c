/** \file
 * LZ4: little compression at memory speed.
 */
#include "config.h"
#include "filter/compress.h"

#ifdef TERN_HAVE_LZ4
#include <limits.h>
#include <lz4.h>

static size_t max_bytes(size_t bytes)
{
    return bytes <= LZ4_MAX_INPUT_SIZE ? (size_t)LZ4_compressBound((int)bytes) : 0;
}

static size_t compress(tern_filter_step_t *step, const char *from, size_t from_bytes,
                       char *to, size_t to_bytes)
{
    (void)step;
    return to_bytes == 0
               ? 0
               : (size_t)LZ4_compress_default(from, to, (int)from_bytes, (int)to_bytes);
}

/* A byte of LZ4 lengthens a match by 255 at most. */
static bool may_become(const char *from, size_t from_bytes, size_t to_bytes)
{
    (void)from;
    return to_bytes / 255 <= from_bytes;
}

static bool expand(tern_filter_step_t *step, const char *from, size_t from_bytes,
                   char *to, size_t to_bytes)
{
    (void)step;
    return from_bytes <= INT_MAX &&
           LZ4_decompress_safe(from, to, (int)from_bytes, (int)to_bytes) == (int)to_bytes;
}

static const tern_compressor_t lz4 = {max_bytes, compress, may_become, expand};

static tern_status_t encode(tern_filter_step_t *step, tern_section_t *section)
{
    return tern_compress(&lz4, step, section);
}

static tern_status_t decode(tern_filter_step_t *step, tern_section_t *section)
{
    return tern_expand(&lz4, step, section);
}
#endif

const tern_filter_ops_t tern_filter_lz4 = {
    .name         = "lz4",
    .stage        = TERN_STAGE_BYTES,
    .is_for_pulls = true,
    .is_exact     = true,
#ifdef TERN_HAVE_LZ4
    .encode = encode,
    .decode = decode,
#else
    .missing_library = "LZ4",
#endif
};
