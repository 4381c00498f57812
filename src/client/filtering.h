/** \file
 * Filtering: what a worker's calls send and get, by way of the table's filters.
 */
#ifndef TERN_CLIENT_FILTERING_H
#define TERN_CLIENT_FILTERING_H

#include "client/client.h"

/** What is chosen of a push, in the scratch of the table's filters: used up before the next
 * call. */
typedef struct tern_chosen {
    size_t            num_keys;
    const tern_key_t *keys;
    const uint32_t   *positions; /* 0, 1, 2, ... */
    const void       *rows;
} tern_chosen_t;

/** The rows `rows` of the keys at `positions` [num_positions], by way of the filters that
 * choose. TERN_ERR_NO_MEMORY. */
tern_status_t tern_choose_keys(const tern_table_t *table, size_t num_positions,
                               const uint32_t positions[], const tern_key_t keys[],
                               const char *rows, tern_chosen_t *chosen);

/** The same for a range with its `rows`. */
tern_status_t tern_choose_range(const tern_table_t *table, tern_range_t range,
                                const char *rows, tern_chosen_t *chosen);

/** Push it: the keys of several servers, with nothing to choose any more. */
tern_status_t tern_issue_chosen(tern_request_t *request, const tern_chosen_t *chosen);

/** Right before a part is sent: close it, if its table has filters for it. TERN_ERR_NO_MEMORY. */
tern_status_t tern_part_filter(const tern_stream_t *stream, tern_part_t *part);

/** The server does not know the keys of the part: send them. */
void tern_part_send_keys(const tern_stream_t *stream, tern_part_t *part);

/** Rows of the part came: positions `run` of its keys. */
void tern_part_note_pulled(const tern_part_t *part, tern_run_t run, const char *rows);

/** A pull read rows in node memory: all of `keys` [num_keys] but those at `missing`
 * [num_missing], which rise. */
void tern_note_read_here(const tern_table_t *table, size_t num_keys,
                         const tern_key_t keys[], const char *rows, size_t num_missing,
                         const uint32_t missing[]);

/** Before the worker leaves: push what is held back, of all tables. */
void tern_client_push_held(tern_client_t *client);

#endif
