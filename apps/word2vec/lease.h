/** \file
 * The distinct rows that a batch works on, from the moment their keys are known until what was learned is
 * back at its place. Rows (rows.h) fill in `values`; the other fields are theirs.
 */
#ifndef W2V_LEASE_H
#define W2V_LEASE_H

#include "tern/tern.h"

typedef struct w2v_lease {
    size_t      num_keys;
    size_t      capacity;
    tern_key_t *keys;   /* [capacity] distinct */
    float     **values; /* [capacity]: where each row may be read and written */

    /* Rows that are worked on in place. */
    size_t           num_lent;
    uint32_t        *lent;      /* [capacity]: positions in `keys` */
    tern_key_t      *lent_keys; /* [capacity] */
    tern_borrowed_t *borrowed;  /* [capacity] */

    /* Rows that are worked on in a copy: which they are, what they were, what they are now. */
    size_t          num_copied;
    size_t          copies_capacity;
    uint32_t       *copied;      /* [capacity]: positions in `keys` */
    tern_key_t     *copied_keys; /* [capacity]; borrowed by pulls and pushes */
    float          *before;  /* [copies_capacity][width]; while pushing, differences */
    float          *now;     /* [copies_capacity][width] */
    tern_request_t *request; /* of the pull, later of the push */
} w2v_lease_t;

/* Zero-initialised leases have no keys. Adding a key grows the arrays. */
void w2v_lease_add(w2v_lease_t *lease, tern_key_t key);

/* Room for `num` copies of `width` values; keeps those there are. */
void w2v_lease_reserve_copies(w2v_lease_t *lease, size_t num, size_t width);

/* Its requests must be complete. */
void w2v_lease_fini(w2v_lease_t *lease);

#endif
