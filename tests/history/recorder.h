/** \file
 * A recorder: a table and a worker's hand on it that writes down what it does and sees. Afterwards rank 0 has the history of
 * all.
 *
 * \code
 * recorder_t recorder = recorder_begin(&setup);    // all ranks
 * if (recorder_is_worker(&recorder)) {
 *     recorder_push(&recorder, key);
 *     recorder_read(&recorder, key);
 * }
 * history_t history = recorder_end(&recorder);     // all ranks; on rank 0 with everybody's operations
 * \endcode
 */
#ifndef TERN_TESTS_RECORDER_H
#define TERN_TESTS_RECORDER_H

#include "history/history.h"
#include "session.h"

enum { RECORDER_KEYS = 128, RECORDER_UNDER_WAY = 32 };

typedef struct recorder_setup {
    const char        *policy;
    const char *const *settings; /* of the runtime, as in session.h */
    bool     is_asynchronous; /* operations are issued without waiting for those before */
    uint32_t staleness;       /* clocks */
} recorder_setup_t;

/* A call under way and what it will say. */
typedef struct recorder_call {
    tern_request_t *request;
    tern_key_t      key;
    double          delta, value;
    size_t          first_op, num_ops; /* in the history; a pushpull is two */
    bool            is_complete;
} recorder_call_t;

typedef struct recorder {
    session_t       session;
    tern_table_t   *table;
    bool            is_asynchronous;
    uint32_t        worker, num_workers;
    history_t       history;
    uint32_t        num_pushes[RECORDER_KEYS];
    tern_request_t *localize; /* the latest */
    size_t          num_calls;
    recorder_call_t calls[RECORDER_UNDER_WAY];
} recorder_t;

recorder_t recorder_begin(const recorder_setup_t *setup);

static inline bool recorder_is_worker(const recorder_t *recorder)
{
    return tern_is_worker(recorder->session.runtime);
}

/* One bit to a key. Each worker has 52 / number of workers of them; without one left it is a read. */
void recorder_push(recorder_t *recorder, tern_key_t key);
void recorder_read(recorder_t *recorder, tern_key_t key);
void recorder_push_pull(recorder_t *recorder, tern_key_t key);

/* Localize, waiting for nothing but an earlier one of this worker; not recorded, since it changes nothing. */
void recorder_localize(recorder_t *recorder, size_t num_keys, const tern_key_t keys[]);

/* Announce the use of keys for the next `num_clocks` clocks. */
void recorder_intend(recorder_t *recorder, size_t num_keys, const tern_key_t keys[],
                     uint64_t num_clocks);

/* Make clocks until all keys are local to all workers, where the policy brings that about; together. */
void recorder_settle(recorder_t *recorder, size_t num_keys, const tern_key_t keys[]);

/* Read until the key has a push of `worker`; what the last read saw is recorded. False: not within 20 s. */
bool recorder_await(recorder_t *recorder, tern_key_t key, uint32_t worker);

/* Complete what is under way, localizes included. */
void recorder_wait(recorder_t *recorder);

/* Wait for the first of the calls under way; they stay under way. */
void recorder_wait_for_first(recorder_t *recorder);
void recorder_clock(recorder_t *recorder);
void recorder_barrier(recorder_t *recorder);

/* When all is at rest every worker reads every key once more; then the session ends. */
history_t recorder_end(recorder_t *recorder);

#endif
