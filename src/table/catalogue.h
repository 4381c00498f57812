/** \file
 * Catalogue: the tables of a runtime by number, with a version that rises with every table, so that
 * membership can name which catalogue a rank must know.
 */
#ifndef TERN_TABLE_CATALOGUE_H
#define TERN_TABLE_CATALOGUE_H

#include "table/table.h"

typedef struct tern_catalogue {
    uint64_t       version;
    int            num_worker_groups;
    uint32_t       num_dense;      /* tables that are exchanged as wholes */
    uint32_t       num_collecting; /* whose pushes are applied step by step */
    uint32_t       num_tables, capacity;
    tern_table_t **tables; /* [num_tables], owned */
} tern_catalogue_t;

void tern_catalogue_init(tern_catalogue_t *catalogue);
void tern_catalogue_fini(
    tern_catalogue_t *catalogue); /* its tables must be destroyed before */

/** NULL if the number or the name is unknown. */
tern_table_t *tern_catalogue_get(const tern_catalogue_t *catalogue, uint32_t id);
tern_table_t *tern_catalogue_find(const tern_catalogue_t *catalogue, const char *name);

/** Enter a table, which gets its number. */
tern_status_t tern_catalogue_add(tern_catalogue_t *catalogue, tern_table_t *table);

/** Check a description and turn it into the record of the next version.
 * TERN_ERR_ARG, logged with the field and its value. */
tern_status_t tern_catalogue_describe(const tern_catalogue_t  *catalogue,
                                      const tern_table_desc_t *desc,
                                      const tern_update_t *rule, uint64_t seed,
                                      tern_table_record_t *record);

#endif
