#include "server/parked.h"

#include <string.h>

void tern_parked_init(tern_parked_t *parked)
{
    parked->first = NULL;
    parked->end_p = &parked->first;
}

/* Requests that are not answered in time are sent again. */
static bool has(const tern_parked_t *parked, const tern_message_header_t *header)
{
    for (const tern_parked_pull_t *pull = parked->first; pull != NULL; pull = pull->next)
        if (pull->header.source == header->source &&
            pull->header.sequence == header->sequence)
            return true;
    return false;
}

bool tern_parked_add(tern_parked_t *parked, tern_mailbox_t *mailbox,
                     const tern_server_request_t *request)
{
    size_t              bytes = request->header->num_keys * sizeof *request->keys;
    tern_buffer_t      *buffer;
    tern_parked_pull_t *pull;

    if (has(parked, request->header))
        return true;
    buffer = tern_mailbox_allocate(mailbox, sizeof *pull + bytes);
    if (buffer == NULL)
        return false;
    pull         = (tern_parked_pull_t *)buffer->data;
    pull->next   = NULL;
    pull->buffer = buffer;
    pull->header = *request->header;
    memcpy(pull->keys, request->keys, bytes);
    *parked->end_p = pull;
    parked->end_p  = &pull->next;
    return true;
}

void tern_parked_remove(tern_parked_t *parked, tern_mailbox_t *mailbox,
                        tern_parked_pull_t **pull_p)
{
    tern_parked_pull_t *pull = *pull_p;

    *pull_p = pull->next;
    if (parked->end_p == &pull->next)
        parked->end_p = pull_p;
    tern_mailbox_release(mailbox, pull->buffer);
}
