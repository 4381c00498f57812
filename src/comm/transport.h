/** \file
 * Transport: what carries messages, and whether survivors can go on talking when a rank is lost.
 *
 * Two things must hold. The launcher must not end the job with its first lost rank: tern-run's shields see to that
 * and tell the ranks so. And MPI must not abort or block survivors that have messages under way to the lost rank:
 * Open MPI's UCX component over TCP and shared memory on one host pass that test, its own TCP (ob1) does not
 * (tests/mpi/known_faults).
 */
#ifndef TERN_COMM_TRANSPORT_H
#define TERN_COMM_TRANSPORT_H

#include "comm/group.h"

/** "ucx over tcp; survivable (shielded by tern-run)": for a group, after MPI has started. */
void tern_transport_describe(const tern_group_t *group, char *text, size_t text_bytes);

/** The same for jobs to come, by what MPI has here; MPI need not have started. */
void tern_transport_offer(char *text, size_t text_bytes);

#endif
