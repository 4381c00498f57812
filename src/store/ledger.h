/** \file
 * The node's ledger of shared memory: bytes reserved (address space that windows asked for) and
 * committed (pages that rows may touch).
 *
 * MPI compares each window only with what is free at that moment, and touching a page that the file
 * system cannot back is SIGBUS. So every commit is entered here first and refused when it does not fit.
 * Lives in memory that the node shares; all fields are atomic.
 */
#ifndef TERN_STORE_LEDGER_H
#define TERN_STORE_LEDGER_H

#include "tern/types.h"

typedef struct tern_ledger {
    uint64_t limit_bytes; /* set once by the node's first rank */
    uint64_t reserved_bytes, committed_bytes;
} tern_ledger_t;

void tern_ledger_init(tern_ledger_t *ledger, uint64_t limit_bytes);

/* False, nothing entered, if `bytes` more would pass the limit. */
bool tern_ledger_reserve(tern_ledger_t *ledger, uint64_t bytes);
void tern_ledger_release(tern_ledger_t *ledger, uint64_t bytes);
bool tern_ledger_commit(tern_ledger_t *ledger, uint64_t bytes);
void tern_ledger_uncommit(tern_ledger_t *ledger, uint64_t bytes);

#endif
