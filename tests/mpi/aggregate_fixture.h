/** \file
 * Tables whose pushes are collected, for facts about them.
 */
#ifndef TERN_TESTS_AGGREGATE_FIXTURE_H
#define TERN_TESTS_AGGREGATE_FIXTURE_H

#include "session.h"

#define NUM_KEYS 301u
#define WIDTH    2u

/* Table "t", keys [0, NUM_KEYS), float64. */
tern_table_desc_t aggregate_describe(tern_sync_t sync, uint32_t staleness);

/* NULL if it was refused, which fails the fact. */
tern_table_t *aggregate_make(session_t *session, const tern_table_desc_t *desc);

/* Every rank serves and works. */
session_t aggregate_begin(void);

#endif
