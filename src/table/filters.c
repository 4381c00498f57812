#include "table/filters.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "filter/chain_parse.h"
#include "table/table.h"

static tern_status_t check_policy(const tern_table_record_t *record)
{
    if (tern_policy_find(record->policy)->takes_filters)
        return TERN_OK;
    tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
             "cannot create table '%s': policy '%s' goes without push_filters and "
             "pull_filters; 'static' and 'aggregate' take them",
             record->name, record->policy);
    return TERN_ERR_ARG;
}

/* Rows that are held back, left out or enlarged are steps of another size; where steps are
 * collected, they are sums anyway. */
static tern_status_t check_rule(const tern_table_record_t *record,
                                const tern_update_t       *rule)
{
    if (rule->is_additive || rule->takes_sums ||
        tern_policy_find(record->policy)->collects)
        return TERN_OK;
    tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
             "cannot create table '%s': push_filters '%s' choose what is pushed, but "
             "update rule '%s' has no use for sums of pushes",
             record->name, record->push_filters, rule->name);
    return TERN_ERR_ARG;
}

static tern_status_t create_chain(const tern_filter_registry_t *registry,
                                  const tern_table_record_t *record, bool is_for_pulls,
                                  uint32_t rank, tern_chain_t **chain_p)
{
    const char         *text = is_for_pulls ? record->pull_filters : record->push_filters;
    char                where[192];
    tern_filter_shape_t shape = {.type   = (tern_type_t)record->type,
                                 .width  = is_for_pulls ? record->width
                                                         : record->push_width,
                                 .seed   = record->seed ^ record->version << 32,
                                 .stream = 2 * (uint64_t)rank + is_for_pulls};

    if (text[0] == '\0')
        return TERN_OK;
    snprintf(where, sizeof where, "table '%s', %s", record->name,
             is_for_pulls ? "pull_filters" : "push_filters");
    return tern_chain_create(registry, where, text, is_for_pulls, &shape, chain_p);
}

static void name_traffic(tern_traffic_t *traffic, const tern_chain_t *chain)
{
    if (chain == NULL)
        return;
    traffic->num_filters = chain->num_steps;
    for (uint32_t s = 0; s < chain->num_steps; s++) {
        const tern_filter_step_t *step = &chain->steps[s];

        snprintf(traffic->after[s].name, sizeof traffic->after[s].name, "%s",
                 step->own != NULL ? step->own->name : step->ops->name);
    }
}

static tern_status_t fill(tern_table_filters_t         *filters,
                          const tern_filter_registry_t *registry,
                          const tern_table_record_t *record, uint32_t rank)
{
    tern_status_t status = create_chain(registry, record, false, rank, &filters->push);

    if (status == TERN_OK)
        status = create_chain(registry, record, true, rank, &filters->pull);
    if (status != TERN_OK)
        return status;
    for (int flow = 0; flow < TERN_NUM_FLOWS; flow++)
        for (int end = 0; end < TERN_NUM_ENDS; end++)
            name_traffic(&filters->traffic[flow][end],
                         tern_table_filters_chain(filters, (tern_flow_t)flow));
    filters->known =
        tern_alloc_zeroed(TERN_LOG_TABLE, filters->num_servers * sizeof *filters->known);
    filters->kept =
        tern_alloc_zeroed(TERN_LOG_TABLE, filters->size * sizeof *filters->kept);
    return filters->known != NULL && filters->kept != NULL ? TERN_OK : TERN_ERR_NO_MEMORY;
}

tern_status_t tern_table_filters_create(const tern_filter_registry_t *registry,
                                        const tern_table_record_t    *record,
                                        const tern_update_t *rule, uint32_t num_servers,
                                        uint32_t size, uint32_t rank,
                                        tern_table_filters_t **filters_p)
{
    tern_table_filters_t *filters;
    tern_status_t         status;

    *filters_p = NULL;
    if (record->push_filters[0] == '\0' && record->pull_filters[0] == '\0')
        return TERN_OK;
    if (check_policy(record) != TERN_OK)
        return TERN_ERR_ARG;
    filters = tern_alloc_zeroed(TERN_LOG_TABLE, sizeof *filters);
    if (filters == NULL)
        return TERN_ERR_NO_MEMORY;
    filters->num_servers = num_servers;
    filters->size        = size;
    status               = fill(filters, registry, record, rank);
    if (status == TERN_OK && tern_table_filters_choose(filters))
        status = check_rule(record, rule);
    if (status != TERN_OK)
        tern_table_filters_destroy(&filters);
    *filters_p = filters; /* NULL on error */
    return status;
}

static void destroy_caches(tern_key_cache_t *caches[], uint32_t num)
{
    for (uint32_t i = 0; caches != NULL && i < num; i++)
        tern_key_cache_destroy(&caches[i]);
}

void tern_table_filters_destroy(tern_table_filters_t **filters_p)
{
    tern_table_filters_t *filters = *filters_p;

    if (filters == NULL)
        return;
    destroy_caches(filters->known, filters->num_servers);
    destroy_caches(filters->kept, filters->size);
    tern_free(TERN_LOG_TABLE, filters->known);
    tern_free(TERN_LOG_TABLE, filters->kept);
    tern_free(TERN_LOG_TABLE, filters->listed);
    tern_free(TERN_LOG_TABLE, filters->keys);
    tern_free(TERN_LOG_TABLE, filters->rows);
    tern_free(TERN_LOG_TABLE, filters->positions);
    tern_chain_destroy(&filters->push);
    tern_chain_destroy(&filters->pull);
    tern_free(TERN_LOG_TABLE, filters);
    *filters_p = NULL;
}

tern_status_t tern_table_filters_reserve_list(tern_table_filters_t *filters,
                                              size_t                num_keys)
{
    tern_key_t *listed;

    if (num_keys <= filters->num_listed)
        return TERN_OK;
    listed = tern_realloc(TERN_LOG_TABLE, filters->listed, num_keys * sizeof *listed);
    if (listed == NULL)
        return TERN_ERR_NO_MEMORY;
    filters->listed     = listed;
    filters->num_listed = num_keys;
    return TERN_OK;
}

static bool grow(void **array_p, size_t bytes)
{
    void *array = tern_realloc(TERN_LOG_TABLE, *array_p, bytes);

    if (array != NULL)
        *array_p = array;
    return array != NULL;
}

tern_status_t tern_table_filters_reserve(tern_table_filters_t *filters, size_t num_keys)
{
    size_t row_bytes = tern_filter_row_bytes(&filters->push->rows.shape);

    if (num_keys <= filters->num_keys)
        return TERN_OK;
    if (!grow((void **)&filters->keys, num_keys * sizeof *filters->keys) ||
        !grow((void **)&filters->rows, num_keys * row_bytes) ||
        !grow((void **)&filters->positions, num_keys * sizeof *filters->positions))
        return TERN_ERR_NO_MEMORY;
    for (size_t i = filters->num_keys; i < num_keys; i++)
        filters->positions[i] = (uint32_t)i;
    filters->num_keys = num_keys;
    return TERN_OK;
}

/* A list may be referred to by pushes and pulls: the larger size counts. */
tern_key_cache_t *tern_table_filters_cache(const tern_table_filters_t *filters,
                                           tern_key_cache_t *caches[], uint32_t peer)
{
    size_t push_bytes = filters->push != NULL ? filters->push->key_cache_bytes : 0;
    size_t pull_bytes = filters->pull != NULL ? filters->pull->key_cache_bytes : 0;

    if (caches[peer] == NULL)
        caches[peer] =
            tern_key_cache_create(push_bytes > pull_bytes ? push_bytes : pull_bytes);
    return caches[peer];
}

/* --- public --- */

void tern_table_traffic(const tern_table_t *table, tern_flow_t flow, bool is_sender,
                        tern_traffic_t *traffic)
{
    *traffic = (tern_traffic_t){.num_messages = 0};
    if (table->filters != NULL && (unsigned)flow < TERN_NUM_FLOWS)
        *traffic =
            table->filters->traffic[flow][is_sender ? TERN_END_SENT : TERN_END_RECEIVED];
}

void tern_table_forget_keys(tern_table_t *table)
{
    if (table->filters == NULL)
        return;
    destroy_caches(table->filters->known, table->filters->num_servers);
    destroy_caches(table->filters->kept, table->filters->size);
}

static tern_status_t refuse_threshold(const tern_table_t *table, const char *filter,
                                      const char *why)
{
    tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR, "threshold of '%s' of table '%s': %s",
             filter, table->record.name, why);
    return TERN_ERR_ARG;
}

tern_status_t tern_table_set_threshold(tern_table_t *table, const char *filter,
                                       double threshold)
{
    tern_filter_step_t *step = NULL;

    if (table->filters != NULL && table->filters->push != NULL)
        step = tern_chain_find(table->filters->push, filter);
    if (step == NULL || step->ops->number.meaning == NULL ||
        strcmp(step->ops->number.meaning, "threshold") != 0)
        return refuse_threshold(table, filter, "push_filters have no such threshold");
    if (!tern_filter_accepts(step, threshold))
        return refuse_threshold(table, filter, "a threshold is a number of at least 0");
    step->number = threshold;
    return TERN_OK;
}
