/** \file
 * Counting, scanning and evicting rows of sparse tables, by functions that the servers run (tern/function.h).
 *
 * A scan asks each server for its next keys and merges what they give up to the least of the keys at which they stopped:
 * behind that, one of them may have keys that it has not told. On a ring each server has about the same share of the
 * next keys, so each is asked for its share and a little more, and little is told in vain. By ranges only the server
 * of the first key is asked.
 */
#include "tern/sparse.h"

#include <string.h>

#include "base/alloc.h"
#include "client/access.h"
#include "keys/range.h"
#include "table/scan.h"
#include "table/sparse.h"
#include "tern/function.h"

static tern_status_t refuse(const tern_table_t *table, const char *why)
{
    tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "table '%s': %s", table->record.name, why);
    return TERN_ERR_ARG;
}

static tern_status_t check(const tern_table_t *table, tern_range_t range)
{
    tern_status_t status = tern_access_check_call(table, 0, NULL, NULL);

    return status == TERN_OK ? tern_access_check_range(table, range) : status;
}

/* --- counting --- */

tern_status_t tern_num_rows(tern_table_t *table, tern_range_t range, uint64_t *num_rows_p)
{
    tern_reply_t *reply  = NULL;
    uint64_t      num    = 0;
    tern_status_t status = check(table, range);

    if (status != TERN_OK)
        return status;
    if (!tern_table_is_sparse(table)) {
        *num_rows_p = range.end - range.first;
        return TERN_OK;
    }
    status = tern_call(table, range, TERN_SCAN_COUNT, NULL, 0, &reply, NULL);
    if (status == TERN_OK) {
        for (uint32_t i = 0; i < tern_reply_num_servers(reply); i++)
            num += *(const uint64_t *)tern_reply_bytes(reply, i, NULL);
        *num_rows_p = num;
    }
    tern_reply_destroy(&reply);
    return status;
}

/* --- scanning --- */

/* What a server told, and what of that is not yet given. */
typedef struct source {
    const tern_key_t *keys; /* [num_keys] */
    const char       *values;
    size_t            num_keys, next;
} source_t;

typedef struct scan {
    tern_table_t *table;
    tern_range_t  range;
    size_t        max_keys, num_keys;
    tern_key_t   *keys;
    char         *values;
    tern_key_t    end; /* keys below it have all been told */
} scan_t;

/* Of the servers' keys the share of one, and some more, as shares differ by chance. */
static uint64_t keys_of_one(const scan_t *scan)
{
    uint64_t num_servers = (uint64_t)scan->table->client->group->num_servers;
    uint64_t share       = scan->max_keys / num_servers;

    if (!scan->table->placement.is_ring || num_servers == 1)
        return scan->max_keys;
    return share + share / 8 + 8;
}

static source_t source_of(scan_t *scan, const tern_reply_t *reply, uint32_t i)
{
    const tern_scan_head_t *head   = tern_reply_bytes(reply, i, NULL);
    source_t                source = {.keys     = (const tern_key_t *)(head + 1),
                                      .num_keys = head->num_keys};

    source.values = (const char *)(source.keys + source.num_keys);
    if (!head->is_end && source.keys[source.num_keys - 1] < scan->end - 1)
        scan->end = source.keys[source.num_keys - 1] + 1;
    return source;
}

static void give(scan_t *scan, source_t *source)
{
    size_t bytes = scan->table->row_bytes;

    scan->keys[scan->num_keys] = source->keys[source->next];
    if (scan->values != NULL)
        memcpy(scan->values + scan->num_keys * bytes,
               source->values + source->next * bytes, bytes);
    scan->num_keys++;
    source->next++;
}

/* The source with the least key below the end; NULL: there is none. */
static source_t *least(const scan_t *scan, size_t num_sources, source_t sources[])
{
    source_t  *found = NULL;
    tern_key_t key   = scan->end;

    for (size_t i = 0; i < num_sources; i++)
        if (sources[i].next < sources[i].num_keys &&
            sources[i].keys[sources[i].next] < key) {
            found = &sources[i];
            key   = found->keys[found->next];
        }
    return found;
}

static tern_status_t merge(scan_t *scan, const tern_reply_t *reply)
{
    uint32_t  num     = tern_reply_num_servers(reply);
    source_t *sources = tern_alloc(TERN_LOG_CLIENT, num * sizeof *sources), *source;

    if (sources == NULL)
        return TERN_ERR_NO_MEMORY;
    scan->end = scan->range.end;
    for (uint32_t i = 0; i < num; i++)
        sources[i] = source_of(scan, reply, i);
    while (scan->num_keys < scan->max_keys &&
           (source = least(scan, num, sources)) != NULL)
        give(scan, source);
    if (scan->num_keys == scan->max_keys)
        scan->end = scan->keys[scan->num_keys - 1] + 1;
    tern_free(TERN_LOG_CLIENT, sources);
    return TERN_OK;
}

/* Ask for the next keys; afterwards the range begins behind what is known of them. */
static tern_status_t step(scan_t *scan)
{
    const tern_placement_map_t *placement = &scan->table->placement;
    tern_range_t                whole     = scan->range;
    tern_scan_args_t            args      = {.max_keys     = keys_of_one(scan),
                                             .wants_values = scan->values != NULL};
    tern_reply_t               *reply     = NULL;
    tern_status_t               status;

    if (!placement->is_ring)
        scan->range = tern_range_overlap(
            whole, tern_placement_range(placement,
                                        tern_placement_server(placement, whole.first)));
    status = tern_call(scan->table, scan->range, TERN_SCAN_KEYS, &args, sizeof args,
                       &reply, NULL);
    if (status == TERN_OK)
        status = merge(scan, reply);
    tern_reply_destroy(&reply);
    if (status == TERN_OK)
        whole.first = scan->end;
    scan->range = whole;
    return status;
}

tern_status_t tern_scan(tern_table_t *table, tern_range_t *range, size_t max_keys,
                        tern_key_t keys[], void *values, size_t *num_keys_p)
{
    scan_t        scan   = {table, *range, max_keys, 0, keys, values, 0};
    tern_status_t status = check(table, *range);

    if (status != TERN_OK)
        return status;
    if (!tern_table_is_sparse(table))
        return refuse(table, "cannot scan a dense table: all of its keys have rows");
    if (max_keys == 0 || keys == NULL)
        return refuse(table, "a scan without room for keys");
    while (scan.num_keys == 0 && scan.range.first < scan.range.end) {
        status = step(&scan);
        if (status != TERN_OK)
            return status;
    }
    *range      = scan.range;
    *num_keys_p = scan.num_keys;
    return TERN_OK;
}

/* --- eviction --- */

static tern_status_t check_eviction(const tern_table_t    *table,
                                    const tern_eviction_t *eviction)
{
    uint32_t columns = table->record.columns;

    if (!tern_table_is_sparse(table))
        return refuse(table, "cannot evict rows of a dense table");
    if ((unsigned)eviction->by > TERN_EVICT_SCORE)
        return refuse(table, "rows are evicted by none of age, frequency, score");
    if (!(eviction->limit >= 0))
        return refuse(table, "the limit of an eviction is negative or no number");
    if (eviction->by == TERN_EVICT_AGE && !(columns & TERN_COLUMN_CLOCK))
        return refuse(table, "eviction by age needs TERN_COLUMN_CLOCK");
    if (eviction->by == TERN_EVICT_FREQUENCY && !(columns & TERN_COLUMN_VERSION))
        return refuse(table, "eviction by frequency needs TERN_COLUMN_VERSION");
    return TERN_OK;
}

static tern_evicted_t sum_of(const tern_reply_t *reply)
{
    tern_evicted_t sum = {0};

    for (uint32_t i = 0; i < tern_reply_num_servers(reply); i++) {
        const tern_evicted_t *one = tern_reply_bytes(reply, i, NULL);

        sum.num_rows_before += one->num_rows_before;
        sum.num_rows += one->num_rows;
        sum.num_bytes += one->num_bytes;
    }
    return sum;
}

tern_status_t tern_evict(tern_table_t *table, const tern_eviction_t *eviction,
                         tern_evicted_t *evicted_p)
{
    tern_reply_t     *reply = NULL;
    tern_evict_args_t args;
    tern_status_t     status =
        eviction == NULL ? TERN_ERR_ARG : check(table, eviction->range);

    if (status == TERN_OK)
        status = check_eviction(table, eviction);
    if (status != TERN_OK)
        return status;
    memset(&args, 0, sizeof args); /* its padding travels, too */
    args.what = *eviction;
    args.now  = table->client->clock;
    if (args.what.range.first == args.what.range.end)
        args.what.range = table->record.keys;
    status = tern_call(table, args.what.range, TERN_SCAN_EVICT, &args, sizeof args,
                       &reply, NULL);
    if (status == TERN_OK && evicted_p != NULL)
        *evicted_p = sum_of(reply);
    tern_reply_destroy(&reply);
    return status;
}
