/** \file
 * Refresh: rows of other nodes that are not fresh enough here are asked for, one message per server and call, and
 * kept as replicas. store/replica.h says when an answer counts; one that does not is asked for again.
 *
 * A key that cannot be asked for now (a flush of its row is on its way, or the same call asks for it already) waits in the
 * refresher's list, which is looked at with every progress.
 */
#ifndef TERN_CLIENT_REFRESH_H
#define TERN_CLIENT_REFRESH_H

#include "client/client.h"

/** What a request remembers; in a buffer of the mailbox. */
typedef struct tern_refresh {
    tern_buffer_t *buffer;   /* holds this */
    uint64_t       required; /* content that the worker needs */
    uint64_t
         content; /* the job's minimum when it began: what the answers have at least */
    bool keeps;   /* what is being issued is kept as replicas */
    bool
        is_quiet; /* nobody waits for the rows; an answer that does not count is dropped */
    size_t       num_claimed; /* the first so many stamps are claimed rows of a flush */
    tern_stamp_t stamps[];    /* [num_keys], by position in the user's arrays */
} tern_refresh_t;

/** Room for the stamps of `num_keys` positions. False: memory is exhausted. */
bool tern_refresh_begin(tern_request_t *request, size_t num_keys, bool is_quiet);

/** Ask for the rows of keys[positions[i]], i < num_positions, client->missing at most. `num_keys` is the length of `keys`. */
tern_status_t tern_refresh_issue(tern_request_t *request, size_t num_keys,
                                 const tern_key_t keys[], size_t num_positions,
                                 uint32_t positions[], uint64_t required);

/** Ask for the replicas of `keys` that can be asked for now, for themselves alone. */
tern_status_t tern_refresh_issue_quietly(tern_request_t *request, size_t num_keys,
                                         const tern_key_t keys[]);

/** The parts of the request do not count as accesses of the worker. */
static inline bool tern_refresh_is_quiet(const tern_request_t *request)
{
    return request->refresh != NULL && request->refresh->is_quiet;
}

/** What is being issued is for replicas, and takes the way of no other access. */
static inline bool tern_refresh_keeps(const tern_request_t *request)
{
    return request->refresh != NULL &&
           (request->refresh->keeps || request->refresh->is_quiet);
}

/** An answer's rows of `run`. */
void tern_refresh_store(const tern_part_t *part, tern_run_t run, const char *rows,
                        const tern_message_header_t *header);

/** The request is complete. */
void tern_refresh_end(tern_request_t *request);

/** For the header of a part. */
uint8_t tern_refresh_flags(const tern_request_t *request);

void tern_refresher_destroy(struct tern_refresher **refresher_p);

#endif
