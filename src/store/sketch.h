/** \file
 * Sketch: how often keys were seen, in little memory; never too few, sometimes too many.
 *
 * CountMin (Cormode, Muthukrishnan, J. Algorithms 2005): four rows of counters, in each of which a key has one, picked by
 * a hash of its own; the least of the four is the answer. With N sightings and rows of w counters it is at most e N / w
 * above the truth for all but a share of e^-4 of the keys. Only counters that equal the least are raised (conservative
 * update; Estan, Varghese, SIGCOMM 2002), which keeps the promise and makes the excess smaller. Counters stop at 65535.
 */
#ifndef TERN_STORE_SKETCH_H
#define TERN_STORE_SKETCH_H

#include "tern/types.h"

enum { TERN_SKETCH_ROWS = 4, TERN_SKETCH_MOST = 65535 };

typedef struct tern_sketch {
    uint16_t *counters; /* [TERN_SKETCH_ROWS][width] */
    uint64_t  width;
} tern_sketch_t;

/** With rows as wide as `bytes` allow, at least one counter. TERN_ERR_NO_MEMORY. */
TERN_CHECK_RESULT tern_status_t tern_sketch_init(tern_sketch_t *sketch, size_t bytes);
void                            tern_sketch_fini(tern_sketch_t *sketch);

/** The key was seen once more; returns how often in all. */
uint32_t tern_sketch_add(tern_sketch_t *sketch, tern_key_t key);

uint32_t tern_sketch_count(const tern_sketch_t *sketch, tern_key_t key);

#endif
