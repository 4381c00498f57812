#include "comm/courier.h"

#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"

/* A letter that is not acknowledged. */
typedef struct letter {
    struct letter *next;
    tern_buffer_t *buffer;
    uint64_t       sent_ns;
} letter_t;

typedef struct peer {
    uint64_t  num_sent, num_taken; /* letters to and from it */
    letter_t *first, **end_p;      /* not acknowledged, oldest first */
} peer_t;

struct tern_courier {
    tern_mailbox_t *mailbox;
    uint64_t        resend_ns;
    tern_letter_fn *deliver;
    void           *context;
    peer_t         *peers; /* [size], by rank */
    size_t          num_underway;
};

/* --- sending --- */

tern_status_t tern_courier_send(tern_courier_t *courier, int rank, const void *head,
                                size_t head_bytes, const void *body, size_t body_bytes)
{
    peer_t        *peer   = &courier->peers[rank];
    letter_t      *letter = tern_alloc(TERN_LOG_COMM, sizeof *letter);
    tern_buffer_t *buffer = tern_mailbox_compose(courier->mailbox, TERN_MESSAGE_LETTER,
                                                 head_bytes + body_bytes);
    char          *payload;

    if (letter == NULL || buffer == NULL) {
        tern_free(TERN_LOG_COMM, letter);
        if (buffer != NULL)
            tern_mailbox_release(courier->mailbox, buffer);
        return TERN_ERR_NO_MEMORY;
    }
    payload = tern_buffer_payload(buffer);
    memcpy(payload, head, head_bytes);
    if (body_bytes > 0)
        memcpy(payload + head_bytes, body, body_bytes);
    tern_buffer_header(buffer)->sequence = ++peer->num_sent;

    *letter      = (letter_t){.buffer = buffer, .sent_ns = tern_timer_ns()};
    *peer->end_p = letter;
    peer->end_p  = &letter->next;
    courier->num_underway++;
    /* If it cannot be sent now, it is sent again later. */
    (void)!tern_mailbox_send(courier->mailbox, rank, buffer);
    return TERN_OK;
}

static bool send_again(tern_courier_t *courier, int rank, uint64_t now_ns)
{
    bool did_something = false;

    for (letter_t *letter = courier->peers[rank].first; letter != NULL;
         letter           = letter->next) {
        if (now_ns - letter->sent_ns < courier->resend_ns)
            continue;
        letter->sent_ns = now_ns;
        tern_mailbox_counters(courier->mailbox)->resends++;
        (void)!tern_mailbox_send(courier->mailbox, rank, letter->buffer);
        did_something = true;
    }
    return did_something;
}

/* A tern_poll_fn. */
static bool look_for_lost(void *context)
{
    tern_courier_t *courier       = context;
    bool            did_something = false;
    uint64_t        now_ns;

    if (courier->num_underway == 0 || courier->resend_ns == 0)
        return false;
    now_ns = tern_timer_ns();
    for (int r = 0; r < tern_mailbox_group(courier->mailbox)->size; r++)
        if (courier->peers[r].first != NULL)
            did_something |= send_again(courier, r, now_ns);
    return did_something;
}

/* --- receiving --- */

static void send_receipt(tern_courier_t *courier, int rank)
{
    tern_buffer_t *receipt =
        tern_mailbox_compose(courier->mailbox, TERN_MESSAGE_RECEIPT, 0);

    if (receipt == NULL)
        return; /* the letter comes again */
    tern_buffer_header(receipt)->sequence = courier->peers[rank].num_taken;
    (void)!tern_mailbox_post(courier->mailbox, rank, receipt);
}

static bool is_from_a_rank(const tern_courier_t *courier, const tern_message_t *message)
{
    return message->header->source < (uint32_t)tern_mailbox_group(courier->mailbox)->size;
}

static void handle_letter(void *context, const tern_message_t *message)
{
    tern_courier_t *courier = context;
    int             rank    = (int)message->header->source;
    peer_t         *peer;

    if (!is_from_a_rank(courier, message))
        return;
    peer = &courier->peers[rank];
    if (message->header->sequence > peer->num_taken + 1)
        return; /* early: it comes again after the lost one */
    if (message->header->sequence == peer->num_taken + 1) {
        if (!courier->deliver(courier->context, rank, message->payload,
                              message->payload_bytes))
            return;
        peer->num_taken++;
    } else {
        tern_mailbox_counters(courier->mailbox)->duplicates_dropped++;
    }
    send_receipt(courier, rank);
}

static void drop_first(tern_courier_t *courier, peer_t *peer)
{
    letter_t *letter = peer->first;

    peer->first = letter->next;
    if (peer->first == NULL)
        peer->end_p = &peer->first;
    tern_mailbox_release(courier->mailbox, letter->buffer);
    tern_free(TERN_LOG_COMM, letter);
    courier->num_underway--;
}

static void handle_receipt(void *context, const tern_message_t *message)
{
    tern_courier_t *courier = context;
    peer_t         *peer;

    if (!is_from_a_rank(courier, message))
        return;
    peer = &courier->peers[message->header->source];
    while (peer->first != NULL &&
           tern_buffer_header(peer->first->buffer)->sequence <= message->header->sequence)
        drop_first(courier, peer);
}

/* --- begin and end --- */

tern_status_t tern_courier_create(tern_mailbox_t *mailbox, uint64_t resend_ns,
                                  tern_letter_fn *deliver, void *context,
                                  tern_courier_t **courier_p)
{
    size_t          size    = (size_t)tern_mailbox_group(mailbox)->size;
    tern_courier_t *courier = tern_alloc_zeroed(TERN_LOG_COMM, sizeof *courier);

    if (courier == NULL)
        return TERN_ERR_NO_MEMORY;
    *courier       = (tern_courier_t){.mailbox   = mailbox,
                                      .resend_ns = resend_ns,
                                      .deliver   = deliver,
                                      .context   = context};
    courier->peers = tern_alloc_zeroed(TERN_LOG_COMM, size * sizeof *courier->peers);
    if (courier->peers == NULL) {
        tern_free(TERN_LOG_COMM, courier);
        return TERN_ERR_NO_MEMORY;
    }
    for (size_t r = 0; r < size; r++)
        courier->peers[r].end_p = &courier->peers[r].first;
    tern_mailbox_handle(mailbox, TERN_MESSAGE_LETTER, handle_letter, courier);
    tern_mailbox_handle(mailbox, TERN_MESSAGE_RECEIPT, handle_receipt, courier);
    tern_mailbox_add_poll(mailbox, look_for_lost, courier);
    *courier_p = courier;
    return TERN_OK;
}

void tern_courier_destroy(tern_courier_t **courier_p)
{
    tern_courier_t *courier = *courier_p;

    if (courier == NULL)
        return;
    for (int r = 0; r < tern_mailbox_group(courier->mailbox)->size; r++)
        while (courier->peers[r].first != NULL)
            drop_first(courier, &courier->peers[r]);
    tern_free(TERN_LOG_COMM, courier->peers);
    tern_free(TERN_LOG_COMM, courier);
    *courier_p = NULL;
}
