/** \file
 * The yardstick between hosts: what the same ranks reach with plain MPI for the same payload.
 *
 * A worker that measures sends each server its share of a batch and gets the answer; as many calls are
 * under way as in Tern's side. Receives are posted before they are needed, buffers are contiguous and
 * used again, nothing is copied or looked up: nobody can write it faster with two-sided MPI.
 *
 * This is the one file outside the library's comm/ that calls MPI.
 */
#ifndef TERN_BENCH_BARE_H
#define TERN_BENCH_BARE_H

#include "tern/runtime.h" /* MPI_Comm */

typedef struct bare bare_t;

/* One slice; the same on every rank, but for call_seconds. */
typedef struct bare_slice {
    size_t  num_calls, batch, inflight;
    size_t  request_bytes, answer_bytes; /* per key */
    double *call_seconds; /* [num_calls], or NULL; with one call in flight */
} bare_slice_t;

/* What the yardstick must know of a rank. */
typedef struct bare_member {
    int is_server, is_worker;
    int is_near; /* its node holds rows that are asked for */
} bare_member_t;

/* Collective over `comm`, which is duplicated. The first `num_servers` servers in the order of ranks
 * answer, as far as they are workers, who alone come to a slice; workers that are not near ask. */
bare_t *bare_create(MPI_Comm comm, const bare_member_t *self, int num_servers);
void    bare_destroy(bare_t **bare_p);

size_t bare_num_able(const bare_t *bare); /* to ask */
size_t bare_num_answering(const bare_t *bare);

/* Of those that are able the first `num` ask; at the start all. The same on every rank. */
void   bare_set_asking(bare_t *bare, size_t num);
size_t bare_num_asking(const bare_t *bare);
bool   bare_asks(const bare_t *bare);
bool   bare_answers(const bare_t *bare);
size_t bare_number(const bare_t *bare); /* of the caller among those of its part */

/* Make room for slices up to this one. */
tern_status_t bare_reserve(bare_t *bare, const bare_slice_t *largest);

/* Ask or answer. */
void bare_run(bare_t *bare, const bare_slice_t *slice);

/* What all workers do together: a barrier; the minimum of a number, as clocks need it. */
void bare_barrier(bare_t *bare);
void bare_minimum(bare_t *bare);

/* Likewise: MPI_Allreduce, a sum. */
void bare_sum(bare_t *bare, const float own[], float sums[], size_t num);

#endif
