#include "server/follower.h"

#include "base/alloc.h"
#include "keys/keycode.h"
#include "keys/range.h"

/* What a message says, checked. */
typedef struct fresh {
    tern_table_t   *table;
    uint32_t        server;
    const uint64_t *applied; /* [num_workers] */
    const char     *rows;    /* [header->num_keys] */
} fresh_t;

static bool reserve(tern_follower_t *follower, size_t num_keys)
{
    tern_key_t *keys;

    if (num_keys <= follower->scratch_keys)
        return true;
    keys = tern_realloc(TERN_LOG_SERVER, follower->keys, num_keys * sizeof *keys);
    if (keys == NULL)
        return false;
    follower->keys         = keys;
    follower->scratch_keys = num_keys;
    return true;
}

static bool decode(tern_follower_t *follower, const tern_message_t *message,
                   fresh_t *fresh)
{
    const tern_message_header_t *header = message->header;
    const tern_group_t          *group  = tern_mailbox_group(follower->mailbox);
    tern_keycode_t               code   = {.base  = header->first_key,
                                           .width = header->flags & TERN_MESSAGE_KEY_WIDTH,
                                           .has_steps = (header->flags & TERN_MESSAGE_KEY_STEPS) != 0};
    size_t applied_bytes = tern_message_pad(header->num_runs * sizeof(uint64_t));
    size_t head_bytes =
        applied_bytes + tern_message_pad(tern_keycode_bytes(&code, header->num_keys));

    fresh->table = tern_catalogue_get(follower->catalogue, header->table);
    if (fresh->table == NULL || fresh->table->replicas.header == NULL ||
        header->source >= (uint32_t)group->size ||
        group->members[header->source].server < 0 ||
        header->num_runs != follower->num_workers || !tern_keycode_is_valid(&code) ||
        message->payload_bytes != head_bytes + header->num_keys * fresh->table->row_bytes)
        return false;
    if (!reserve(follower, header->num_keys))
        return false;
    fresh->server  = (uint32_t)group->members[header->source].server;
    fresh->applied = (const uint64_t *)message->payload;
    fresh->rows    = message->payload + head_bytes;
    tern_keycode_read(&code, header->num_keys, message->payload + applied_bytes,
                      follower->keys);
    return tern_range_has_all(fresh->table->record.keys, header->num_keys,
                              follower->keys);
}

/* Neighbours may wait for these rows. */
static void ring_neighbours(const tern_follower_t *follower)
{
    const tern_group_t *group = tern_mailbox_group(follower->mailbox);

    for (int i = 0; i < group->node_size; i++)
        if (group->node_members[i] != group->rank)
            tern_node_ring(tern_mailbox_node(follower->mailbox), group->node_members[i]);
}

static void handle_fresh(void *context, const tern_message_t *message)
{
    tern_follower_t             *follower = context;
    const tern_message_header_t *header   = message->header;
    fresh_t                      fresh;

    if (!decode(follower, message, &fresh)) {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "malformed rows from server rank %u: table %u, %u keys, %zu bytes",
                 header->source, header->table, header->num_keys, message->payload_bytes);
        return;
    }
    tern_mailbox_counters(follower->mailbox)->pushed_rows += header->num_keys;
    for (uint32_t i = 0; i < header->num_keys;
         i++) /* one that must not count is asked for */
        (void)tern_replica_install(&fresh.table->replicas, follower->keys[i],
                                   header->clock, fresh.applied,
                                   fresh.rows + i * fresh.table->row_bytes);
    if (!(header->flags & TERN_MESSAGE_LAST))
        return;
    tern_replicas_follow(&fresh.table->replicas, fresh.server, header->clock);
    ring_neighbours(follower);
}

tern_status_t tern_follower_create(tern_mailbox_t         *mailbox,
                                   const tern_catalogue_t *catalogue,
                                   tern_follower_t       **follower_p)
{
    const tern_group_t *group    = tern_mailbox_group(mailbox);
    tern_follower_t    *follower = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *follower);

    if (follower == NULL)
        return TERN_ERR_NO_MEMORY;
    follower->mailbox   = mailbox;
    follower->catalogue = catalogue;
    for (int i = 0; i < group->node_size; i++)
        follower->num_workers += group->members[group->node_members[i]].worker >= 0;
    tern_mailbox_handle(mailbox, TERN_MESSAGE_FRESH, handle_fresh, follower);
    *follower_p = follower;
    return TERN_OK;
}

void tern_follower_destroy(tern_follower_t **follower_p)
{
    if (*follower_p != NULL)
        tern_free(TERN_LOG_SERVER, (*follower_p)->keys);
    tern_free(TERN_LOG_SERVER, *follower_p);
    *follower_p = NULL;
}
