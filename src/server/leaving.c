#include "server/leaving.h"

#include <string.h>

#include "base/alloc.h"
#include "server/answers.h"
#include "store/lending.h"

struct tern_leaving {
    tern_leaving_t *next;
    tern_errand_t   errand; /* its keys and positions are below */
    uint32_t        to_server;
    uint64_t       *slots; /* [errand.num_keys], then what must pass, keys, positions */
    uint64_t       *rounds;
};

static tern_leaving_t *create(const tern_errand_t *errand, uint32_t num,
                              const uint32_t which[], uint32_t num_borrowers)
{
    size_t          words = 2 * (size_t)num + num_borrowers;
    tern_leaving_t *leaving =
        tern_alloc(TERN_LOG_SERVER,
                   sizeof *leaving + words * sizeof(uint64_t) + num * sizeof(uint32_t));
    tern_key_t *keys;
    uint32_t   *positions;

    if (leaving == NULL)
        return NULL;
    *leaving        = (tern_leaving_t){.errand = *errand};
    leaving->slots  = (uint64_t *)(leaving + 1);
    leaving->rounds = leaving->slots + num;
    keys            = leaving->rounds + num_borrowers;
    positions       = (uint32_t *)(keys + num);
    for (uint32_t i = 0; i < num; i++) {
        keys[i]      = errand->keys[which[i]];
        positions[i] = tern_errand_position(errand, which[i]);
    }
    leaving->errand.num_keys  = num;
    leaving->errand.keys      = keys;
    leaving->errand.positions = positions;
    return leaving;
}

/* False: there is no memory for the message now. */
static bool send(tern_server_t *server, const tern_leaving_t *leaving)
{
    const tern_errand_t *errand     = &leaving->errand;
    size_t               body_bytes = tern_row_body_bytes(&errand->table->view.layout);
    char                *bodies;
    tern_buffer_t       *message = tern_errand_compose(
              server, errand, TERN_MESSAGE_TRANSFER, errand->num_keys, errand->keys,
              errand->positions, errand->num_keys * body_bytes, &bodies);

    if (message == NULL)
        return false;
    tern_shard_take_away(errand->table->shard, errand->num_keys, leaving->slots, bodies);
    server->counters->rows_sent_away += errand->num_keys;
    tern_errand_post(server, message, leaving->to_server);
    return true;
}

void tern_leaving_begin(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                        const uint32_t which[], uint32_t to_server)
{
    tern_leaving_t  *leaving = create(errand, num, which, server->lending->num_borrowers);
    tern_leaving_t **end_p   = &server->leaving;

    if (leaving == NULL) {
        tern_answers_fail(server->answers, &errand->route, errand->table,
                          TERN_ERR_NO_MEMORY);
        return;
    }
    leaving->to_server       = to_server;
    leaving->errand.num_keys = (uint32_t)tern_shard_let_go(
        errand->table->shard, num, leaving->errand.keys, leaving->slots);
    if (leaving->errand.num_keys < num)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "a row that is to leave is not here");
    if (tern_lending_note(server->lending, leaving->rounds) && send(server, leaving)) {
        tern_free(TERN_LOG_SERVER, leaving);
        return;
    }
    while (*end_p != NULL)
        end_p = &(*end_p)->next;
    *end_p = leaving;
}

bool tern_leaving_poll(void *context)
{
    tern_server_t   *server        = context;
    tern_leaving_t **leaving_p     = &server->leaving;
    bool             did_something = false;

    while (*leaving_p != NULL) {
        tern_leaving_t *leaving = *leaving_p;

        if (!tern_lending_has_passed(server->lending, leaving->rounds) ||
            !send(server, leaving)) {
            leaving_p = &leaving->next;
            continue;
        }
        *leaving_p = leaving->next;
        tern_free(TERN_LOG_SERVER, leaving);
        did_something = true;
    }
    return did_something;
}

void tern_leaving_destroy(tern_server_t *server)
{
    while (server->leaving != NULL) {
        tern_leaving_t *leaving = server->leaving;

        server->leaving = leaving->next;
        tern_free(TERN_LOG_SERVER, leaving);
    }
}
