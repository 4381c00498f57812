#include "server/reply.h"

#include "base/log.h"
#include "server/rows.h"
#include "table/envelope.h"
#include "table/sparse.h"

tern_buffer_t *tern_reply_compose(tern_server_t               *server,
                                  const tern_message_header_t *request,
                                  size_t                       payload_bytes)
{
    tern_buffer_t *reply =
        tern_mailbox_compose(server->mailbox, TERN_MESSAGE_REPLY, payload_bytes);
    tern_message_header_t *header;

    if (reply == NULL)
        return NULL; /* the client asks again */
    header            = tern_buffer_header(reply);
    header->table     = request->table;
    header->epoch     = (uint32_t)server->epoch;
    header->sequence  = request->sequence;
    header->num_keys  = request->num_keys;
    header->first_key = (uint64_t)tern_mailbox_group(server->mailbox)->rank;
    return reply;
}

static void post(tern_server_t *server, const tern_message_header_t *request,
                 tern_buffer_t *reply)
{
    if (tern_mailbox_post(server->mailbox, (int)request->source, reply) != TERN_OK)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot answer rank %u",
                 request->source);
}

static void report_missing(const tern_server_request_t *request, size_t num_missing)
{
    tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "%zu of %u rows of table '%s' that rank %u %s",
             num_missing, request->header->num_keys, request->table->record.name,
             request->header->source,
             tern_table_is_sparse(request->table)
                 ? "pushed to find no room: raise its max_rows, or use more servers"
                 : "asked for are not here");
}

/* Rows that should have come found no room; others are with someone who is lost. */
static tern_status_t status_of_missing(const tern_server_request_t *request)
{
    return tern_table_is_sparse(request->table) ? TERN_ERR_NO_MEMORY : TERN_ERR_PEER_LOST;
}

void tern_reply_failure(tern_server_t *server, const tern_message_header_t *header,
                        tern_status_t status)
{
    tern_buffer_t *reply = tern_reply_compose(server, header, 0);

    if (reply == NULL)
        return;
    tern_buffer_header(reply)->status = status;
    post(server, header, reply);
}

void tern_reply_want_keys(tern_server_t *server, const tern_message_header_t *header)
{
    tern_buffer_t *reply = tern_reply_compose(server, header, 0);

    if (reply == NULL)
        return;
    tern_buffer_header(reply)->flags = TERN_MESSAGE_SEND_KEYS;
    post(server, header, reply);
}

/* The runs between the missing positions; at most one more than these. */
static uint32_t list_runs(uint32_t num_keys, size_t num_missing, const uint32_t missing[],
                          tern_run_t runs[])
{
    uint32_t num_runs = 0;
    uint32_t begin    = 0;

    for (size_t i = 0; i <= num_missing; i++) {
        uint32_t end = i < num_missing ? missing[i] : num_keys;

        if (end > begin)
            runs[num_runs++] = (tern_run_t){begin, end};
        begin = end + 1;
    }
    return num_runs;
}

void tern_reply_change(tern_server_t *server, const tern_server_request_t *request,
                       size_t num_missing)
{
    const tern_message_header_t *asked = request->header;
    tern_buffer_t               *reply;
    tern_message_header_t       *header;

    if (asked->kind == TERN_MESSAGE_PUSH_PULL) { /* runs would have to bring rows */
        report_missing(request, num_missing);
        tern_reply_failure(server, asked, status_of_missing(request));
        return;
    }
    reply = tern_reply_compose(server, asked, tern_message_runs_bytes(num_missing + 1));
    if (reply == NULL)
        return;
    header           = tern_buffer_header(reply);
    header->num_runs = list_runs(asked->num_keys, num_missing, server->missing,
                                 tern_buffer_payload(reply));
    reply->bytes     = sizeof *header + tern_message_runs_bytes(header->num_runs);
    if (num_missing > 0) {
        header->status = status_of_missing(request);
        report_missing(request, num_missing);
    }
    post(server, asked, reply);
}

/* A reply with room for the rows of a run, behind it or, if there are many, as a tail; *rows_p is where. */
static tern_buffer_t *compose_rows(tern_server_t               *server,
                                   const tern_message_header_t *asked, tern_run_t run,
                                   size_t row_bytes, char **rows_p)
{
    size_t         bytes   = (run.end - run.begin) * row_bytes;
    size_t         head    = tern_message_runs_bytes(1);
    bool           is_long = bytes >= server->tail_bytes;
    tern_buffer_t *reply   = tern_reply_compose(server, asked, head + (is_long ? 0 : bytes));
    tern_buffer_t *tail;

    if (reply == NULL)
        return NULL;
    tern_buffer_header(reply)->num_runs       = 1;
    *(tern_run_t *)tern_buffer_payload(reply) = run;
    *rows_p                                   = (char *)tern_buffer_payload(reply) + head;
    if (!is_long)
        return reply;
    tail = tern_mailbox_allocate(server->mailbox, bytes);
    if (tail == NULL) {
        tern_mailbox_release(server->mailbox, reply);
        return NULL;
    }
    tern_buffer_set_tail(reply, tail);
    *rows_p = tail->data;
    return reply;
}

/* Rows [run.begin, run.end) of the answer. False: the rest need not be tried. */
static bool send_chunk(tern_server_t *server, const tern_server_request_t *request,
                       tern_run_t run)
{
    const tern_message_header_t *asked = request->header;
    char                        *rows;
    tern_buffer_t               *reply =
        compose_rows(server, asked, run, request->table->row_bytes, &rows);
    size_t num_missing;

    if (reply == NULL)
        return false;
    /* The rows are read after this: they have every push of the clocks before it. */
    tern_buffer_header(reply)->clock =
        tern_board_global_min(tern_server_board(server, request->table), TERN_LANE_CLOCK);
    tern_buffer_header(reply)->flags = request->is_followed ? TERN_MESSAGE_FOLLOW : 0;
    num_missing                      = tern_server_read_rows(server, request, run, rows);
    if (num_missing > 0) { /* the rows of the runs between would have to move */
        tern_mailbox_release(server->mailbox, reply);
        report_missing(request, num_missing);
        tern_reply_failure(server, asked, TERN_ERR_PEER_LOST);
        return false;
    }
    if (tern_envelope_is_due(request->table, tern_buffer_header(reply)) &&
        tern_envelope_close_reply(request->table, server->mailbox, &reply) != TERN_OK) {
        tern_mailbox_release(server->mailbox, reply);
        return false; /* the client asks again */
    }
    post(server, asked, reply);
    return true;
}

void tern_reply_rows(tern_server_t *server, const tern_server_request_t *request)
{
    size_t     most = server->chunk_bytes / request->table->row_bytes;
    uint32_t   step = most > 0 ? (uint32_t)most : 1;
    tern_run_t run  = {0, 0};

    while (run.end < request->header->num_keys) {
        uint32_t left = request->header->num_keys - run.end;

        run.begin = run.end;
        run.end += left < step ? left : step;
        if (!send_chunk(server, request, run))
            return;
    }
}
