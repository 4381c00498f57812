#include "server/sealer.h"

#include "base/alloc.h"
#include "store/seal.h"

enum {
    QUIET_POLLS    = 4,  /* without a message or an access: idle */
    WORDS_PER_POLL = 64, /* of the marks of change: 4096 rows */
};

static const tern_segment_t *own_segment(const tern_table_t *table)
{
    return &table->view.segments[tern_shard_segment(table->shard)];
}

static bool has_seals(const tern_table_t *table)
{
    return table->window != NULL && table->shard != NULL &&
           table->view.layout.checksum_offset != 0;
}

void tern_sealer_note(tern_sealer_t *sealer, tern_table_t *table,
                      tern_message_kind_t kind, size_t num_keys, const tern_key_t keys[])
{
    size_t num_sealed;

    if (!has_seals(table))
        return;
    num_sealed = tern_seal_keys(&table->view, num_keys, keys);
    if (kind != TERN_MESSAGE_PULL || num_sealed == 0 || table->is_being_sealed)
        return;
    table->is_being_sealed = true;
    table->seal_word       = 0;
    sealer->num_walks++;
}

static void walk(tern_sealer_t *sealer, tern_table_t *table)
{
    if (!tern_seal_walk(&table->view.layout, own_segment(table), &table->seal_word,
                        WORDS_PER_POLL))
        return;
    table->is_being_sealed = false;
    sealer->num_walks--;
}

static bool is_idle(tern_sealer_t *sealer)
{
    const tern_counters_t *counters = sealer->counters;
    uint64_t num_moves = counters->messages_sent + counters->messages_received +
                         counters->pull_keys + counters->push_keys + counters->set_keys +
                         counters->borrowed_rows;

    if (num_moves != sealer->num_moves) {
        sealer->num_moves = num_moves;
        sealer->num_quiet = 0;
    }
    return sealer->num_quiet++ >= QUIET_POLLS;
}

/* A tern_poll_fn. Never says that it did something: sealing is no reason to stay awake. */
static bool seal_when_idle(void *context)
{
    tern_sealer_t *sealer = context;

    if (sealer->num_walks == 0 || !is_idle(sealer))
        return false;
    for (uint32_t t = 0; t < sealer->catalogue->num_tables; t++)
        if (sealer->catalogue->tables[t]->is_being_sealed) {
            walk(sealer, sealer->catalogue->tables[t]);
            break;
        }
    return false;
}

tern_status_t tern_sealer_create(tern_mailbox_t         *mailbox,
                                 const tern_catalogue_t *catalogue,
                                 tern_sealer_t         **sealer_p)
{
    tern_sealer_t *sealer = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *sealer);

    if (sealer == NULL)
        return TERN_ERR_NO_MEMORY;
    sealer->counters  = tern_mailbox_counters(mailbox);
    sealer->catalogue = catalogue;
    tern_mailbox_add_poll(mailbox, seal_when_idle, sealer);
    *sealer_p = sealer;
    return TERN_OK;
}

void tern_sealer_destroy(tern_sealer_t **sealer_p)
{
    tern_free(TERN_LOG_SERVER, *sealer_p);
    *sealer_p = NULL;
}
