/** \file
 * Sort the keys of a call by server with a stable counting sort, so that repeated keys keep their order,
 * then compose one message per server.
 */
#include <string.h>

#include "client/client.h"

/* One call sends one message per server unless that would be longer than this. */
#define MAX_PAYLOAD_BYTES ((size_t)1 << 28)

static size_t bytes_per_key(const tern_request_t *request, bool has_keys)
{
    size_t bytes = has_keys ? sizeof(tern_key_t) : 0;

    return request->kind == TERN_MESSAGE_PULL ? bytes : bytes + request->table->row_bytes;
}

/* How many keys fit in a message, counting the larger of request and answer. */
static size_t keys_per_message(const tern_request_t *request)
{
    size_t most = MAX_PAYLOAD_BYTES / (sizeof(tern_key_t) + request->table->row_bytes);

    return most > 0 ? most : 1;
}

static void encode_keys(tern_part_t *part, const uint32_t positions[],
                        const tern_key_t keys[], const char *rows)
{
    tern_key_t *part_keys = tern_buffer_payload(part->message);
    char       *part_rows = (char *)(part_keys + part->num_keys);
    size_t      bytes     = part->request->table->row_bytes;

    tern_buffer_header(part->message)->key_bytes =
        part->num_keys * (uint32_t)sizeof *part_keys;
    for (uint32_t i = 0; i < part->num_keys; i++) {
        part_keys[i]       = keys[positions[i]];
        part->positions[i] = positions[i];
    }
    if (rows == NULL)
        return;
    for (uint32_t i = 0; i < part->num_keys; i++)
        memcpy(part_rows + i * bytes, rows + positions[i] * bytes, bytes);
}

static tern_status_t issue_to_server(tern_request_t *request, uint32_t server,
                                     size_t num_positions, const uint32_t positions[],
                                     const tern_key_t keys[], const void *rows)
{
    size_t most = keys_per_message(request);

    for (size_t done = 0; done < num_positions; done += most) {
        size_t         n      = num_positions - done < most ? num_positions - done : most;
        tern_client_t *client = request->client;
        tern_part_t   *part   = tern_part_create(
                client, request, n * bytes_per_key(request, true), (uint32_t)n, true);
        tern_status_t status;

        if (part == NULL)
            return TERN_ERR_NO_MEMORY;
        encode_keys(part, positions + done, keys, rows);
        status = tern_part_send(client, &client->streams[server], part);
        if (status != TERN_OK)
            return status;
    }
    return TERN_OK;
}

/* client->order := positions by server; server s has order[counts[s]] to order[counts[s + 1]]. */
static void sort_by_server(tern_client_t *client, const tern_table_t *table,
                           size_t num_positions, const uint32_t positions[],
                           const tern_key_t keys[])
{
    size_t *counts      = client->counts;
    size_t  num_servers = (size_t)client->group->num_servers;

    memset(counts, 0, (num_servers + 1) * sizeof *counts);
    for (size_t i = 0; i < num_positions; i++)
        counts[tern_partition_part(&table->partition, keys[positions[i]]) + 1]++;
    for (size_t s = 0; s < num_servers; s++)
        counts[s + 1] += counts[s];
    for (size_t i = 0; i < num_positions; i++) {
        uint32_t server = tern_partition_part(&table->partition, keys[positions[i]]);

        client->order[counts[server]++] = positions[i];
    }
    memmove(counts + 1, counts, num_servers * sizeof *counts);
    counts[0] = 0;
}

tern_status_t tern_issue_keys(tern_request_t *request, size_t num_positions,
                              const uint32_t positions[], const tern_key_t keys[],
                              const void *rows)
{
    tern_client_t *client = request->client;

    sort_by_server(client, request->table, num_positions, positions, keys);
    for (uint32_t s = 0; s < (uint32_t)client->group->num_servers; s++) {
        size_t        begin = client->counts[s], end = client->counts[s + 1];
        tern_status_t status;

        if (begin == end)
            continue;
        status =
            issue_to_server(request, s, end - begin, client->order + begin, keys, rows);
        if (status != TERN_OK)
            return status;
    }
    return TERN_OK;
}

tern_status_t tern_issue_range(tern_request_t *request, uint32_t server,
                               tern_range_t range, uint32_t first_position,
                               const void *rows)
{
    tern_client_t *client = request->client;
    size_t         most   = keys_per_message(request);
    size_t         bytes  = request->table->row_bytes;

    while (range.first < range.end) {
        size_t       n = range.end - range.first < most ? range.end - range.first : most;
        tern_part_t *part = tern_part_create(
            client, request, n * bytes_per_key(request, false), (uint32_t)n, false);
        tern_message_header_t *header;
        tern_status_t          status;

        if (part == NULL)
            return TERN_ERR_NO_MEMORY;
        header               = tern_buffer_header(part->message);
        header->flags        = TERN_MESSAGE_IS_RANGE;
        header->first_key    = range.first;
        part->first_position = first_position;
        if (rows != NULL)
            memcpy(tern_buffer_payload(part->message),
                   (const char *)rows + first_position * bytes, n * bytes);
        status = tern_part_send(client, &client->streams[server], part);
        if (status != TERN_OK)
            return status;
        range.first += n;
        first_position += (uint32_t)n;
    }
    return TERN_OK;
}
