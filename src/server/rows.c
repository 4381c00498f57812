#include "server/rows.h"

#include "table/sparse.h"

/* Some ten microseconds of work. */
#define SLICE_BYTES ((size_t)64 << 10)
#define SLICE_ROWS  1024u /* at most, where a list of them is on the stack */

static uint32_t rows_of_slice(const tern_server_request_t *request)
{
    size_t num_rows = SLICE_BYTES / request->table->row_bytes;

    return num_rows > 0 ? (uint32_t)num_rows : 1;
}

/* Take in the missing positions of a slice, which count from its beginning. */
static size_t add_missing(uint32_t missing[], size_t num_new, uint32_t begin)
{
    for (size_t i = 0; i < num_new; i++)
        missing[i] += begin;
    return num_new;
}

size_t tern_server_read_rows(tern_server_t *server, const tern_server_request_t *request,
                             tern_run_t run, char *rows)
{
    uint32_t num = run.end - run.begin, step = rows_of_slice(request);
    size_t   num_missing = 0;

    for (uint32_t begin = 0; begin < num; begin += step) {
        uint32_t *missing = server->missing + num_missing;

        if (begin > 0)
            tern_mailbox_nudge(server->mailbox);
        num_missing += add_missing(
            missing,
            tern_view_read(&request->table->view, num - begin < step ? num - begin : step,
                           request->keys + run.begin + begin,
                           rows + begin * request->table->row_bytes, missing),
            begin);
    }
    return num_missing;
}

static size_t apply_slice(const tern_server_request_t *request, uint32_t begin,
                           uint32_t num, uint32_t missing[])
{
    const tern_message_header_t *header = request->header;
    tern_view_t                 *view   = &request->table->view;
    const tern_key_t            *keys   = request->keys + begin;
    const char                  *rows = request->rows + begin * request->table->row_bytes;

    return header->kind == TERN_MESSAGE_SET
               ? tern_view_set(view, num, keys, rows, missing, header->source,
                               header->sequence)
               : tern_view_update(view, num, keys, rows, missing, header->source,
                                  header->sequence);
}

static size_t change_slice(const tern_server_request_t *request, uint32_t begin,
                           uint32_t num, uint32_t missing[])
{
    const tern_message_header_t *header = request->header;
    tern_sparse_change_t         change = {
                .kind     = (tern_message_kind_t)header->kind,
                .keys     = request->keys + begin,
                .rows     = request->rows + begin * request->table->row_bytes,
                .source   = header->source,
                .sequence = header->sequence,
    };
    size_t num_missing;

    request->table->view.clock = request->clock;
    num_missing                = apply_slice(request, begin, num, missing);
    return tern_table_is_sparse(request->table)
               ? tern_sparse_make_rows(request->table, &change, num_missing, missing)
               : num_missing;
}

size_t tern_server_change_rows(tern_server_t               *server,
                               const tern_server_request_t *request)
{
    uint32_t num = request->header->num_keys, step = rows_of_slice(request);
    size_t   num_missing = 0;

    for (uint32_t begin = 0; begin < num; begin += step) {
        uint32_t *missing = server->missing + num_missing;

        if (begin > 0)
            tern_mailbox_nudge(server->mailbox);
        num_missing +=
            add_missing(missing,
                        change_slice(request, begin,
                                     num - begin < step ? num - begin : step, missing),
                        begin);
    }
    return num_missing;
}

/* Rows of sparse tables come with their first sum. */
static size_t push_slice(tern_table_t *table, uint32_t num, const tern_key_t keys[],
                         const char *rows, uint32_t missing[])
{
    tern_sparse_change_t change = {.kind   = TERN_MESSAGE_PUSH,
                                   .keys   = keys,
                                   .rows   = rows,
                                   .source = table->view.source};
    size_t               num_missing =
        tern_view_update(&table->view, num, keys, rows, missing, table->view.source, 0);

    return num_missing > 0 && tern_table_is_sparse(table)
               ? tern_sparse_make_rows(table, &change, num_missing, missing)
               : num_missing;
}

size_t tern_server_push_sums(tern_server_t *server, tern_table_t *table, size_t num_keys,
                             const tern_key_t keys[], const char *rows)
{
    uint32_t missing[SLICE_ROWS];
    size_t   step        = SLICE_BYTES / table->view.layout.stride + 1;
    size_t   num_missing = 0;

    step = step < SLICE_ROWS ? step : SLICE_ROWS;
    for (size_t begin = 0; begin < num_keys; begin += step) {
        size_t num = num_keys - begin < step ? num_keys - begin : step;

        if (begin > 0)
            tern_mailbox_nudge(server->mailbox);
        num_missing += push_slice(table, (uint32_t)num, keys + begin,
                                  rows + begin * table->push_bytes, missing);
    }
    return num_missing;
}
