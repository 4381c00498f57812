/** \file
 * Client: a worker's side of the protocol. Requests that did not complete in node memory, the streams
 * of messages that carry them, and the worker's clock.
 *
 * \code
 * request  what the user waits for: one pull, push, set or pushpull
 *   part   what one server has to do for it: one message, kept until all its keys are answered; large
 *          calls have several for a server, so that packing, sending and applying overlap
 * stream   the parts under way to one server, numbered in order
 * \endcode
 */
#ifndef TERN_CLIENT_CLIENT_H
#define TERN_CLIENT_CLIENT_H

#include "base/phase.h"
#include "client/underway.h"
#include "comm/wait.h"
#include "keys/grouping.h"
#include "keys/keycode.h"
#include "store/lending.h"
#include "sync/board.h"
#include "table/catalogue.h"
#include "tern/request.h"

/** A server holds at most so many requests that came early (server/source.h): no stream may have a
 * longer span under way. */
#define TERN_STREAM_SPAN 1024u

typedef struct tern_part {
    struct tern_part *next; /* in the stream, oldest first; in the free list */
    tern_request_t   *request;
    tern_buffer_t    *message;   /* as sent, kept for sending it again */
    tern_buffer_t    *places;    /* holds the positions */
    uint32_t         *positions; /* [num_keys] in the user's arrays; NULL: consecutive */
    uint32_t          first_position; /* where consecutive ones begin */
    uint32_t          num_keys, num_left;
    uint64_t         *answered; /* bit per key; NULL before the first partial reply */
    tern_buffer_t    *answered_buffer;
    tern_buffer_t    *keys;  /* where rows move: holds the [num_keys] keys */
    tern_buffer_t    *coded_keys; /* that went as a hash; NULL: they went, or go, themselves */
    tern_buffer_t    *pulled_keys; /* where filters watch what is pulled: [num_keys] */
    size_t            bytes; /* of the message and of the rows that will come back */
    bool              is_draining;
    uint32_t          num_placed; /* answers that MPI is writing into the user's array */
    uint64_t          sequence;
    uint64_t          sent_ns, first_sent_ns;
    uint32_t          num_sends;
} tern_part_t;

typedef struct tern_stream {
    int           server_rank;
    uint64_t      next_sequence; /* starts at 1 */
    size_t        bytes;         /* of the parts under way */
    tern_part_t  *first;
    tern_part_t **end_p;
    uint32_t      num_changes; /* parts under way that push or set */
} tern_stream_t;

struct tern_request {
    struct tern_client  *client;
    const tern_table_t  *table;
    tern_message_kind_t  kind;
    char                *values; /* where pulled rows go */
    struct tern_refresh *refresh; /* of a pull whose rows go through replicas; else NULL */
    struct tern_reply   *reply; /* of a call whose answers are wanted; else NULL */
    uint32_t             num_parts;
    tern_status_t        status;
    bool                 is_detached;        /* nobody waits: released when complete */
    struct tern_request *next, **previous_p; /* all that are not released */
};

typedef struct tern_client {
    tern_group_t           *group;
    tern_mailbox_t         *mailbox;
    tern_waiter_t          *waiter;
    tern_counters_t        *counters;
    tern_phases_t          *phases;
    const tern_catalogue_t *catalogue;
    tern_board_t           *board;      /* of the own worker group */
    uint32_t                board_slot; /* on it */
    tern_lending_t         *lending;
    uint32_t                slot; /* as a borrower */
    uint64_t                clock, barrier;
    uint64_t                epoch;
    uint64_t                resend_ns, next_resend_check_ns; /* 0: never */
    tern_stream_t          *streams;                         /* [num_servers] */
    size_t                  num_parts; /* under way, fetches included */
    uint64_t                num_completed; /* requests that had waited for answers */
    size_t
        num_draining; /* of these, answered, but MPI still has the user's arrays in hand */
    size_t               num_changes; /* of these, pushes and sets */
    tern_underway_t      underway;    /* keys of these, in tables whose rows move */
    bool                 uses_memory; /* rows of this node are accessed in place */
    bool                 caches_locations;
    size_t               chunk_bytes;  /* rows that a message should carry */
    size_t               tail_bytes;   /* from how many on they are its tail */
    size_t               stream_bytes; /* under way to a server, at most */
    tern_request_t      *requests;     /* not released */
    tern_request_t      *free_requests;
    tern_part_t         *free_parts;
    struct tern_fetcher *fetcher;                  /* NULL: no table has a window */
    struct tern_intents   *intents;   /* of tables that heed them; NULL: none was announced */
    struct tern_refresher *refresher; /* NULL: nothing was refreshed yet */
    uint32_t            *missing, *unread, *order; /* [scratch_keys] positions */
    uint32_t            *servers;                  /* [scratch_keys] of these */
    tern_key_t          *keys;                     /* [scratch_keys] of one server */
    size_t               scratch_keys;
    tern_grouping_t      grouping;
    size_t              *counts; /* [num_servers + 1] */
} tern_client_t;

/** What a client works with; borrowed. */
typedef struct tern_client_site {
    tern_group_t           *group;
    tern_waiter_t          *waiter;
    tern_counters_t        *counters;
    tern_phases_t          *phases;
    const tern_catalogue_t *catalogue;
    tern_board_t           *board; /* of its worker group */
    uint32_t                board_slot;
    tern_lending_t         *lending; /* of the node */
    uint32_t                slot;
    uint64_t                epoch;
    uint64_t                resend_ns;
    size_t                  chunk_bytes;
    bool                    uses_memory, caches_locations;
} tern_client_site_t;

tern_status_t tern_client_create(const tern_client_site_t *site,
                                 tern_client_t           **client_p);

/** Requests that the user has not waited for are released. */
void tern_client_destroy(tern_client_t **client_p);

/** Wait for everything under way. */
void tern_client_complete(tern_client_t *client);

/** Log everything outstanding. */
void tern_client_dump(const tern_client_t *client);

/** Room for the scratch of a call with `num_keys`; allocates only when a call is the largest so far. */
tern_status_t tern_client_reserve(tern_client_t *client, size_t num_keys);

/** \name Requests */
/**@{*/
tern_request_t *tern_request_create(tern_client_t *client, const tern_table_t *table,
                                    tern_message_kind_t kind, void *values);
void            tern_request_release(tern_request_t *request);

/** Nobody will wait for it. */
void tern_request_detach(tern_request_t *request);

static inline bool tern_request_is_complete(const tern_request_t *request)
{
    return request->num_parts == 0;
}

/** A part of it has ended. */
void tern_request_end_part(tern_request_t *request);

/** Give a request to the user: nothing to wait for is NULL, no place to put it means wait here. */
tern_status_t tern_request_hand_over(tern_request_t *request, tern_request_t **request_p);
/**@}*/

/** \name Issuing: turn what is not on this node into parts and send them */
/**@{*/

/** The keys at `positions` [num_positions]. `rows` are what is pushed, NULL for a pull. `kind` is what the
 * request asks for, or a part of it. */
tern_status_t tern_issue_keys(tern_request_t *request, tern_message_kind_t kind,
                              size_t num_positions, const uint32_t positions[],
                              const tern_key_t keys[], const void *rows);

/** A pull of `keys`, all of one server and few, whose rows go to `positions`. For use inside progress: it does not
 * wait and uses nothing of the client's scratch. TERN_IN_PROGRESS: there is no room in the stream now. */
tern_status_t tern_issue_pull(tern_request_t *request, uint32_t server, uint32_t num_keys,
                              const tern_key_t keys[], const uint32_t positions[]);

/** The keys of `range`, all of one server; row i is at `first_position` + i of the user's array. */
tern_status_t tern_issue_range(tern_request_t *request, uint32_t server,
                               tern_range_t range, uint32_t first_position,
                               const void *rows);
/**@}*/

/** \name Parts and streams */
/**@{*/

/** A part whose message has room for `num_keys` coded keys and, if the kind carries them, their rows. With
 * `lent_rows` these are not copied but sent from where they are, in the user's array. NULL when
 * memory is exhausted. */
tern_part_t *tern_part_create(tern_request_t *request, tern_message_kind_t kind,
                              uint32_t num_keys, const tern_keycode_t *code,
                              const void *lent_rows);

/** A part without keys, whose message has room for `payload_bytes`. NULL when memory is exhausted. */
tern_part_t *tern_part_create_call(tern_request_t *request, size_t payload_bytes);

/** Where the rows of a part's message go that are not lent. */
char *tern_part_rows(const tern_part_t *part);

bool tern_positions_are_consecutive(uint32_t num, const uint32_t positions[]);

/** Where rows move: note the keys of an access, sent to `server`, as under way. TERN_ERR_NO_MEMORY. */
tern_status_t tern_part_track(tern_part_t *part, uint32_t server,
                              const tern_key_t keys[]);

/** Note where in the user's arrays the rows of the answer go. TERN_ERR_NO_MEMORY. */
tern_status_t tern_part_set_positions(tern_part_t *part, const uint32_t positions[]);

/** Give up a part that was never sent. */
void tern_part_discard(tern_part_t *part);

/** Waits for room in the stream. */
tern_status_t tern_part_send(tern_stream_t *stream, tern_part_t *part);

/** True if tern_part_send() would not wait. */
bool tern_part_has_room(const tern_stream_t *stream, const tern_part_t *part);

void tern_part_describe(const tern_part_t *part, const tern_stream_t *stream, char *text,
                        size_t text_bytes);

static inline tern_message_kind_t tern_part_kind(const tern_part_t *part)
{
    return (tern_message_kind_t)tern_buffer_header(part->message)->kind;
}

/** Count the keys of a run that had no answer yet. False: there is no memory to note a partial answer. */
bool tern_part_note_answer(tern_part_t *part, tern_run_t run);

/** Calls count as changes: the worker's clock waits for them as for its pushes and sets. */
static inline bool tern_part_is_change(const tern_part_t *part)
{
    return tern_message_carries_rows(tern_part_kind(part)) ||
           tern_part_kind(part) == TERN_MESSAGE_CALL;
}

/** All its keys are answered. `part_p` is its place in the stream's list; it stays there as long as MPI has the
 * user's arrays in hand. */
void tern_part_finish(tern_stream_t *stream, tern_part_t **part_p);

/** A tern_placement_fn: long answers to consecutive positions go straight into the user's array. */
void *tern_client_place_reply(void *context, const tern_message_t *message);

/** A tern_message_fn: a server's answer. */
void tern_client_handle_reply(void *context, const tern_message_t *message);

/** A tern_poll_fn: send again what has not been answered in time, end what has drained. */
bool tern_client_poll(void *context);
/**@}*/

/** \name Clocks: see tern/sync.h */
/**@{*/
tern_status_t tern_client_clock(tern_client_t *client);
tern_status_t tern_client_barrier(tern_client_t *client);

/** A rank that holds the others back, for stall reports; -1: not known. */
int tern_client_laggard(const tern_client_t *client, tern_lane_t lane);

/** This worker is done and holds nobody back any more. */
void tern_client_leave(tern_client_t *client);
/**@}*/

#endif
