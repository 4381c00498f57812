/** \file
 * Interest: which nodes have announced that they will access a row, known to the row's home; and what follows from it.
 *
 * \code
 * the owner's node alone, or nobody     nothing
 * one other node                        it is advised to move the row to itself
 * several                               those that do not own it are advised to keep replicas
 * \endcode
 * Advice goes to the worker that announced; it is that worker who localizes or replicates. Where interest ends and one node is left
 * that has a replica, that node is advised to move the row. `--adapt` leaves out one of the two.
 * Source: Renz-Wieland et al., PVLDB 2023, section 4.1. Ours differs: the home decides, which every move passes through anyway,
 * and not the owner, so that a decision needs no second look when the row has just left.
 */
#ifndef TERN_SERVER_INTEREST_H
#define TERN_SERVER_INTEREST_H

#include "server/errand.h"

typedef struct tern_interest tern_interest_t;

typedef enum tern_adapt {
    TERN_ADAPT_BOTH,
    TERN_ADAPT_RELOCATE,
    TERN_ADAPT_REPLICATE
} tern_adapt_t;

tern_status_t tern_interest_create(tern_server_t *server, tern_adapt_t adapt,
                                   tern_interest_t **interest_p);
void          tern_interest_destroy(tern_interest_t **interest_p);

/** A worker announces (`intend`) or has done with (`release`) the keys of an errand, whose home this is. */
void tern_interest_note(tern_interest_t *interest, const tern_errand_t *errand);

/** The row of `key` leaves server `from`. If that node still wants it, it is to replicate it; told by
 * tern_interest_tell(). */
void tern_interest_moved(tern_interest_t *interest, const tern_table_t *table,
                         tern_key_t key, uint32_t from);
void tern_interest_tell(tern_interest_t *interest, const tern_table_t *table);

#endif
