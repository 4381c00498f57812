/** \file
 * A side of the factorization, rows or columns, as training sees it: vectors by id. Where they are is the
 * kind's affair: an array of this process, copies of a table's rows, or the rows themselves.
 */
#ifndef MF_SIDE_H
#define MF_SIDE_H

#include "keys.h"

typedef struct mf_side mf_side_t;

typedef struct mf_side_ops {
    /* vectors[i] [width] of ids[i], to be read and changed until close(); ids are distinct */
    tern_status_t (*open)(mf_side_t *side, size_t num, const uint32_t ids[],
                          float *vectors[]);
    tern_status_t (*close)(mf_side_t *side);
    /* true if open() would not wait for another node */
    bool (*has)(const mf_side_t *side, size_t num, const uint32_t ids[]);
    /* as open(), but nothing is borrowed: who waits for vectors that move must not keep others from moving */
    tern_status_t (*copy)(mf_side_t *side, size_t num, const uint32_t ids[],
                          float *vectors[]);
    /* these same ids will be opened next: begin to bring them; does not wait */
    tern_status_t (*expect)(mf_side_t *side, size_t num, const uint32_t ids[]);
    /* make all changes visible to others */
    tern_status_t (*settle)(mf_side_t *side);
    /* copies [num][width]; for evaluation, between settled epochs */
    tern_status_t (*read)(mf_side_t *side, size_t num, const uint32_t ids[],
                          float values[]);
    void (*destroy)(mf_side_t *side);
} mf_side_ops_t;

/* First member of each kind. */
struct mf_side {
    const mf_side_ops_t *ops;
    size_t               width;
    size_t               num; /* of all ids */
};

typedef struct mf_array {
    float   *memory; /* [num][stride]; free() it */
    uint32_t first;  /* id */
    size_t   num, width, stride;
} mf_array_t;

/* Vectors begin at multiples of so many numbers: at cache lines, or close together where they are sent. */
enum { MF_UNIT_LINE = 16, MF_UNIT_CLOSE = 4 };

/* Values uniform in [-bound, bound), by id. */
mf_array_t mf_array_create(uint32_t first, size_t num, size_t width, size_t unit,
                           double bound, uint64_t seed);

static inline float *mf_array_at(const mf_array_t *array, size_t id)
{
    return array->memory + (id - array->first) * array->stride;
}

/* The vectors of an array. */
mf_side_t *mf_side_on_array(const mf_array_t *array);

typedef struct mf_access {
    tern_table_t    *table;
    const mf_keys_t *keys;     /* borrowed */
    size_t           max_open; /* ids at once */
    bool             is_async; /* pushes are not waited for */
    bool is_held; /* borrow: all known ids are this worker's from now on, until settled */
    bool is_exclusive; /* borrow: nobody else has open what this worker has */
    bool moves; /* rows may have to leave the node, but not while anything is borrowed */
} mf_access_t;

/* Rows of a table: opened by a pull, closed by a push of what changed. */
mf_side_t *mf_side_by_copy(const mf_access_t *access);

/* Rows of a table in place, where they are on this node; copies of the others. */
mf_side_t *mf_side_by_borrow(const mf_access_t *access);

void mf_side_destroy(mf_side_t **side_p);

#endif
