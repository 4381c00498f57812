/** \file
 * Lending: who of a node has rows borrowed right now.
 *
 * Borrowed rows are pointers into the store. A row that is to leave is first made unfindable; then its server waits until
 * everybody who may have borrowed it before has given back what he had, and only then copies it out and reuses its slot.
 * Nobody waits in between but who asked for the row.
 */
#ifndef TERN_STORE_LENDING_H
#define TERN_STORE_LENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One cache line for each borrower, who alone writes it. */
typedef struct tern_borrower {
    uint64_t open;  /* atomic; borrows not yet returned */
    uint64_t round; /* atomic; times that `open` fell to zero */
    char     padding[48];
} tern_borrower_t;

typedef struct tern_lending {
    uint32_t        num_borrowers;
    uint32_t        num_waiting; /* atomic; servers that wait for borrowers */
    char            padding[56];
    tern_borrower_t borrowers[]; /* [num_borrowers] */
} tern_lending_t;

size_t tern_lending_bytes(uint32_t num_borrowers);

/** On zeroed memory, aligned to 64. */
void tern_lending_init(tern_lending_t *lending, uint32_t num_borrowers);

/** Before a row is looked up. */
void tern_lending_begin(tern_lending_t *lending, uint32_t borrower);

/** After the last use of the rows. True if a server waits for it and should be woken. */
bool tern_lending_end(tern_lending_t *lending, uint32_t borrower);

/** What must pass before rows that nobody finds any more are nobody's: `rounds` [num_borrowers]. True if it has
 * passed already; else the caller is counted as waiting. */
bool tern_lending_note(tern_lending_t *lending, uint64_t rounds[]);

/** True if it has passed; then the caller waits no more. */
bool tern_lending_has_passed(tern_lending_t *lending, const uint64_t rounds[]);

#endif
