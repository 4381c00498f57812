#include "server/pusher.h"

#include <string.h>

#include "base/alloc.h"
#include "keys/keycode.h"

/* Of one table: who has which of this server's rows. Bits are slots. */
typedef struct audience {
    tern_table_t *table;
    uint64_t      clock; /* of the last round */
    uint64_t      num_words;
    uint64_t     *changed; /* [num_words]; since the last round */
    uint64_t *
        *followers; /* [num_nodes][num_words]; NULL: the node has asked for nothing */
} audience_t;

struct tern_pusher {
    tern_server_t *server;
    audience_t    *audiences; /* by number of the table */
    uint32_t       num_audiences;
    tern_key_t    *keys; /* [scratch_keys] of the message in hand */
    size_t         scratch_keys;
};

static const tern_group_t *group_of(const tern_pusher_t *pusher)
{
    return tern_mailbox_group(pusher->server->mailbox);
}

static tern_segment_t *segment_of(const tern_table_t *table)
{
    return &table->view.segments[tern_shard_segment(table->shard)];
}

static tern_key_t first_key(const tern_table_t *table)
{
    return table->view.segment_keys[tern_shard_segment(table->shard)].first;
}

/* That every worker of the table has finished. */
static uint64_t clock_of(const tern_pusher_t *pusher, const tern_table_t *table)
{
    return tern_board_global_min(tern_server_board(pusher->server, table),
                                 TERN_LANE_CLOCK);
}

/* --- who follows --- */

static void mark_changed(uint64_t slot, void *context)
{
    audience_t *audience = context;

    audience->changed[slot / 64] |= UINT64_C(1) << slot % 64;
}

static bool create_audience(const tern_pusher_t *pusher, audience_t *audience,
                            tern_table_t *table)
{
    size_t num_nodes    = (size_t)group_of(pusher)->num_nodes;
    audience->num_words = (tern_shard_num_rows(table->shard) + 63) / 64;
    audience->changed =
        tern_alloc_zeroed(TERN_LOG_SERVER, audience->num_words * sizeof(uint64_t));
    audience->followers =
        tern_alloc_zeroed(TERN_LOG_SERVER, num_nodes * sizeof(uint64_t *));
    if (audience->changed == NULL || audience->followers == NULL) {
        tern_free(TERN_LOG_SERVER, audience->followers);
        tern_free(TERN_LOG_SERVER, audience->changed);
        return false;
    }
    audience->table = table;
    audience->clock = clock_of(pusher, table);
    /* what was changed before anybody followed */
    (void)tern_segment_take_dirty(segment_of(table), mark_changed, audience);
    memset(audience->changed, 0, audience->num_words * sizeof(uint64_t));
    return true;
}

/* That of a table, made with the first who follows. */
static audience_t *audience_of(tern_pusher_t *pusher, tern_table_t *table)
{
    uint32_t num = table->id + 1;

    if (num > pusher->num_audiences) {
        audience_t *audiences =
            tern_realloc(TERN_LOG_SERVER, pusher->audiences, num * sizeof *audiences);

        if (audiences == NULL)
            return NULL;
        memset(audiences + pusher->num_audiences, 0,
               (num - pusher->num_audiences) * sizeof *audiences);
        pusher->audiences     = audiences;
        pusher->num_audiences = num;
    }
    if (pusher->audiences[table->id].table == NULL &&
        !create_audience(pusher, &pusher->audiences[table->id], table))
        return NULL;
    return &pusher->audiences[table->id];
}

bool tern_pusher_add(tern_pusher_t *pusher, const tern_server_request_t *request)
{
    int         node     = group_of(pusher)->members[request->header->source].node;
    audience_t *audience = audience_of(pusher, request->table);
    uint64_t  **marks_p;

    if (audience == NULL)
        return false;
    marks_p = &audience->followers[node];
    if (*marks_p == NULL)
        *marks_p =
            tern_alloc_zeroed(TERN_LOG_SERVER, audience->num_words * sizeof(uint64_t));
    if (*marks_p == NULL)
        return false;
    for (uint32_t i = 0; i < request->header->num_keys; i++) {
        uint64_t slot = request->keys[i] - first_key(request->table);

        (*marks_p)[slot / 64] |= UINT64_C(1) << slot % 64;
    }
    return true;
}

/* --- sending --- */

/* A message to a node under way to be written. */
typedef struct letter {
    tern_pusher_t    *pusher;
    const audience_t *audience;
    int               node;
    uint64_t          clock;
    uint32_t          num_keys, most_keys;
} letter_t;

static uint32_t num_workers_of(const tern_group_t *group, int node)
{
    uint32_t num = 0;

    for (int w = 0; w < group->num_workers; w++)
        num += group->members[group->worker_ranks[w]].node == node;
    return num;
}

/* What of the node's workers the rows contain; workers are in the order of their ranks, as on their node. */
static void write_applied(const letter_t *letter, uint64_t applied[])
{
    const tern_group_t *group = group_of(letter->pusher);
    uint32_t            n     = 0;

    for (int w = 0; w < group->num_workers; w++) {
        int rank = group->worker_ranks[w];

        if (group->members[rank].node == letter->node)
            applied[n++] = letter->pusher->server->sources[rank].next;
    }
}

static bool post(letter_t *letter, bool is_last)
{
    tern_pusher_t      *pusher        = letter->pusher;
    tern_table_t       *table         = letter->audience->table;
    const tern_group_t *group         = group_of(pusher);
    uint32_t            num_workers   = num_workers_of(group, letter->node);
    tern_keycode_t      code          = {.width = 0};
    size_t              applied_bytes = tern_message_pad(num_workers * sizeof(uint64_t));
    size_t              key_bytes;
    tern_buffer_t      *message;
    tern_message_header_t *header;
    char                  *payload;

    if (letter->num_keys > 0)
        code = tern_keycode_choose(letter->num_keys, pusher->keys);
    key_bytes = tern_message_pad(tern_keycode_bytes(&code, letter->num_keys));
    message   = tern_mailbox_compose(pusher->server->mailbox, TERN_MESSAGE_FRESH,
                                     applied_bytes + key_bytes +
                                         letter->num_keys * table->row_bytes);
    if (message == NULL)
        return false;
    header            = tern_buffer_header(message);
    header->table     = table->id;
    header->epoch     = (uint32_t)pusher->server->epoch;
    header->clock     = letter->clock;
    header->first_key = code.base;
    header->num_keys  = letter->num_keys;
    header->num_runs  = num_workers;
    header->flags     = code.width | (code.has_steps ? TERN_MESSAGE_KEY_STEPS : 0) |
                    (is_last ? TERN_MESSAGE_LAST : 0);
    payload = tern_buffer_payload(message);
    write_applied(letter, (uint64_t *)payload);
    tern_keycode_write(&code, letter->num_keys, pusher->keys, payload + applied_bytes);
    if (tern_view_read(&table->view, letter->num_keys, pusher->keys,
                       payload + applied_bytes + key_bytes, NULL) > 0) {
        tern_mailbox_release(pusher->server->mailbox, message);
        return false;
    }
    letter->num_keys = 0;
    return tern_mailbox_post(pusher->server->mailbox, group->agents[letter->node],
                             message) == TERN_OK;
}

static bool reserve(tern_pusher_t *pusher, size_t num_keys)
{
    tern_key_t *keys;

    if (num_keys <= pusher->scratch_keys)
        return true;
    keys = tern_realloc(TERN_LOG_SERVER, pusher->keys, num_keys * sizeof *keys);
    if (keys == NULL)
        return false;
    pusher->keys         = keys;
    pusher->scratch_keys = num_keys;
    return true;
}

/* What has changed and is marked for the node. False: memory ended, or rows may not be touched now; the round is begun again, which does no harm. */
static bool send_to(tern_pusher_t *pusher, const audience_t *audience, int node,
                    uint64_t clock)
{
    const uint64_t *marks  = audience->followers[node];
    tern_table_t   *table  = audience->table;
    letter_t        letter = {.pusher   = pusher,
                              .audience = audience,
                              .node     = node,
                              .clock    = clock,
                              .most_keys =
                                  (uint32_t)(pusher->server->chunk_bytes / table->row_bytes)};

    letter.most_keys += letter.most_keys == 0;
    if (!reserve(pusher, letter.most_keys))
        return false;
    for (uint64_t w = 0; w < audience->num_words; w++)
        for (uint64_t bits = audience->changed[w] & marks[w]; bits != 0;
             bits &= bits - 1) {
            if (letter.num_keys == letter.most_keys && !post(&letter, false))
                return false;
            pusher->keys[letter.num_keys++] =
                first_key(table) + w * 64 + (uint64_t)__builtin_ctzll(bits);
        }
    return post(&letter, true);
}

static bool serve_audience(tern_pusher_t *pusher, audience_t *audience, uint64_t clock)
{
    (void)tern_segment_take_dirty(segment_of(audience->table), mark_changed, audience);
    for (int node = 0; node < group_of(pusher)->num_nodes; node++)
        if (audience->followers[node] != NULL && !send_to(pusher, audience, node, clock))
            return false;
    memset(audience->changed, 0, audience->num_words * sizeof(uint64_t));
    return true;
}

static bool poll_clock(void *context)
{
    tern_pusher_t *pusher        = context;
    bool           did_something = false;

    for (uint32_t t = 0; t < pusher->num_audiences; t++) {
        audience_t *audience = &pusher->audiences[t];
        uint64_t    clock;

        if (audience->table == NULL)
            continue;
        clock = clock_of(pusher, audience->table);
        if (clock == audience->clock || clock == TERN_CLOCK_LEFT)
            continue;
        did_something = true;
        if (serve_audience(pusher, audience, clock))
            audience->clock = clock; /* else the next poll tries again */
    }
    return did_something;
}

tern_status_t tern_pusher_create(tern_server_t *server, tern_pusher_t **pusher_p)
{
    tern_pusher_t *pusher = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *pusher);

    if (pusher == NULL)
        return TERN_ERR_NO_MEMORY;
    pusher->server = server;
    tern_mailbox_add_poll(server->mailbox, poll_clock, pusher);
    *pusher_p = pusher;
    return TERN_OK;
}

static void fini_audience(audience_t *audience, int num_nodes)
{
    for (int n = 0; audience->followers != NULL && n < num_nodes; n++)
        tern_free(TERN_LOG_SERVER, audience->followers[n]);
    tern_free(TERN_LOG_SERVER, audience->followers);
    tern_free(TERN_LOG_SERVER, audience->changed);
}

void tern_pusher_destroy(tern_pusher_t **pusher_p)
{
    tern_pusher_t *pusher = *pusher_p;

    if (pusher == NULL)
        return;
    for (uint32_t t = 0; t < pusher->num_audiences; t++)
        fini_audience(&pusher->audiences[t], group_of(pusher)->num_nodes);
    tern_free(TERN_LOG_SERVER, pusher->audiences);
    tern_free(TERN_LOG_SERVER, pusher->keys);
    tern_free(TERN_LOG_SERVER, pusher);
    *pusher_p = NULL;
}
