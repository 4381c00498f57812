/** \file
 * What all schemes share: the checks of the public calls, the distribution.
 */
#include "client/sample.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "client/access.h"
#include "client/policy.h"
#include "tern/locality.h"

static const tern_sample_ops_t *const schemes[] = {
    [TERN_SAMPLE_NAIVE]        = &tern_sample_naive,
    [TERN_SAMPLE_PRELOCALIZED] = &tern_sample_prelocalized,
    [TERN_SAMPLE_POOL]         = &tern_sample_pool,
    [TERN_SAMPLE_LOCAL]        = &tern_sample_local,
};

#define NUM_SCHEMES (sizeof schemes / sizeof schemes[0])

bool tern_sample_scheme_parse(const char *name, tern_sample_scheme_t *scheme_p)
{
    for (size_t i = 0; i < NUM_SCHEMES; i++)
        if (strcmp(name, schemes[i]->name) == 0) {
            *scheme_p = (tern_sample_scheme_t)i;
            return true;
        }
    return false;
}

/* --- creation --- */

static bool refuse(const tern_table_t *table, const char *cause)
{
    tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "a sampler of table '%s': %s",
             table->record.name, cause);
    return false;
}

static bool are_weights(const tern_table_t *table, size_t num_keys,
                        const double weights[])
{
    bool has_one = false;

    if (num_keys > UINT32_MAX)
        return refuse(table, "only 4294967295 keys can have weights");
    for (size_t i = 0; i < num_keys; i++) {
        if (!(weights[i] >= 0 && isfinite(weights[i]))) {
            tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                     "a sampler of table '%s': weight %zu is %g", table->record.name, i,
                     weights[i]);
            return false;
        }
        has_one = has_one || weights[i] > 0;
    }
    return has_one || refuse(table, "all weights are zero");
}

/* `keys` are those of the description, an empty range replaced. */
static bool is_description(const tern_table_t *table, const tern_sample_desc_t *desc,
                           tern_range_t keys)
{
    tern_range_t all = table->record.keys;

    if ((unsigned)desc->scheme >= NUM_SCHEMES)
        return refuse(table, "there is no scheme of this number");
    if (keys.first > keys.end || keys.first < all.first || keys.end > all.end) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                 "a sampler of keys [%llu, %llu): table '%s' has [%llu, %llu)",
                 (unsigned long long)keys.first, (unsigned long long)keys.end,
                 table->record.name, (unsigned long long)all.first,
                 (unsigned long long)all.end);
        return false;
    }
    return desc->weights == NULL ||
           are_weights(table, keys.end - keys.first, desc->weights);
}

static tern_status_t init(tern_sampler_t *sampler, const tern_sample_desc_t *desc)
{
    tern_status_t status = TERN_OK;

    if (desc->weights != NULL)
        status = tern_alias_init(&sampler->alias, sampler->keys.end - sampler->keys.first,
                                 desc->weights);
    if (status == TERN_OK && sampler->ops->create != NULL)
        status = sampler->ops->create(sampler, desc);
    return status;
}

tern_status_t tern_sampler_create(tern_table_t *table, const tern_sample_desc_t *desc,
                                  tern_sampler_t **sampler_p)
{
    tern_sampler_t *sampler;
    tern_range_t    keys;
    uint64_t        worker;
    tern_status_t   status = tern_access_check_call(table, 0, NULL, NULL);

    if (status != TERN_OK)
        return status;
    if (desc == NULL || sampler_p == NULL)
        return TERN_ERR_ARG;
    keys = desc->keys.first == desc->keys.end ? table->record.keys : desc->keys;
    if (!is_description(table, desc, keys))
        return TERN_ERR_ARG;
    sampler = tern_alloc_zeroed(TERN_LOG_CLIENT, sizeof *sampler);
    if (sampler == NULL)
        return TERN_ERR_NO_MEMORY;
    worker = (uint64_t)table->client->group->members[table->client->group->rank].worker;
    sampler->table        = table;
    sampler->ops          = schemes[desc->scheme];
    sampler->keys         = keys;
    sampler->seed         = desc->seed != 0 ? desc->seed : table->record.seed;
    sampler->first_stream = worker * TERN_SAMPLE_NUM_SEQUENCES;
    status                = init(sampler, desc);
    if (status == TERN_OK)
        *sampler_p = sampler;
    else
        tern_sampler_destroy(&sampler);
    return status;
}

void tern_sampler_destroy(tern_sampler_t **sampler_p)
{
    tern_sampler_t *sampler = *sampler_p;

    if (sampler == NULL)
        return;
    if (sampler->ops->destroy != NULL)
        sampler->ops->destroy(sampler);
    tern_alias_fini(&sampler->alias);
    tern_free(TERN_LOG_CLIENT, sampler);
    *sampler_p = NULL;
}

/* --- draws --- */

tern_status_t tern_sample_prepare(tern_sampler_t *sampler, size_t num)
{
    tern_status_t status = TERN_OK;

    if (sampler == NULL)
        return TERN_ERR_ARG;
    if (sampler->ops->prepare != NULL)
        status = sampler->ops->prepare(sampler, num);
    if (status == TERN_OK)
        sampler->num_prepared += num;
    return status;
}

bool tern_sample_can_localize(const tern_sampler_t *sampler)
{
    return sampler->table->access->localize != NULL &&
           sampler->table->view.num_segments > 0;
}

void tern_sample_localize(tern_sampler_t *sampler, size_t num, const tern_key_t keys[])
{
    tern_request_t *request = NULL;

    if (!tern_sample_can_localize(sampler))
        return;
    if (tern_localize(sampler->table, num, keys, &request) == TERN_OK && request != NULL)
        tern_request_detach(request);
}

tern_status_t tern_sample_fetch(tern_sampler_t *sampler, size_t num,
                                const tern_key_t keys[], void *values,
                                tern_request_t **request_p)
{
    if (values != NULL)
        return tern_pull(sampler->table, num, keys, values, request_p);
    if (request_p != NULL)
        *request_p = NULL;
    return TERN_OK;
}

tern_status_t tern_pull_sample(tern_sampler_t *sampler, size_t num, tern_key_t keys[],
                               void *values, tern_request_t **request_p)
{
    tern_status_t status;

    if (sampler == NULL || (num > 0 && keys == NULL))
        return TERN_ERR_ARG;
    if (num > sampler->num_prepared - sampler->num_pulled) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                 "table '%s': %zu draws are pulled where %llu are prepared",
                 sampler->table->record.name, num,
                 (unsigned long long)(sampler->num_prepared - sampler->num_pulled));
        return TERN_ERR_ARG;
    }
    status = sampler->ops->pull(sampler, num, keys, values, request_p);
    sampler->num_pulled += num;
    return status;
}
