/** \file
 * The wire: one header for every message, then a payload that its kind names.
 *
 * | kind    | payload                                                               |
 * |---------|-----------------------------------------------------------------------|
 * | pull    | the keys, as keys/keycode.h writes them                               |
 * | push    | the keys; row[num_keys]                                               |
 * | set     | as push                                                               |
 * | pushpull | as push; its reply has rows, as that of a pull                        |
 * | localize | the keys: bring their rows to the sender's node                     |
 * | await   | the keys: answer when their rows are at the server that is asked, or have been |
 * | intend  | the keys: the sender will access them, to their homes               |
 * | release | the keys: it has done with them                                       |
 * | call    | tern_call_note_t; the name of the function; its arguments                |
 * | step    | nothing: the sender has ended the step that `clock` names; flag: it has left                |
 * | letter  | bytes of a courier (comm/courier.h); `sequence` is their number from source to receiver |
 * | receipt | nothing: all letters up to `sequence` have come                       |
 * | reply   | run[num_runs]: positions of the request that it answers; rows of these, if it was a pull |
 * |         | to a call: tern_answer_piece_t; a piece of what the function answered      |
 * | clock   | tern_clock_note_t, from a node's agent to the scheduler                 |
 * | minimum | tern_clock_note_t, from the scheduler to the agents                     |
 * | stop    | nothing; `status` is the signal                                       |
 * | forward | tern_route_t; the keys; their positions in the request; row[num_keys] if its kind carries them |
 * | transfer | tern_route_t of the localize; the keys; their positions; the bodies of their rows |
 * | fresh   | applied[num_runs], by worker of the receiver's node: the requests below are in the rows; the keys; row[num_keys] |
 * | advice  | the keys: what the home thinks best for the worker that announced them |
 * | sum     | run[num_runs] of the keys; their rows: what a node pushed in step `clock`   |
 * | values  | the rows of the keys after step `clock`, if they are sent                  |
 *
 * The rows of a long message are its tail: they travel as a second MPI message, right behind, so that neither side has
 * to copy them. A sender lends them from where they are, a receiver may have them put where they belong.
 *
 * Numbers are in the byte order of the machine: a job runs on one kind. A receiver refuses a message
 * whose version range does not meet its own.
 */
#ifndef TERN_COMM_MESSAGE_H
#define TERN_COMM_MESSAGE_H

#include <assert.h>

#include "tern/types.h"

#define TERN_WIRE_VERSION     1u /* what this library speaks */
#define TERN_WIRE_VERSION_MIN 1u /* the oldest that it understands */

typedef enum tern_message_kind {
    TERN_MESSAGE_PULL,
    TERN_MESSAGE_PUSH,
    TERN_MESSAGE_SET,
    TERN_MESSAGE_PUSH_PULL,
    TERN_MESSAGE_LOCALIZE,
    TERN_MESSAGE_AWAIT,
    TERN_MESSAGE_INTEND,
    TERN_MESSAGE_RELEASE,
    TERN_MESSAGE_CALL,
    TERN_MESSAGE_STEP,
    TERN_MESSAGE_LETTER,
    TERN_MESSAGE_RECEIPT,
    TERN_MESSAGE_REPLY,
    TERN_MESSAGE_CLOCK,
    TERN_MESSAGE_MINIMUM,
    TERN_MESSAGE_STOP,
    TERN_MESSAGE_FORWARD,
    TERN_MESSAGE_TRANSFER,
    TERN_MESSAGE_FRESH,
    TERN_MESSAGE_ADVICE,
    TERN_MESSAGE_SUM,
    TERN_MESSAGE_VALUES,
    TERN_MESSAGE_NUM_KINDS
} tern_message_kind_t;

/* Flags: how the keys are written, and more. */
#define TERN_MESSAGE_KEY_WIDTH 0x0fu /* bytes a key; 0: first_key, first_key + 1, ... */
#define TERN_MESSAGE_KEY_STEPS 0x10u
#define TERN_MESSAGE_FOLLOW    0x20u /* pull: send these rows when they change; reply: they will be */
#define TERN_MESSAGE_WHOLE     0x20u /* sum, values: the whole table is exchanged */
#define TERN_MESSAGE_MOVE      0x80u /* advice: localize these rows; without: replicate them */
#define TERN_MESSAGE_LAST                                                                \
    0x40u /* fresh: the node now has all up to `clock`; step: the sender has left */
#define TERN_MESSAGE_SEND_KEYS 0x40u /* reply: nothing was done, send the request with its keys */
#define TERN_MESSAGE_ENCODED   0x80u /* requests for rows, their replies: the payload is an envelope */

/* Keys end on a multiple of this, so that rows begin on one. */
#define TERN_MESSAGE_ALIGNMENT 16u

/* Rows of at least so many bytes travel as a tail: below, a second message costs more than a copy. */
#define TERN_MESSAGE_TAIL_BYTES ((size_t)192 << 10)

typedef struct tern_message_header {
    uint8_t  version_min, version_max; /* that the sender understands */
    uint8_t  kind;                     /* tern_message_kind_t */
    uint8_t  flags;
    uint32_t table;  /* number in the catalogue */
    uint32_t epoch;  /* membership under which the sender chose the receiver */
    uint32_t source; /* peer handle of the sender: rank in the runtime's communicator */
    uint32_t source_incarnation; /* and which life of it */
    int32_t  status;             /* reply: tern_status_t */
    uint64_t sequence; /* of the stream from source to this server; a reply repeats it */
    uint64_t clock; /* the sender's; where pushes are collected, a tick (sync/tick.h) */
    uint64_t
        first_key; /* base of the key code; reply: rank of the server that was asked */
    uint32_t num_keys;
    union {
        uint32_t num_runs;
        uint32_t shard; /* push, where pushes are collected: of the training data */
        uint32_t
            staleness; /* pull, likewise: so many of the sender's steps may be missing */
    };
    uint32_t tail_bytes; /* that follow in a message of their own */
    uint32_t hold_us;    /* emulation: how long it waits for its link and passes it */
} tern_message_header_t;

static_assert(sizeof(tern_message_header_t) == 64, "the wire header has no padding");

/** Positions [begin, end) of a request. */
typedef struct tern_run {
    uint32_t begin, end;
} tern_run_t;

static_assert(sizeof(tern_run_t) == 8, "two 32-bit positions");

/** Where a request came from and how its answer finds back, however many servers pass it on. */
typedef struct tern_route {
    uint64_t sequence; /* of the stream from client to `via` */
    uint32_t client;   /* rank that asked */
    uint32_t via;      /* rank that it asked */
    uint8_t  kind; /* tern_message_kind_t of the request; localize: hand the rows over */
    uint8_t  is_repeat; /* the change has been applied: answer only */
    uint8_t  unused[6];
} tern_route_t;

static_assert(sizeof(tern_route_t) == 24, "no padding on the wire");

/** Which function a server is to run on which keys. Name and arguments follow, each padded. */
typedef struct tern_call_note {
    tern_range_t range;
    uint64_t     answered; /* requests of the stream below are: what they were answered may be forgotten */
    uint32_t     name_bytes, args_bytes;
} tern_call_note_t;

static_assert(sizeof(tern_call_note_t) == 32, "no padding on the wire");

/** Where a piece of an answer to a call belongs. */
typedef struct tern_answer_piece {
    uint64_t total_bytes, offset;
    uint32_t number, num_pieces;
    uint64_t unused;
} tern_answer_piece_t;

static_assert(sizeof(tern_answer_piece_t) == 32, "no padding on the wire");

/** How the keys of an envelope are written. */
typedef enum tern_envelope_form {
    TERN_ENVELOPE_KEYS, /* as they would be without filters (of a reply: the runs), compressed if a filter does that */
    TERN_ENVELOPE_HASH, /* the hash of what would be there */
} tern_envelope_form_t;

/** What filters have made of a payload: the rows, then the keys. The header is that of the message inside. */
typedef struct tern_envelope {
    uint32_t rows_bytes, keys_bytes;
    uint32_t form; /* tern_envelope_form_t */
    uint32_t unused;
} tern_envelope_t;

static_assert(sizeof(tern_envelope_t) == 16, "rows behind it are aligned");

typedef struct tern_clock_note {
    uint64_t clock;
    uint16_t lane;    /* tern_lane_t */
    uint16_t worker_group;
    int32_t  laggard; /* a rank that holds the others back */
} tern_clock_note_t;

static_assert(sizeof(tern_clock_note_t) == 16, "no padding on the wire");

/** A received message; valid during its handler, longer if the handler keeps its buffer. */
typedef struct tern_message {
    struct tern_buffer          *buffer;
    const tern_message_header_t *header;
    const char                  *payload; /* aligned to 16 */
    size_t                       payload_bytes;
    const char                  *tail; /* the rows of a long message; else NULL */
    size_t                       tail_bytes;
    bool                         is_placed; /* `tail` is where a placement said */
} tern_message_t;

/** Requests, replies, letters and receipts are sent again when they are lost, all else is not. */
static inline bool tern_message_is_sent_again(tern_message_kind_t kind)
{
    return kind <= TERN_MESSAGE_REPLY;
}

const char *tern_message_kind_name(tern_message_kind_t kind);

/** From how many bytes on rows are a tail, where messages are to carry `chunk_bytes`. */
static inline size_t tern_message_tail_bytes(size_t chunk_bytes)
{
    return chunk_bytes < TERN_MESSAGE_TAIL_BYTES ? chunk_bytes : TERN_MESSAGE_TAIL_BYTES;
}

/** Keys and runs are padded, so that the rows behind them are aligned. */
static inline size_t tern_message_pad(size_t bytes)
{
    return (bytes + TERN_MESSAGE_ALIGNMENT - 1) & ~(size_t)(TERN_MESSAGE_ALIGNMENT - 1);
}

static inline size_t tern_message_runs_bytes(size_t num_runs)
{
    return tern_message_pad(num_runs * sizeof(tern_run_t));
}

/** The rows of a message whose payload begins with `head_bytes` of keys or runs; their bytes go to *bytes_p. */
static inline const char *tern_message_rows(const tern_message_t *message,
                                            size_t head_bytes, size_t *bytes_p)
{
    *bytes_p =
        message->tail != NULL ? message->tail_bytes : message->payload_bytes - head_bytes;
    return message->tail != NULL ? message->tail : message->payload + head_bytes;
}

/** Requests of this kind carry rows; their answers bring rows. */
static inline bool tern_message_carries_rows(tern_message_kind_t kind)
{
    return kind == TERN_MESSAGE_PUSH || kind == TERN_MESSAGE_SET ||
           kind == TERN_MESSAGE_PUSH_PULL;
}

/** Their rows go through the update rule. */
static inline bool tern_message_pushes(tern_message_kind_t kind)
{
    return kind == TERN_MESSAGE_PUSH || kind == TERN_MESSAGE_PUSH_PULL;
}

static inline bool tern_message_brings_rows(tern_message_kind_t kind)
{
    return kind == TERN_MESSAGE_PULL || kind == TERN_MESSAGE_PUSH_PULL;
}

#endif
