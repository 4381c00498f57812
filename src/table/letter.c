#include "table/letter.h"

#include <string.h>

tern_flow_t tern_letter_flow(const tern_message_header_t *header)
{
    if (header->kind == TERN_MESSAGE_REPLY)
        return TERN_FLOW_ANSWER;
    return tern_message_carries_rows((tern_message_kind_t)header->kind) ? TERN_FLOW_PUSH
                                                                        : TERN_FLOW_PULL;
}

tern_letter_t tern_letter_of(const tern_table_t          *table,
                             const tern_message_header_t *header)
{
    tern_letter_t letter = {.flow = tern_letter_flow(header)};

    letter.chain    = tern_table_filters_chain(table->filters, letter.flow);
    letter.has_rows = letter.flow != TERN_FLOW_PULL;
    if (letter.flow == TERN_FLOW_ANSWER) {
        letter.keys_bytes = header->num_runs * sizeof(tern_run_t);
        return letter;
    }
    letter.code =
        (tern_keycode_t){.base      = header->first_key,
                         .width     = header->flags & TERN_MESSAGE_KEY_WIDTH,
                         .has_steps = (header->flags & TERN_MESSAGE_KEY_STEPS) != 0};
    letter.keys_bytes   = tern_keycode_bytes(&letter.code, header->num_keys);
    letter.use.is_exact = header->kind == TERN_MESSAGE_SET;
    letter.use.was_chosen =
        header->kind == TERN_MESSAGE_PUSH && letter.chain->chooses_rows;
    return letter;
}

tern_traffic_t *tern_letter_traffic(const tern_table_t *table, tern_flow_t flow,
                                    tern_end_t end)
{
    return &table->filters->traffic[flow][end];
}

size_t tern_letter_num_rows(const tern_message_t *message)
{
    tern_run_t run;
    size_t     num = 0;

    if (message->header->kind != TERN_MESSAGE_REPLY)
        return message->header->num_keys;
    for (uint32_t r = 0; r < message->header->num_runs; r++) {
        memcpy(&run, message->payload + r * sizeof run, sizeof run); /* at any address */
        num += run.end - run.begin;
    }
    return num;
}

void tern_letter_count_keys(const tern_letter_t         *letter,
                            const tern_message_header_t *header,
                            const tern_envelope_t *envelope, tern_traffic_t *traffic)
{
    bool              is_hashed = envelope->form == TERN_ENVELOPE_HASH;
    tern_chain_keys_t sizes     = {.coded     = letter->keys_bytes,
                                   .sent      = envelope->keys_bytes,
                                   .is_hashed = is_hashed};

    if (!is_hashed)
        sizes.sent -= TERN_SECTION_FRAME;
    if (!letter->use.was_chosen && letter->flow != TERN_FLOW_ANSWER)
        traffic->raw_key_bytes += header->num_keys * sizeof(tern_key_t);
    traffic->cached_keys += is_hashed ? header->num_keys : 0;
    tern_chain_count_keys(letter->chain, &sizes, letter->use.was_chosen, traffic);
}
