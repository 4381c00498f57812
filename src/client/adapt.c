/** \file
 * Following the homes' advice: rows come here, or are replicated as long as they are wanted.
 */
#include "base/timer.h"
#include "client/intents_parts.h"
#include "client/policy.h"
#include "client/refresh.h"

/* Replicas to which nobody here pushes are asked for so often at most: rounds may be as short as a clock, and most rows do not
 * change in one. */
#define REFRESH_NS 5000000u

/* Advice that came meanwhile goes to a new list. */
static tern_key_list_t take_list(tern_key_list_t *list)
{
    tern_key_list_t taken = *list;

    *list = (tern_key_list_t){0};
    return taken;
}

void tern_intents_let_absent_go(tern_table_t *table, size_t num_keys,
                                const tern_key_t keys[])
{
    for (size_t i = 0; i < num_keys; i++)
        if (tern_intents_row_is_absent(table, keys[i]))
            tern_replica_let_go(&table->replicas, keys[i]);
}

/* Bring the rows of intents->work here. */
static tern_status_t localize(tern_intents_t *intents)
{
    tern_table_t   *table   = intents->table;
    tern_request_t *request = NULL;
    tern_status_t   status;

    if (intents->work.num == 0)
        return TERN_OK;
    status = tern_client_reserve(table->client, intents->work.num);
    if (status == TERN_OK)
        status = tern_access_relocate.localize(table, intents->work.num,
                                               intents->work.keys, &request);
    if (request != NULL)
        tern_request_detach(request);
    tern_intents_let_absent_go(table, intents->work.num, intents->work.keys);
    return status == TERN_ERR_NO_MEMORY ? TERN_OK : status;
}

static tern_status_t follow_moves(tern_intents_t *intents)
{
    tern_key_list_t moves  = take_list(&intents->moves);
    tern_status_t   status = tern_key_list_reserve(&intents->work, moves.num);

    intents->work.num = 0;
    for (size_t i = 0; i < moves.num && status == TERN_OK; i++) {
        tern_key_t key = moves.keys[i];

        if (!tern_intents_is_near(intents, key) || !tern_intents_is_absent(intents, key))
            continue;
        if (tern_replica_hold(&intents->table->replicas, key) == TERN_REFRESH_LATER)
            status = tern_key_list_add(&intents->moves, key);
        else
            status = tern_key_list_add(&intents->work, key);
    }
    tern_key_list_fini(&moves);
    return status == TERN_OK ? localize(intents) : status;
}

/* A row that began to come while its replica was made needs none. */
static tern_status_t replicate(tern_intents_t *intents, tern_key_t key)
{
    tern_replicas_t *replicas = &intents->table->replicas;
    tern_status_t    status   = tern_key_list_reserve(&intents->replicated, 1);

    if (status != TERN_OK || !tern_replica_want(replicas, key, 0))
        return status; /* without room the row is accessed where it is */
    if (!tern_intents_is_absent(intents, key)) {
        tern_replica_unwant(replicas, key);
        return tern_key_list_add(&intents->dropped, key);
    }
    *tern_intents_count(intents, key) |= TERN_INTENTS_REPLICATED;
    return tern_key_list_add(&intents->replicated, key);
}

static tern_status_t follow_copies(tern_intents_t *intents)
{
    tern_key_list_t copies = take_list(&intents->copies);
    tern_status_t   status = TERN_OK;

    for (size_t i = 0; i < copies.num && status == TERN_OK; i++) {
        tern_key_t key = copies.keys[i];

        if (tern_intents_is_near(intents, key) &&
            !(*tern_intents_count(intents, key) & TERN_INTENTS_REPLICATED) &&
            tern_intents_is_absent(intents, key))
            status = replicate(intents, key);
    }
    tern_key_list_fini(&copies);
    return status;
}

tern_status_t tern_intents_follow(tern_intents_t *intents)
{
    tern_status_t status = follow_moves(intents);

    return status == TERN_OK ? follow_copies(intents) : status;
}

/* --- replicas --- */

void tern_intents_give_up(tern_intents_t *intents)
{
    size_t num_left = 0;

    for (size_t i = 0; i < intents->dropped.num; i++) {
        tern_key_t key = intents->dropped.keys[i];

        if (!(*tern_intents_count(intents, key) & TERN_INTENTS_REPLICATED) &&
            !tern_replica_give_up(&intents->table->replicas, key))
            intents->dropped.keys[num_left++] = key;
    }
    intents->dropped.num = num_left;
}

/* Forget replicas that are wanted no longer, or that ended because the row is here. What is to be asked for goes to
 * intents->work: all if it is time, else those without content. */
static tern_status_t choose_refreshes(tern_intents_t *intents, bool is_time)
{
    tern_replicas_t *replicas = &intents->table->replicas;
    size_t           num_left = 0;
    tern_status_t status = tern_key_list_reserve(&intents->work, intents->replicated.num);

    intents->work.num = 0;
    for (size_t i = 0; i < intents->replicated.num && status == TERN_OK; i++) {
        tern_key_t key   = intents->replicated.keys[i];
        uint32_t  *count = tern_intents_count(intents, key);

        if (!(*count & TERN_INTENTS_REPLICATED))
            continue;
        if (!tern_intents_is_absent(intents, key)) {
            tern_replica_unwant(replicas, key); /* where its row has not come yet */
            (void)tern_key_list_add(&intents->dropped, key);
            *count &= ~TERN_INTENTS_REPLICATED;
            continue;
        }
        intents->replicated.keys[num_left++] = key;
        if (is_time || !tern_replicas_has(replicas, 0, key))
            intents->work.keys[intents->work.num++] = key;
    }
    intents->replicated.num = num_left;
    return status;
}

tern_status_t tern_intents_refresh(tern_intents_t *intents)
{
    tern_client_t  *client  = intents->table->client;
    uint64_t        now_ns  = tern_timer_ns();
    bool            is_time = now_ns - intents->refreshed_ns >= REFRESH_NS;
    tern_status_t   status  = choose_refreshes(intents, is_time);
    tern_request_t *request;

    if (status != TERN_OK || intents->work.num == 0)
        return status;
    if (is_time)
        intents->refreshed_ns = now_ns;
    status = tern_client_reserve(client, intents->work.num);
    if (status != TERN_OK)
        return status;
    request = tern_request_create(client, intents->table, TERN_MESSAGE_PULL, NULL);
    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    intents->requests[TERN_ROUND_REFRESHES] = request;
    return tern_refresh_issue_quietly(request, intents->work.num, intents->work.keys);
}
