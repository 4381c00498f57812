/** \file
 * Rows of parameters as training sees them. There are two kinds: rows of a table of the parameter
 * server, and rows of an array in this process (`--no-server`); everything above this seam is the same.
 */
#ifndef KGE_ROWS_H
#define KGE_ROWS_H

#include "coming.h"
#include "tern/tern.h"

typedef struct kge_rows kge_rows_t;

/* Every kind reads at least so many keys at once. */
enum { KGE_MIN_READ = 64 };

/* How rows of a table come to a batch that will need them. */
typedef enum kge_supply {
    KGE_ON_DEMAND, /* when they are read */
    KGE_LOCALIZE,  /* they move to this node ahead */
    KGE_INTEND,    /* the library is told the clocks in which they are needed */
} kge_supply_t;

/* When a batch will be computed: the worker's clock is then in [first, end). */
typedef struct kge_clocks {
    uint64_t first, end;
} kge_clocks_t;

typedef struct kge_rows_ops {
    /* move rows here for good, as far as others let them stay; waits */
    tern_status_t (*claim)(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[]);
    /* start to bring distinct rows that will be read in `clocks`; `keys` is borrowed until they have been. Rows that
     * move may be kept back until depart() */
    tern_status_t (*bring)(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                           kge_clocks_t clocks, kge_coming_t *coming);
    /* all that was kept back, together; who waits for `coming` waits for all of it */
    tern_status_t (*depart)(kge_rows_t *rows, kge_coming_t *coming);
    /* start to pull copies of those that are not here, unless they are still on their way; copies get as old as
     * this is early */
    tern_status_t (*prefetch)(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                              kge_coming_t *coming);
    /* values[i] [width] of keys[i], in place or in the copies of `coming`, until release(); never waits.
     * Returns how many are neither: of these copies are wanted, and values[i] is NULL. */
    size_t (*borrow)(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                     kge_coming_t *coming, const float *values[]);
    void (*release)(kge_rows_t *rows); /* also after a failure, or none */
    /* wait for what is coming; then start to pull the copies that are wanted */
    tern_status_t (*fetch)(kge_rows_t *rows, kge_coming_t *coming);
    /* one step of the optimiser on distinct keys with gradients [num_keys][width]; `request_p` as in tern_push() */
    tern_status_t (*update)(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                            const float gradients[], tern_request_t **request_p);
    /* a copy of all rows of `range` */
    tern_status_t (*read_range)(kge_rows_t *rows, tern_range_t range, float values[]);
    /* a copy of the optimiser's state; TERN_ERR_UNSUPPORTED where it is out of reach */
    tern_status_t (*read_state)(kge_rows_t *rows, tern_range_t range, float state[]);
    /* to be called now and then by who computes for long: lets others be served;
     * TERN_ERR_STOPPED if the job is to stop */
    tern_status_t (*attend)(kge_rows_t *rows);
    void (*destroy)(kge_rows_t *rows);
} kge_rows_ops_t;

/* First member of each kind. */
struct kge_rows {
    const kge_rows_ops_t *ops;
    size_t                width;
    size_t                num_rows;
};

/* Rows of one table to be read together with those of another. */
typedef struct kge_reading {
    kge_rows_t       *rows;
    size_t            num_keys;
    const tern_key_t *keys;   /* [num_keys] */
    kge_coming_t     *coming; /* what was brought of them */
    const float     **values; /* [num_keys], out: where they are */
} kge_reading_t;

/* Read until kge_release(). While rows are lent nobody waits for anything, since a row that is lent cannot move,
 * and whoever waits for it may hold another.
 * \return  TERN_OK; TERN_ERR_STOPPED if the job is to stop; the error of an access: then nothing is lent. */
tern_status_t kge_read(size_t num_readings, const kge_reading_t readings[]);
void          kge_release(size_t num_readings, const kge_reading_t readings[]);

/* Rows of `table`; at most `max_keys`, or KGE_MIN_READ, are read at once. */
kge_rows_t *kge_rows_on_server(tern_runtime_t *runtime, tern_table_t *table,
                               size_t max_keys, kge_supply_t supply);

/* Rows of an array, uniform in [-init_bound, init_bound), under Adagrad. */
kge_rows_t *kge_rows_in_process(size_t num_rows, size_t width, double rate,
                                double init_bound, uint64_t seed);

/* Start the array where other rows are: the same values, and no optimiser state. */
tern_status_t kge_rows_copy(kge_rows_t *in_process, kge_rows_t *from);

void kge_rows_destroy(kge_rows_t **rows_p);

#endif
