#include "server/interest.h"

#include <string.h>

#include "base/alloc.h"
#include "keys/keycode.h"

#define NONE 0u

/* One node's interest in one key. */
typedef struct entry {
    uint32_t next; /* + 1, of the same key; NONE: the last */
    uint32_t node;
    uint32_t rank;  /* of the worker that announced last */
    uint32_t count; /* workers of the node */
} entry_t;

/* Of one table: entry + 1 of each key of this home. */
typedef struct home_register {
    uint32_t  *first; /* [keys of the home] */
    tern_key_t first_key;
} home_register_t;

typedef struct advice {
    tern_key_t key;
    uint32_t   rank;
    bool       moves;
} advice_t;

struct tern_interest {
    tern_server_t   *server;
    tern_adapt_t     adapt;
    home_register_t *registers; /* by number of the table */
    uint32_t         num_registers;
    entry_t         *entries; /* [num_entries] */
    uint32_t         num_entries, max_entries;
    uint32_t         free_entry; /* + 1 */
    advice_t        *advice;     /* [num_advice] of the errand in hand */
    size_t           num_advice, max_advice;
    tern_key_t      *keys; /* [max_advice] of the message in hand */
};

static const tern_group_t *group_of(const tern_interest_t *interest)
{
    return tern_mailbox_group(interest->server->mailbox);
}

/* --- who wants what --- */

static uint32_t *first_entry(tern_interest_t *interest, const tern_table_t *table,
                             tern_key_t key)
{
    uint32_t num = table->id + 1;

    if (num > interest->num_registers) {
        home_register_t *registers =
            tern_realloc(TERN_LOG_SERVER, interest->registers, num * sizeof *registers);

        if (registers == NULL)
            return NULL;
        memset(registers + interest->num_registers, 0,
               (num - interest->num_registers) * sizeof *registers);
        interest->registers     = registers;
        interest->num_registers = num;
    }
    if (interest->registers[table->id].first == NULL) {
        tern_range_t keys = table->directory.keys;

        interest->registers[table->id] = (home_register_t){
            .first     = tern_alloc_zeroed(TERN_LOG_SERVER,
                                           (keys.end - keys.first) * sizeof(uint32_t)),
            .first_key = keys.first};
        if (interest->registers[table->id].first == NULL)
            return NULL;
    }
    return &interest->registers[table->id]
                .first[key - interest->registers[table->id].first_key];
}

/* 0: there is no memory; the node is not noted and so gets no advice later. */
static uint32_t new_entry(tern_interest_t *interest)
{
    uint32_t number = interest->free_entry;

    if (number != NONE) {
        interest->free_entry = interest->entries[number - 1].next;
        return number;
    }
    if (interest->num_entries == interest->max_entries) {
        uint32_t max_entries = 2 * interest->max_entries + 256;
        entry_t *entries     = tern_realloc(TERN_LOG_SERVER, interest->entries,
                                            max_entries * sizeof *entries);

        if (entries == NULL)
            return NONE;
        interest->entries     = entries;
        interest->max_entries = max_entries;
    }
    return ++interest->num_entries;
}

/* The link to the entry of `node`, or to where it would go. */
static uint32_t *find(const tern_interest_t *interest, uint32_t *link, uint32_t node)
{
    while (*link != NONE && interest->entries[*link - 1].node != node)
        link = &interest->entries[*link - 1].next;
    return link;
}

static bool enter(tern_interest_t *interest, uint32_t *first, uint32_t node,
                  uint32_t rank)
{
    uint32_t number = *find(interest, first, node);
    entry_t *entry;

    if (number == NONE) {
        number = new_entry(interest);
        if (number == NONE)
            return false;
        interest->entries[number - 1] = (entry_t){.next = *first, .node = node};
        *first                        = number;
    }
    entry       = &interest->entries[number - 1];
    entry->rank = rank;
    entry->count++;
    return true;
}

static void leave(tern_interest_t *interest, uint32_t *first, uint32_t node)
{
    uint32_t *link   = find(interest, first, node);
    uint32_t  number = *link;
    entry_t  *entry;

    if (number == NONE)
        return;
    entry = &interest->entries[number - 1];
    if (--entry->count > 0)
        return;
    *link                = entry->next;
    entry->next          = interest->free_entry;
    interest->free_entry = number;
}

/* --- what follows --- */

static void advise(tern_interest_t *interest, tern_key_t key, uint32_t rank, bool moves)
{
    if (interest->num_advice == interest->max_advice) {
        size_t    max_advice = 2 * interest->max_advice + 256;
        advice_t *advice =
            tern_realloc(TERN_LOG_SERVER, interest->advice, max_advice * sizeof *advice);
        tern_key_t *keys;

        if (advice == NULL)
            return; /* advice is never needed for correctness */
        interest->advice = advice;
        keys = tern_realloc(TERN_LOG_SERVER, interest->keys, max_advice * sizeof *keys);
        if (keys == NULL)
            return;
        interest->keys       = keys;
        interest->max_advice = max_advice;
    }
    interest->advice[interest->num_advice++] = (advice_t){key, rank, moves};
}

static uint32_t owner_node(const tern_interest_t *interest, const tern_table_t *table,
                           tern_key_t key)
{
    const tern_group_t *group = group_of(interest);
    uint32_t            owner = tern_directory_owner(&table->directory, key);

    return (uint32_t)group->members[group->server_ranks[owner]].node;
}

/* A worker has announced; `first` is its key's first entry. */
static void decide(tern_interest_t *interest, const tern_table_t *table, tern_key_t key,
                   uint32_t first, uint32_t rank)
{
    const tern_member_t *member  = &group_of(interest)->members[rank];
    bool                 is_only = interest->entries[first - 1].next == NONE;
    bool                 moves   = interest->adapt == TERN_ADAPT_RELOCATE ||
                 (interest->adapt == TERN_ADAPT_BOTH && is_only);

    if (owner_node(interest, table, key) == (uint32_t)member->node)
        return;
    if (member->landing < 0) { /* its node has no server that could keep the row */
        if (interest->adapt == TERN_ADAPT_RELOCATE)
            return;
        moves = false;
    }
    advise(interest, key, rank, moves);
}

/* Interest has ended; if one node is left and has a replica, it may have the row. */
static void decide_for_last(tern_interest_t *interest, const tern_table_t *table,
                            tern_key_t key, uint32_t first)
{
    const entry_t *last = first == NONE ? NULL : &interest->entries[first - 1];

    if (last == NULL || last->next != NONE || interest->adapt != TERN_ADAPT_BOTH ||
        owner_node(interest, table, key) == last->node ||
        group_of(interest)->members[last->rank].landing < 0)
        return;
    advise(interest, key, last->rank, true);
}

/* --- telling --- */

static void post(const tern_interest_t *interest, const tern_table_t *table,
                 uint32_t rank, bool moves, uint32_t num_keys)
{
    tern_mailbox_t *mailbox = interest->server->mailbox;
    tern_keycode_t  code    = tern_keycode_choose(num_keys, interest->keys);
    tern_buffer_t  *message =
        tern_mailbox_compose(mailbox, TERN_MESSAGE_ADVICE,
                             tern_message_pad(tern_keycode_bytes(&code, num_keys)));
    tern_message_header_t *header;

    if (message == NULL)
        return;
    header            = tern_buffer_header(message);
    header->table     = table->id;
    header->epoch     = (uint32_t)interest->server->epoch;
    header->first_key = code.base;
    header->num_keys  = num_keys;
    header->flags     = code.width | (code.has_steps ? TERN_MESSAGE_KEY_STEPS : 0) |
                    (moves ? TERN_MESSAGE_MOVE : 0);
    tern_keycode_write(&code, num_keys, interest->keys, tern_buffer_payload(message));
    (void)tern_mailbox_post(mailbox, (int)rank, message); /* logged */
}

/* All advice of a kind to a rank in one message. An errand concerns few ranks. */
void tern_interest_tell(tern_interest_t *interest, const tern_table_t *table)
{
    while (interest->num_advice > 0) {
        advice_t first    = interest->advice[0];
        size_t   num_left = 0;
        uint32_t num_keys = 0;

        for (size_t i = 0; i < interest->num_advice; i++) {
            advice_t advice = interest->advice[i];

            if (advice.rank == first.rank && advice.moves == first.moves)
                interest->keys[num_keys++] = advice.key;
            else
                interest->advice[num_left++] = advice;
        }
        interest->num_advice = num_left;
        post(interest, table, first.rank, first.moves, num_keys);
    }
}

void tern_interest_note(tern_interest_t *interest, const tern_errand_t *errand)
{
    uint32_t rank   = errand->route.client;
    uint32_t node   = (uint32_t)group_of(interest)->members[rank].node;
    bool     begins = errand->route.kind == TERN_MESSAGE_INTEND;

    for (uint32_t i = 0; i < errand->num_keys && !errand->route.is_repeat; i++) {
        tern_key_t key   = errand->keys[i];
        uint32_t  *first = first_entry(interest, errand->table, key);

        if (first == NULL)
            continue;
        if (!begins) {
            leave(interest, first, node);
            decide_for_last(interest, errand->table, key, *first);
        } else if (enter(interest, first, node, rank)) {
            decide(interest, errand->table, key, *first, rank);
        }
    }
    tern_interest_tell(interest, errand->table);
}

void tern_interest_moved(tern_interest_t *interest, const tern_table_t *table,
                         tern_key_t key, uint32_t from)
{
    const tern_group_t *group = group_of(interest);
    uint32_t            node  = (uint32_t)group->members[group->server_ranks[from]].node;
    uint32_t           *first, number;

    if (interest->adapt == TERN_ADAPT_RELOCATE || table->id >= interest->num_registers ||
        interest->registers[table->id].first == NULL)
        return;
    first  = first_entry(interest, table, key);
    number = *find(interest, first, node);
    if (number != NONE)
        advise(interest, key, interest->entries[number - 1].rank, false);
}

tern_status_t tern_interest_create(tern_server_t *server, tern_adapt_t adapt,
                                   tern_interest_t **interest_p)
{
    tern_interest_t *interest = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *interest);

    if (interest == NULL)
        return TERN_ERR_NO_MEMORY;
    interest->server = server;
    interest->adapt  = adapt;
    *interest_p      = interest;
    return TERN_OK;
}

void tern_interest_destroy(tern_interest_t **interest_p)
{
    tern_interest_t *interest = *interest_p;

    if (interest == NULL)
        return;
    for (uint32_t t = 0; t < interest->num_registers; t++)
        tern_free(TERN_LOG_SERVER, interest->registers[t].first);
    tern_free(TERN_LOG_SERVER, interest->registers);
    tern_free(TERN_LOG_SERVER, interest->entries);
    tern_free(TERN_LOG_SERVER, interest->advice);
    tern_free(TERN_LOG_SERVER, interest->keys);
    tern_free(TERN_LOG_SERVER, interest);
    *interest_p = NULL;
}
