/** \file
 * What a filter is: a row of operations, and in a chain a step with its parameters and what it
 * remembers.
 */
#ifndef TERN_FILTER_FILTER_H
#define TERN_FILTER_FILTER_H

#include <string.h>

#include "filter/residue.h"
#include "filter/section.h"
#include "tern/filter.h"

/** Where in a chain a filter may stand: these must not fall, but keys do not count. */
typedef enum tern_filter_stage {
    TERN_STAGE_KEYS,   /* works on the keys of a message */
    TERN_STAGE_CHOOSE, /* chooses rows */
    TERN_STAGE_VALUES, /* writes values in fewer bytes; at most one */
    TERN_STAGE_OWN,    /* a program's: values to bytes */
    TERN_STAGE_BYTES,  /* compresses bytes, of the notes and the keys too */
} tern_filter_stage_t;

/** The number behind a filter's name: "fixed:2". */
typedef struct tern_filter_number {
    const char *meaning; /* NULL: it takes none */
    bool        is_required, is_whole;
    double      least, most, otherwise;
} tern_filter_number_t;

typedef struct tern_filter_step tern_filter_step_t;

typedef struct tern_filter_ops {
    const char          *name;
    tern_filter_stage_t  stage;
    tern_filter_number_t number;
    const char          *word;               /* that may follow; NULL: none */
    bool                 word_is_for_pushes; /* only */
    bool                 is_for_pulls;       /* too */
    bool                 is_exact;           /* decode gives back what encode was given */
    const char          *missing_library;    /* this build lacks it; NULL: complete */
    /* CHOOSE, in chains for pushes: keep some of `keys` [num_rows] and `rows`, in place; returns
     * how many. May change rows. On SIZE_MAX memory is exhausted and nothing was changed. */
    size_t (*choose)(tern_filter_step_t *step, const tern_filter_shape_t *shape,
                     size_t num_rows, tern_key_t keys[], char *rows);
    /* In such chains: rows that the worker has pulled. NULL: of no interest. */
    tern_status_t (*note_pulled)(tern_filter_step_t        *step,
                                 const tern_filter_shape_t *shape, size_t num_rows,
                                 const tern_key_t keys[], const char *rows);
    /* TERN_ERR_NO_MEMORY; decode also TERN_ERR_FORMAT. NULL: does nothing. */
    tern_status_t (*encode)(tern_filter_step_t *step, tern_section_t *section);
    tern_status_t (*decode)(tern_filter_step_t *step, tern_section_t *section);
    void (*fini)(tern_filter_step_t *step); /* NULL: has nothing in `memory` */
} tern_filter_ops_t;

struct tern_filter_step {
    const tern_filter_ops_t *ops;
    const tern_filter_t     *own; /* TERN_STAGE_OWN: the program's filter */
    double                   number;
    bool                     has_word;
    uint64_t                 num_draws;   /* of random numbers so far */
    tern_residue_t           residue;     /* held back, or lost by rounding, by key */
    tern_numbering_t         pulled;      /* kkt: keys that were pulled */
    bool                    *is_inactive; /* [num_states] of these */
    size_t                   num_states;
    void                    *memory; /* a library's */
};

extern const tern_filter_ops_t tern_filter_significant, tern_filter_skip,
    tern_filter_zero, tern_filter_kkt, tern_filter_key_cache, tern_filter_fixed,
    tern_filter_bf16, tern_filter_fp16, tern_filter_lz4, tern_filter_zstd,
    tern_filter_own_exact, tern_filter_own_lossy;

/** Value j of `rows`, at any address. */
static inline double tern_filter_get(const tern_filter_shape_t *shape, const char *rows,
                                     size_t j)
{
    double wide;
    float  narrow;

    if (shape->type == TERN_FLOAT32) {
        memcpy(&narrow, rows + j * sizeof narrow, sizeof narrow);
        return (double)narrow;
    }
    memcpy(&wide, rows + j * sizeof wide, sizeof wide);
    return wide;
}

static inline void tern_filter_put(const tern_filter_shape_t *shape, char *rows, size_t j,
                                   double value)
{
    float narrow = (float)value;

    if (shape->type == TERN_FLOAT32)
        memcpy(rows + j * sizeof narrow, &narrow, sizeof narrow);
    else
        memcpy(rows + j * sizeof value, &value, sizeof value);
}

/** Row `from` to the place of row `to`, which is not behind it. */
static inline void tern_filter_move_row(const tern_filter_shape_t *shape, char *rows,
                                        size_t to, size_t from)
{
    size_t bytes = tern_filter_row_bytes(shape);

    if (to < from)
        memcpy(rows + to * bytes, rows + from * bytes, bytes);
}

#endif
