#include "server/answers.h"

#include <string.h>

#include "base/alloc.h"
#include "store/copy.h"

/* Requests gathered at once; one more sends them all. */
enum { MAX_OPEN = 32, FIRST_KEYS = 16 };

typedef struct open_answer {
    tern_route_t        route;
    const tern_table_t *table;
    uint32_t            num, capacity;
    uint32_t           *positions; /* [capacity] */
    tern_buffer_t      *rows;      /* room for [capacity]; NULL: none are due */
} open_answer_t;

struct tern_answers {
    tern_mailbox_t *mailbox;
    uint64_t        epoch;
    size_t          tail_bytes; /* from how many on rows are a tail */
    uint32_t        num_open;
    open_answer_t   open[MAX_OPEN];
};

tern_status_t tern_answers_create(tern_mailbox_t *mailbox, uint64_t epoch,
                                  size_t tail_bytes, tern_answers_t **answers_p)
{
    tern_answers_t *answers = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *answers);

    if (answers == NULL)
        return TERN_ERR_NO_MEMORY;
    answers->mailbox    = mailbox;
    answers->epoch      = epoch;
    answers->tail_bytes = tail_bytes;
    *answers_p          = answers;
    return TERN_OK;
}

void tern_answers_destroy(tern_answers_t **answers_p)
{
    tern_answers_t *answers = *answers_p;

    if (answers == NULL)
        return;
    tern_answers_flush(answers);
    for (uint32_t i = 0; i < MAX_OPEN; i++)
        tern_free(TERN_LOG_SERVER, answers->open[i].positions);
    tern_free(TERN_LOG_SERVER, answers);
    *answers_p = NULL;
}

/* --- sending --- */

static bool brings_rows(const tern_route_t *route)
{
    return tern_message_brings_rows((tern_message_kind_t)route->kind);
}

static uint32_t count_runs(uint32_t num, const uint32_t positions[])
{
    uint32_t num_runs = num > 0;

    for (uint32_t i = 1; i < num; i++)
        num_runs += positions[i] != positions[i - 1] + 1;
    return num_runs;
}

static void write_runs(uint32_t num, const uint32_t positions[], tern_run_t runs[])
{
    for (uint32_t i = 0, r = 0; i < num; r++) {
        runs[r].begin = positions[i];
        do
            i++;
        while (i < num && positions[i] == positions[i - 1] + 1);
        runs[r].end = positions[i - 1] + 1;
    }
}

static tern_buffer_t *compose(const tern_answers_t *answers, const tern_route_t *route,
                              const tern_table_t *table, size_t payload_bytes)
{
    tern_buffer_t *reply =
        tern_mailbox_compose(answers->mailbox, TERN_MESSAGE_REPLY, payload_bytes);
    tern_message_header_t *header;

    if (reply == NULL)
        return NULL; /* the client asks again */
    header            = tern_buffer_header(reply);
    header->table     = table->id;
    header->epoch     = (uint32_t)answers->epoch;
    header->sequence  = route->sequence;
    header->first_key = route->via;
    return reply;
}

static void post(const tern_answers_t *answers, const tern_route_t *route,
                 tern_buffer_t *reply)
{
    if (tern_mailbox_post(answers->mailbox, (int)route->client, reply) != TERN_OK)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot answer rank %u", route->client);
}

void tern_answers_send(tern_answers_t *answers, const tern_route_t *route,
                       const tern_table_t *table, uint32_t num,
                       const uint32_t positions[], tern_buffer_t *rows)
{
    uint32_t       num_runs  = count_runs(num, positions);
    size_t         head      = tern_message_runs_bytes(num_runs);
    size_t         row_bytes = rows != NULL ? num * table->row_bytes : 0;
    bool           is_long   = row_bytes >= answers->tail_bytes;
    tern_buffer_t *reply =
        compose(answers, route, table, head + (is_long ? 0 : row_bytes));
    char *payload;

    if (reply == NULL) {
        if (rows != NULL)
            tern_mailbox_release(answers->mailbox, rows);
        return;
    }
    payload                             = tern_buffer_payload(reply);
    tern_buffer_header(reply)->num_runs = num_runs;
    write_runs(num, positions, (tern_run_t *)payload);
    if (is_long) {
        rows->bytes = row_bytes;
        tern_buffer_set_tail(reply, rows);
    } else if (rows != NULL) {
        memcpy(payload + head, rows->data, row_bytes);
        tern_mailbox_release(answers->mailbox, rows);
    }
    post(answers, route, reply);
}

void tern_answers_fail(tern_answers_t *answers, const tern_route_t *route,
                       const tern_table_t *table, tern_status_t status)
{
    tern_buffer_t *reply = compose(answers, route, table, 0);

    if (reply == NULL)
        return;
    tern_buffer_header(reply)->status = status;
    post(answers, route, reply);
}

/* --- gathering --- */

static bool is_same(const tern_route_t *a, const tern_route_t *b)
{
    return a->sequence == b->sequence && a->client == b->client && a->via == b->via;
}

static bool grow(tern_answers_t *answers, open_answer_t *answer, uint32_t capacity)
{
    size_t         row_bytes = brings_rows(&answer->route) ? answer->table->row_bytes : 0;
    uint32_t      *positions;
    tern_buffer_t *rows = NULL;

    positions = tern_realloc(TERN_LOG_SERVER, answer->positions,
                             capacity * sizeof *answer->positions);
    if (positions == NULL)
        return false;
    answer->positions = positions;
    if (row_bytes > 0) {
        rows = tern_mailbox_allocate(answers->mailbox, capacity * row_bytes);
        if (rows == NULL)
            return false;
        if (answer->rows != NULL) {
            memcpy(rows->data, answer->rows->data, answer->num * row_bytes);
            tern_mailbox_release(answers->mailbox, answer->rows);
        }
        answer->rows = rows;
    }
    answer->capacity = capacity;
    return true;
}

static open_answer_t *find(tern_answers_t *answers, const tern_route_t *route,
                           const tern_table_t *table)
{
    open_answer_t *answer;

    for (uint32_t i = answers->num_open; i-- > 0;)
        if (is_same(&answers->open[i].route, route))
            return &answers->open[i];
    if (answers->num_open == MAX_OPEN)
        tern_answers_flush(answers);
    answer           = &answers->open[answers->num_open++];
    answer->route    = *route;
    answer->table    = table;
    answer->num      = 0;
    answer->rows     = NULL;
    answer->capacity = 0;
    return answer;
}

void tern_answers_add(tern_answers_t *answers, const tern_route_t *route,
                      const tern_table_t *table, uint32_t position, const char *row)
{
    open_answer_t *answer = find(answers, route, table);

    if (answer->num == answer->capacity &&
        !grow(answers, answer, 2 * answer->capacity + FIRST_KEYS))
        return; /* the client asks again */
    if (answer->rows != NULL)
        tern_copy_row(answer->rows->data + answer->num * table->row_bytes, row,
                      (uint32_t)table->row_bytes);
    answer->positions[answer->num++] = position;
}

void tern_answers_flush(tern_answers_t *answers)
{
    for (uint32_t i = 0; i < answers->num_open; i++) {
        open_answer_t *answer = &answers->open[i];

        tern_answers_send(answers, &answer->route, answer->table, answer->num,
                          answer->positions, answer->rows);
    }
    answers->num_open = 0;
}
