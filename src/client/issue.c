/** \file
 * From a call to messages: sort the keys by server with a stable counting sort, so that repeated keys keep
 * their order; combine what is pushed to equal keys where the update rule is additive; cut what is long into
 * chunks, so that one is applied while the next is sent and another packed.
 */
#include <assert.h>
#include <string.h>

#include "base/add.h"
#include "client/filtering.h"
#include "client/policy.h"
#include "client/refresh.h"
#include "store/copy.h"
#include "table/sparse.h"

/* Pulls are cut by the server, which answers in chunks; one request stays below this. */
#define MAX_ANSWER_BYTES ((size_t)4 << 20)

/* Of long pushes, one key in so many must be spared, or they are not combined. */
#define LEAST_SPARED 16u

/* Keys of one call that go to one server; their keys are in client->keys. */
typedef struct bundle {
    tern_request_t     *request;
    tern_message_kind_t kind;
    uint32_t            server;
    size_t              num_keys;
    const uint32_t
               *positions;   /* [number of keys before combining] in the user's arrays */
    const char *rows;        /* the user's; NULL: none are sent */
    bool        is_combined; /* key i stands for group i of client->grouping */
} bundle_t;

static size_t keys_per_message(const tern_request_t *request, tern_message_kind_t kind)
{
    size_t bytes =
        tern_message_carries_rows(kind) ? request->client->chunk_bytes : MAX_ANSWER_BYTES;
    size_t most = bytes / tern_table_row_bytes(request->table, kind);

    return most > 0 ? most : 1;
}

/* --- rows --- */

static size_t row_bytes_of(const bundle_t *bundle)
{
    return tern_table_row_bytes(bundle->request->table, bundle->kind);
}

static void copy_rows(const bundle_t *bundle, size_t first, uint32_t num, char *to)
{
    size_t          bytes     = row_bytes_of(bundle);
    const uint32_t *positions = bundle->positions + first;

    for (uint32_t i = 0; i < num; i++)
        tern_copy_row(to + i * bytes, bundle->rows + positions[i] * bytes,
                      (uint32_t)bytes);
}

/* Row i is the sum over group first + i, in the order of the call. */
static void sum_rows(const bundle_t *bundle, size_t first, uint32_t num, char *to)
{
    const tern_table_t    *table    = bundle->request->table;
    const tern_grouping_t *grouping = &bundle->request->client->grouping;
    size_t                 bytes    = row_bytes_of(bundle);

    for (uint32_t i = 0; i < num; i++, to += bytes) {
        uint32_t at = grouping->first[first + i];

        tern_copy_row(to, bundle->rows + bundle->positions[at] * bytes, (uint32_t)bytes);
        while ((at = grouping->next[at]) != TERN_GROUP_END)
            tern_add((tern_type_t)table->record.type, table->record.push_width, to,
                     bundle->rows + bundle->positions[at] * bytes);
    }
}

/* --- messages --- */

/* The user's rows where they are, if they can be sent from there and are worth it. */
static const char *lendable_rows(const bundle_t *bundle, size_t first, uint32_t num)
{
    size_t          bytes     = row_bytes_of(bundle);
    const uint32_t *positions = bundle->positions + first;

    return !bundle->is_combined && bundle->rows != NULL &&
                   num * bytes >= bundle->request->client->tail_bytes &&
                   tern_positions_are_consecutive(num, positions)
               ? bundle->rows + positions[0] * bytes
               : NULL;
}

/* Accesses to rows that move must not overtake each other; nor those to rows that a neighbour's server is to make, which
 * may be there for the next. */
static bool is_tracked(const tern_request_t *request, tern_message_kind_t kind,
                       uint32_t server)
{
    const tern_group_t *group = request->client->group;
    const tern_table_t *table = request->table;

    if (table->policy->collects || /* which orders by steps */
        (kind != TERN_MESSAGE_PULL && !tern_message_carries_rows(kind)))
        return false;
    if (tern_table_is_sparse(table))
        return tern_group_is_neighbour(group, group->server_ranks[server]);
    return table->policy->moves_rows && !tern_refresh_keeps(request);
}

static tern_status_t send_chunk(const bundle_t *bundle, size_t first, uint32_t num)
{
    tern_client_t    *client = bundle->request->client;
    const tern_key_t *keys   = client->keys + first;
    tern_keycode_t    code   = tern_keycode_choose(num, keys);
    const char       *lent   = lendable_rows(bundle, first, num);
    tern_part_t *part = tern_part_create(bundle->request, bundle->kind, num, &code, lent);

    if (part == NULL)
        return TERN_ERR_NO_MEMORY;
    if (is_tracked(bundle->request, bundle->kind, bundle->server) &&
        tern_part_track(part, bundle->server, keys) != TERN_OK) {
        tern_part_discard(part);
        return TERN_ERR_NO_MEMORY;
    }
    tern_keycode_write(&code, num, keys, tern_buffer_payload(part->message));
    if (bundle->is_combined)
        sum_rows(bundle, first, num, tern_part_rows(part));
    else if (bundle->rows != NULL && lent == NULL)
        copy_rows(bundle, first, num, tern_part_rows(part));
    if (tern_message_brings_rows(bundle->kind) &&
        tern_part_set_positions(part, bundle->positions + first) != TERN_OK) {
        tern_part_discard(part);
        return TERN_ERR_NO_MEMORY;
    }
    return tern_part_send(&client->streams[bundle->server], part);
}

static void gather_keys(const bundle_t *bundle, const tern_key_t keys[])
{
    for (size_t i = 0; i < bundle->num_keys; i++)
        bundle->request->client->keys[i] = keys[bundle->positions[i]];
}

/* Sums stand for the pushes that they are made of only where the rule is additive, or where the server sums
 * them anyway, if not in an order of its own. A pushpull is answered for each key of the call, after its own push. */
static bool may_combine(const bundle_t *bundle)
{
    const tern_table_t *table = bundle->request->table;

    return bundle->kind == TERN_MESSAGE_PUSH && bundle->num_keys > 1 &&
           (table->policy->collects ? !table->record.is_ordered
                                    : table->rule.is_additive);
}

/* Summing means to copy all rows. Where they could be sent from the user's array, that is dearer than to send a few
 * of them in vain. */
static bool is_worth_combining(const bundle_t *bundle)
{
    tern_client_t *client = bundle->request->client;
    size_t         num_repeats;

    return lendable_rows(bundle, 0, (uint32_t)bundle->num_keys) == NULL ||
           tern_grouping_estimate(&client->grouping, bundle->num_keys, client->keys,
                                  &num_repeats) != TERN_OK ||
           num_repeats >= bundle->num_keys / LEAST_SPARED;
}

static tern_status_t combine(bundle_t *bundle)
{
    tern_client_t *client = bundle->request->client;
    size_t         num_groups;

    if (!may_combine(bundle) || !is_worth_combining(bundle))
        return TERN_OK;
    if (tern_grouping_run(&client->grouping, bundle->num_keys, client->keys,
                          &num_groups) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    client->counters->combined_keys += bundle->num_keys - num_groups;
    bundle->is_combined = num_groups < bundle->num_keys;
    bundle->num_keys    = num_groups;
    return TERN_OK;
}

static tern_status_t issue_to_server(bundle_t *bundle, const tern_key_t keys[])
{
    size_t        most = keys_per_message(bundle->request, bundle->kind);
    tern_status_t status;

    gather_keys(bundle, keys);
    status = combine(bundle);
    for (size_t done = 0; status == TERN_OK && done < bundle->num_keys; done += most) {
        size_t left = bundle->num_keys - done;

        status = send_chunk(bundle, done, (uint32_t)(left < most ? left : most));
    }
    return status;
}

/* client->order := positions by server; server s has order[counts[s]] to order[counts[s + 1]].
 * Finding the server of a key is dear, so it is done once. */
static void sort_by_server(tern_client_t *client, const tern_table_t *table,
                           tern_message_kind_t kind, size_t num_positions,
                           const uint32_t positions[], const tern_key_t keys[])
{
    size_t   *counts      = client->counts;
    uint32_t *servers     = client->servers;
    size_t    num_servers = (size_t)client->group->num_servers;

    memset(counts, 0, (num_servers + 1) * sizeof *counts);
    for (size_t i = 0; i < num_positions; i++) {
        servers[i] = table->access->server_of(table, kind, keys[positions[i]]);
        counts[servers[i] + 1]++;
    }
    for (size_t s = 0; s < num_servers; s++)
        counts[s + 1] += counts[s];
    for (size_t i = 0; i < num_positions; i++)
        client->order[counts[servers[i]]++] = positions[i];
    memmove(counts + 1, counts, num_servers * sizeof *counts);
    counts[0] = 0;
}

static tern_status_t issue_keys(tern_request_t *request, tern_message_kind_t kind,
                                size_t num_positions, const uint32_t positions[],
                                const tern_key_t keys[], const void *rows)
{
    tern_client_t *client = request->client;
    bundle_t       bundle = {
              .request = request, .kind = kind, .positions = positions, .rows = rows};
    tern_status_t status      = TERN_OK;
    uint32_t      num_servers = (uint32_t)client->group->num_servers;

    if (num_servers == 1) {
        bundle.num_keys = num_positions;
        return issue_to_server(&bundle, keys);
    }
    sort_by_server(client, request->table, kind, num_positions, positions, keys);
    for (uint32_t s = 0; status == TERN_OK && s < num_servers; s++) {
        bundle.server      = s;
        bundle.num_keys    = client->counts[s + 1] - client->counts[s];
        bundle.positions   = client->order + client->counts[s];
        bundle.is_combined = false;
        status             = issue_to_server(&bundle, keys);
    }
    return status;
}

tern_status_t tern_issue_chosen(tern_request_t *request, const tern_chosen_t *chosen)
{
    return chosen->num_keys == 0
               ? TERN_OK
               : issue_keys(request, TERN_MESSAGE_PUSH, chosen->num_keys,
                            chosen->positions, chosen->keys, chosen->rows);
}

tern_status_t tern_issue_keys(tern_request_t *request, tern_message_kind_t kind,
                              size_t num_positions, const uint32_t positions[],
                              const tern_key_t keys[], const void *rows)
{
    tern_chosen_t chosen;
    tern_status_t status;

    if (kind != TERN_MESSAGE_PUSH || !tern_table_filters_choose(request->table->filters))
        return issue_keys(request, kind, num_positions, positions, keys, rows);
    status =
        tern_choose_keys(request->table, num_positions, positions, keys, rows, &chosen);
    return status == TERN_OK ? tern_issue_chosen(request, &chosen) : status;
}

tern_status_t tern_issue_pull(tern_request_t *request, uint32_t server, uint32_t num_keys,
                              const tern_key_t keys[], const uint32_t positions[])
{
    tern_stream_t *stream = &request->client->streams[server];
    tern_keycode_t code   = tern_keycode_choose(num_keys, keys);
    tern_part_t   *part =
        tern_part_create(request, TERN_MESSAGE_PULL, num_keys, &code, NULL);
    tern_status_t status = TERN_ERR_NO_MEMORY;

    if (part == NULL)
        return status;
    tern_keycode_write(&code, num_keys, keys, tern_buffer_payload(part->message));
    if (!tern_part_has_room(stream, part))
        status = TERN_IN_PROGRESS;
    else if (is_tracked(request, TERN_MESSAGE_PULL, server) &&
             tern_part_track(part, server, keys) != TERN_OK)
        status = TERN_ERR_NO_MEMORY;
    else
        status = tern_part_set_positions(part, positions);
    if (status == TERN_OK)
        return tern_part_send(stream, part);
    tern_part_discard(part);
    return status;
}

/* Of a pushed range, keys may be missing when filters have chosen. */
static tern_status_t issue_chosen_range(tern_request_t *request, tern_range_t range,
                                        const char *rows)
{
    tern_chosen_t chosen;
    tern_status_t status = tern_choose_range(request->table, range, rows, &chosen);

    return status == TERN_OK ? tern_issue_chosen(request, &chosen) : status;
}

tern_status_t tern_issue_range(tern_request_t *request, uint32_t server,
                               tern_range_t range, uint32_t first_position,
                               const void *rows)
{
    tern_client_t *client = request->client;
    size_t         most   = keys_per_message(request, request->kind);
    size_t         bytes  = tern_table_row_bytes(request->table, request->kind);

    if (request->kind == TERN_MESSAGE_PUSH &&
        tern_table_filters_choose(request->table->filters))
        return issue_chosen_range(request, range,
                                  (const char *)rows + first_position * bytes);
    while (range.first < range.end) {
        size_t         left = range.end - range.first;
        uint32_t       num  = (uint32_t)(left < most ? left : most);
        tern_keycode_t code = {.base = range.first};
        const char    *own =
            rows == NULL ? NULL : (const char *)rows + first_position * bytes;
        const char   *lent = num * bytes >= client->tail_bytes ? own : NULL;
        tern_part_t  *part = tern_part_create(request, request->kind, num, &code, lent);
        tern_status_t status;

        if (part == NULL)
            return TERN_ERR_NO_MEMORY;
        part->first_position = first_position;
        if (own != NULL && lent == NULL)
            memcpy(tern_part_rows(part), own, num * bytes);
        status = tern_part_send(&client->streams[server], part);
        if (status != TERN_OK)
            return status;
        range.first += num;
        first_position += num;
    }
    return TERN_OK;
}
