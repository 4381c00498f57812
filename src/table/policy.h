/** \file
 * Policy: what may happen to the rows of a table, by name. Client and server each have their own operations
 * for it; here is what both, and the creation of tables, must agree on.
 */
#ifndef TERN_TABLE_POLICY_H
#define TERN_TABLE_POLICY_H

#include <stdbool.h>

typedef struct tern_policy {
    const char *name;
    bool        moves_rows;     /* a row may be elsewhere than the placement says */
    bool        keeps_replicas; /* nodes keep copies of rows that are elsewhere */
    bool        heeds_intents;  /* what workers announce decides where rows are */
    bool        exchanges_wholes; /* each step sums what all pushed, whole tables at best */
    bool        sends_changes;  /* owners send what changed to nodes that have copies */
    bool        collects; /* pushes are summed at the owner and applied step by step */
    bool        takes_filters;  /* what it sends may go through filters */
} tern_policy_t;

/** NULL if there is none of that name. */
const tern_policy_t *tern_policy_find(const char *name);

/** All names, separated by commas; never freed. */
const char *tern_policy_names(void);

#endif
