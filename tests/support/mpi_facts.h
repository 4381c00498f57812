/** \file
 * Facts about several ranks.
 *
 * Every fact runs on all ranks of MPI_COMM_WORLD; it holds if no assertion failed on any of them. Rank
 * 0 prints one line for all (`ok 3 - pushes_are_applied_once (4 ranks)`), the others tell on standard
 * error what failed there.
 *
 * A fatal assertion leaves the fact on one rank only: prefer CU_ASSERT where others wait for this
 * rank. A fact that hangs is ended by the time limit of tests/run_mpi.sh.
 */
#ifndef TERN_TESTS_MPI_FACTS_H
#define TERN_TESTS_MPI_FACTS_H

#include "facts.h"

/* Start MPI, prove every fact on all ranks, end MPI. Returns the exit code, the same on all ranks. */
int mpi_facts_run(const char *suite, const fact_t facts[], size_t num_facts);

#endif
