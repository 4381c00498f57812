/** \file
 * Zstandard: more compression for more time, by level. Its contexts are kept, since making them
 * takes longer than a small message.
 */
#include "config.h"
#include "filter/compress.h"

#ifdef TERN_HAVE_ZSTD
#include <zstd.h>

#include "base/alloc.h"

typedef struct contexts {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *expand;
} contexts_t;

static void fini(tern_filter_step_t *step)
{
    contexts_t *contexts = step->memory;

    if (contexts == NULL)
        return;
    ZSTD_freeCCtx(contexts->compress); /* NULL is accepted */
    ZSTD_freeDCtx(contexts->expand);
    tern_free(TERN_LOG_FILTER, contexts);
    step->memory = NULL;
}

/* Made at the first use; NULL when memory is exhausted. */
static contexts_t *contexts_of(tern_filter_step_t *step)
{
    contexts_t *contexts = step->memory;

    if (contexts != NULL)
        return contexts;
    contexts = tern_alloc(TERN_LOG_FILTER, sizeof *contexts);
    if (contexts == NULL)
        return NULL;
    *contexts    = (contexts_t){ZSTD_createCCtx(), ZSTD_createDCtx()};
    step->memory = contexts;
    if (contexts->compress == NULL || contexts->expand == NULL)
        fini(step);
    return step->memory;
}

static size_t compress(tern_filter_step_t *step, const char *from, size_t from_bytes,
                       char *to, size_t to_bytes)
{
    contexts_t *contexts = contexts_of(step);
    size_t      bytes;

    if (contexts == NULL)
        return 0;
    bytes = ZSTD_compressCCtx(contexts->compress, to, to_bytes, from, from_bytes,
                              (int)step->number);
    return ZSTD_isError(bytes) ? 0 : bytes;
}

/* The frame says it. */
static bool may_become(const char *from, size_t from_bytes, size_t to_bytes)
{
    return ZSTD_getFrameContentSize(from, from_bytes) == to_bytes;
}

static bool expand(tern_filter_step_t *step, const char *from, size_t from_bytes,
                   char *to, size_t to_bytes)
{
    contexts_t *contexts = contexts_of(step);

    return contexts != NULL && ZSTD_decompressDCtx(contexts->expand, to, to_bytes, from,
                                                   from_bytes) == to_bytes;
}

static const tern_compressor_t zstd = {ZSTD_compressBound, compress, may_become, expand};

static tern_status_t encode(tern_filter_step_t *step, tern_section_t *section)
{
    return tern_compress(&zstd, step, section);
}

static tern_status_t decode(tern_filter_step_t *step, tern_section_t *section)
{
    return tern_expand(&zstd, step, section);
}
#endif

const tern_filter_ops_t tern_filter_zstd = {
    .name  = "zstd",
    .stage = TERN_STAGE_BYTES,
    .number =
        {.meaning = "level", .is_whole = true, .least = 1, .most = 19, .otherwise = 3},
    .is_for_pulls = true,
    .is_exact     = true,
#ifdef TERN_HAVE_ZSTD
    .encode = encode,
    .decode = decode,
    .fini   = fini,
#else
    .missing_library = "Zstandard",
#endif
};
