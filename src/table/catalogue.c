#include "table/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/index.h"
#include "table/policy.h"
#include "tern/group.h"
#include "keys/ring.h"
#include "update/registry.h"

void tern_catalogue_init(tern_catalogue_t *catalogue)
{
    *catalogue = (tern_catalogue_t){.version = 1, .num_worker_groups = 1};
}

void tern_catalogue_fini(tern_catalogue_t *catalogue)
{
    tern_free(TERN_LOG_TABLE, catalogue->tables);
    *catalogue = (tern_catalogue_t){.version = 0};
}

tern_table_t *tern_catalogue_get(const tern_catalogue_t *catalogue, uint32_t id)
{
    return id < catalogue->num_tables ? catalogue->tables[id] : NULL;
}

tern_table_t *tern_catalogue_find(const tern_catalogue_t *catalogue, const char *name)
{
    for (uint32_t t = 0; t < catalogue->num_tables; t++)
        if (strcmp(catalogue->tables[t]->record.name, name) == 0)
            return catalogue->tables[t];
    return NULL;
}

tern_status_t tern_catalogue_add(tern_catalogue_t *catalogue, tern_table_t *table)
{
    if (catalogue->num_tables == catalogue->capacity) {
        uint32_t       capacity = 2 * catalogue->capacity + 4;
        tern_table_t **tables   = tern_realloc(TERN_LOG_TABLE, catalogue->tables,
                                               capacity * sizeof(tern_table_t *));

        if (tables == NULL)
            return TERN_ERR_NO_MEMORY;
        catalogue->tables   = tables;
        catalogue->capacity = capacity;
    }
    table->id                                  = catalogue->num_tables;
    catalogue->tables[catalogue->num_tables++] = table;
    catalogue->version                         = table->record.version;
    catalogue->num_dense += table->dense != NULL;
    catalogue->num_collecting += table->policy->collects;
    return TERN_OK;
}

static tern_status_t refuse(const char *name, const char *why)
{
    tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR, "cannot create table '%s': %s",
             name == NULL ? "(no name)" : name, why);
    return TERN_ERR_ARG;
}

static tern_status_t check_enumerations(const tern_table_desc_t *desc)
{
    const uint32_t all_columns = TERN_COLUMN_VERSION | TERN_COLUMN_CHECKSUM |
                                 TERN_COLUMN_ORIGIN | TERN_COLUMN_SIGNIFICANCE |
                                 TERN_COLUMN_CLOCK;

    if (desc->type != TERN_FLOAT32 && desc->type != TERN_FLOAT64)
        return refuse(desc->name,
                      "the value type is neither TERN_FLOAT32 nor TERN_FLOAT64");
    if ((unsigned)desc->init.kind > TERN_INIT_NORMAL)
        return refuse(desc->name, "the kind of initialiser is unknown");
    if ((unsigned)desc->sync > TERN_SYNC_ASYNC)
        return refuse(desc->name, "the bound is none of TERN_SYNC_BSP, _SSP, _ASYNC");
    if (desc->staleness != 0 && desc->sync != TERN_SYNC_SSP)
        return refuse(desc->name,
                      "a staleness is given, but the bound is not TERN_SYNC_SSP");
    if ((unsigned)desc->index > TERN_INDEX_HASH)
        return refuse(desc->name, "the kind of index is unknown");
    if ((unsigned)desc->consistency > TERN_EVENTUAL)
        return refuse(desc->name,
                      "the consistency is neither TERN_WHOLE_ROWS nor TERN_EVENTUAL");
    if ((desc->columns & ~all_columns) != 0)
        return refuse(desc->name, "an unknown column is asked for");
    return TERN_OK;
}

static const char *policy_name(const tern_table_desc_t *desc)
{
    return desc->policy == NULL ? "static" : desc->policy;
}

static tern_status_t refuse_number(const tern_table_desc_t *desc, const char *field,
                                   uint64_t number, const char *why)
{
    tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR, "cannot create table '%s': %s is %llu, %s",
             desc->name, field, (unsigned long long)number, why);
    return TERN_ERR_ARG;
}

static tern_status_t check_placement(const tern_table_desc_t *desc)
{
    bool is_hash = desc->index == TERN_INDEX_HASH;

    if ((unsigned)desc->placement > TERN_PLACEMENT_RING)
        return refuse_number(desc, "placement", (uint64_t)desc->placement,
                             "which is none of TERN_PLACEMENT_AUTO, _RANGE, _RING");
    if (desc->placement == TERN_PLACEMENT_RING && !is_hash)
        return refuse(desc->name, "placement is TERN_PLACEMENT_RING, which only tables "
                                  "with TERN_INDEX_HASH can have");
    if (desc->virtual_servers != 0 &&
        (!is_hash || desc->placement == TERN_PLACEMENT_RANGE))
        return refuse_number(desc, "virtual_servers", desc->virtual_servers,
                             "but its keys are placed by ranges");
    if (desc->virtual_servers > TERN_MAX_VIRTUAL_SERVERS)
        return refuse_number(desc, "virtual_servers", desc->virtual_servers,
                             "which is above 4096");
    return TERN_OK;
}

static tern_status_t check_sparse(const tern_table_desc_t *desc)
{
    bool is_hash = desc->index == TERN_INDEX_HASH;

    if (is_hash && strcmp(policy_name(desc), "static") != 0 &&
        !tern_policy_find(policy_name(desc))->collects) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "cannot create table '%s': index is TERN_INDEX_HASH, which goes with "
                 "policies 'static' and 'aggregate', not with '%s'",
                 desc->name, desc->policy);
        return TERN_ERR_ARG;
    }
    if (desc->admit_after > 1 && desc->index != TERN_INDEX_HASH)
        return refuse_number(desc, "admit_after", desc->admit_after,
                             "but its rows exist from the start; only tables with "
                             "TERN_INDEX_HASH admit keys");
    if (desc->admit_after > TERN_SKETCH_MOST)
        return refuse_number(desc, "admit_after", desc->admit_after,
                             "which is above 65535");
    if (desc->admit_bytes != 0 && desc->admit_after <= 1)
        return refuse_number(desc, "admit_bytes", desc->admit_bytes,
                             "but admit_after asks for no sketch");
    if (desc->admit_bytes != 0 && desc->admit_bytes < TERN_MIN_ADMIT_BYTES)
        return refuse_number(desc, "admit_bytes", desc->admit_bytes,
                             "which is below 1024");
    return TERN_OK;
}

/* Which tells what replicas have, or ends the steps that are summed. */
static bool goes_by_one_clock(const tern_policy_t *policy)
{
    return policy->keeps_replicas || policy->exchanges_wholes;
}

static tern_status_t check_group(const tern_catalogue_t  *catalogue,
                                 const tern_table_desc_t *desc)
{
    if (desc->group > (uint32_t)catalogue->num_worker_groups) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "cannot create table '%s': group is worker group %u, there are %d "
                 "(--groups)",
                 desc->name, desc->group - 1, catalogue->num_worker_groups);
        return TERN_ERR_ARG;
    }
    if (desc->group == TERN_GROUP_ALL && catalogue->num_worker_groups > 1 &&
        goes_by_one_clock(tern_policy_find(policy_name(desc)))) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "cannot create table '%s': policy '%s' goes by the clock of one worker "
                 "group; there are %d, so `group` must say which",
                 desc->name, desc->policy, catalogue->num_worker_groups);
        return TERN_ERR_ARG;
    }
    return TERN_OK;
}

static uint32_t push_width(const tern_table_desc_t *desc)
{
    return desc->push_width == 0 ? desc->width : desc->push_width;
}

/* Of tables whose pushes are collected, and what only they can have. */
static tern_status_t check_pushes(const tern_table_desc_t *desc,
                                  const tern_update_t     *rule)
{
    bool is_foreign = push_width(desc) != desc->width;
    bool collects   = tern_policy_find(policy_name(desc))->collects;

    if (!collects && (is_foreign || desc->ordered)) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "cannot create table '%s': %s needs policy 'aggregate', not '%s'",
                 desc->name, is_foreign ? "a push width of its own" : "an order of sums",
                 policy_name(desc));
        return TERN_ERR_ARG;
    }
    if (desc->push_width > TERN_MAX_WIDTH)
        return refuse(desc->name, "the push width is above 16 Mi values");
    if (is_foreign && tern_update_is_builtin(rule)) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "cannot create table '%s': update rule '%s' needs pushes of %u values, "
                 "as wide as a row, not %u",
                 desc->name, rule->name, desc->width, desc->push_width);
        return TERN_ERR_ARG;
    }
    if (is_foreign && (desc->columns & TERN_COLUMN_SIGNIFICANCE) != 0)
        return refuse(desc->name, "significance is measured in pushes as wide as a row");
    if (collects && tern_update_is_builtin(rule) && !rule->is_additive &&
        !rule->takes_sums) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "cannot create table '%s': policy 'aggregate' sums what is pushed in a "
                 "step, which update rule '%s' has no use for",
                 desc->name, rule->name);
        return TERN_ERR_ARG;
    }
    return TERN_OK;
}

static bool takes_sums(const tern_update_t *rule)
{
    return rule->is_additive || rule->takes_sums;
}

static tern_status_t check_dense(const tern_table_desc_t *desc, const tern_update_t *rule)
{
    if (!tern_policy_find(policy_name(desc))->exchanges_wholes)
        return TERN_OK;
    if (desc->sync != TERN_SYNC_BSP)
        return refuse(desc->name, "sync is not TERN_SYNC_BSP, but policy 'dense' "
                                  "exchanges what all workers pushed, step by step");
    if (desc->push_filters != NULL || desc->pull_filters != NULL)
        return refuse(desc->name, "policy 'dense' exchanges plain rows, which pass no "
                                  "filters (push_filters, pull_filters)");
    if (!takes_sums(rule)) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "cannot create table '%s': policy 'dense' sums what all workers push, "
                 "which update rule '%s' has no use for",
                 desc->name, rule->name);
        return TERN_ERR_ARG;
    }
    return TERN_OK;
}

static bool is_too_long(const char *filters)
{
    return filters != NULL && strlen(filters) >= TERN_FILTER_TEXT_BYTES;
}

static tern_status_t check(const tern_catalogue_t  *catalogue,
                           const tern_table_desc_t *desc, const tern_update_t *rule)
{
    if (desc->name == NULL || desc->name[0] == '\0')
        return refuse(desc->name, "a table needs a name");
    if (strlen(desc->name) >= sizeof((tern_table_record_t *)NULL)->name)
        return refuse(desc->name, "the name is longer than 63 bytes");
    if (tern_catalogue_find(catalogue, desc->name) != NULL)
        return refuse(desc->name, "a table of this name exists");
    if (desc->width == 0)
        return refuse(desc->name, "the width is zero");
    if (desc->width > TERN_MAX_WIDTH)
        return refuse(desc->name, "the width is above 16 Mi values");
    if (desc->keys.first >= desc->keys.end)
        return refuse(desc->name, "the key range is empty");
    if (rule == NULL || strlen(rule->name) >= sizeof((tern_table_record_t *)NULL)->update)
        return refuse(desc->name, "the update rule is unknown");
    if (tern_policy_find(policy_name(desc)) == NULL) {
        tern_log(
            TERN_LOG_TABLE, TERN_LOG_ERROR,
            "cannot create table '%s': there is no management policy '%s'; known are: %s",
            desc->name, desc->policy, tern_policy_names());
        return TERN_ERR_ARG;
    }
    if (tern_policy_find(policy_name(desc))->moves_rows &&
        desc->index == TERN_INDEX_ARITHMETIC)
        return refuse(desc->name, "rows that move cannot be found by arithmetic");
    if (tern_policy_find(policy_name(desc))->keeps_replicas && !rule->is_additive &&
        !rule->takes_sums) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "cannot create table '%s': policy '%s' sums what a node pushes, which "
                 "update rule '%s' has no use for",
                 desc->name, desc->policy, rule->name);
        return TERN_ERR_ARG;
    }
    if (check_sparse(desc) != TERN_OK || check_placement(desc) != TERN_OK ||
        check_group(catalogue, desc) != TERN_OK || check_pushes(desc, rule) != TERN_OK ||
        check_dense(desc, rule) != TERN_OK)
        return TERN_ERR_ARG;
    if ((desc->columns & TERN_COLUMN_CLOCK) != 0 && desc->index != TERN_INDEX_HASH)
        return refuse(desc->name, "column TERN_COLUMN_CLOCK is for rows that can be "
                                  "evicted: tables with TERN_INDEX_HASH");
    if (is_too_long(desc->push_filters) || is_too_long(desc->pull_filters))
        return refuse(desc->name,
                      "push_filters or pull_filters is longer than 159 characters");
    return check_enumerations(desc);
}

static tern_index_t index_of(const tern_table_desc_t *desc)
{
    if (tern_policy_find(policy_name(desc))->moves_rows)
        return TERN_INDEX_PAGED;
    return desc->index == TERN_INDEX_AUTO ? TERN_INDEX_ARITHMETIC : desc->index;
}

static bool is_on_ring(const tern_table_desc_t *desc)
{
    return desc->index == TERN_INDEX_HASH && desc->placement != TERN_PLACEMENT_RANGE;
}

static uint32_t virtual_servers_of(const tern_table_desc_t *desc)
{
    if (!is_on_ring(desc))
        return 0;
    return desc->virtual_servers == 0 ? TERN_RING_VIRTUAL_SERVERS : desc->virtual_servers;
}

tern_status_t tern_catalogue_describe(const tern_catalogue_t  *catalogue,
                                      const tern_table_desc_t *desc,
                                      const tern_update_t *rule, uint64_t seed,
                                      tern_table_record_t *record)
{
    tern_status_t status = check(catalogue, desc, rule);

    if (status != TERN_OK)
        return status;
    memset(record, 0, sizeof *record); /* records are compared as bytes */
    snprintf(record->name, sizeof record->name, "%s", desc->name);
    snprintf(record->update, sizeof record->update, "%s", rule->name);
    snprintf(record->policy, sizeof record->policy, "%s", policy_name(desc));
    if (desc->push_filters != NULL)
        snprintf(record->push_filters, sizeof record->push_filters, "%s",
                 desc->push_filters);
    if (desc->pull_filters != NULL)
        snprintf(record->pull_filters, sizeof record->pull_filters, "%s",
                 desc->pull_filters);
    record->keys           = desc->keys;
    record->width          = desc->width;
    record->type           = desc->type;
    record->sync           = desc->sync;
    record->staleness      = desc->staleness;
    record->index          = index_of(desc);
    record->max_rows       = desc->max_rows;
    record->group          = desc->group;
    record->placement      = is_on_ring(desc) ? TERN_PLACEMENT_RING : TERN_PLACEMENT_RANGE;
    record->virtual_servers = virtual_servers_of(desc);
    record->admit_after    = desc->admit_after > 1 ? desc->admit_after : 1;
    record->admit_bytes    = desc->admit_bytes;
    record->push_width      = push_width(desc);
    record->is_ordered      = desc->ordered;
    record->columns        = desc->columns;
    record->consistency    = desc->consistency;
    record->init.kind      = desc->init.kind;
    record->init.a         = desc->init.a;
    record->init.b         = desc->init.b;
    record->update_options = tern_update_options_resolve(rule, &desc->update_options);
    record->seed           = seed;
    record->version        = catalogue->version + 1;
    return TERN_OK;
}
