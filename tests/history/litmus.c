#include "history/litmus.h"

#include <stdio.h>

#include "tern/random.h"

enum { NUM_HOT_KEYS = 5, NUM_STORM_OPS = 60, STEP_OPS = 20, NUM_TRIES = 4, MAX_RUNS = 5 };

/* Random numbers of a worker. */
typedef struct dice {
    uint64_t seed, stream, counter;
} dice_t;

static uint64_t roll(dice_t *dice, uint64_t bound)
{
    return tern_random_below(dice->seed, dice->stream, dice->counter++, bound);
}

/* Keys that different servers keep at first. */
static tern_key_t hot_key(uint64_t number)
{
    return number * (RECORDER_KEYS - 1) / (NUM_HOT_KEYS - 1);
}

static void act(recorder_t *recorder, dice_t *dice)
{
    tern_key_t key = hot_key(roll(dice, NUM_HOT_KEYS));
    uint64_t   act = roll(dice, 100);

    if (act < 40) {
        recorder_push(recorder, key);
    } else if (act < 80) {
        recorder_read(recorder, key);
    } else if (act < 90) {
        recorder_push_pull(recorder, key);
    } else {
        tern_key_t keys[] = {key, hot_key(roll(dice, NUM_HOT_KEYS))};

        if (roll(dice, 2) == 0)
            recorder_localize(recorder, 2, keys);
        else
            recorder_intend(recorder, 2, keys, 1 + roll(dice, 2));
    }
}

unsigned litmus_storm(ps_t ps, way_t way, uint64_t seed)
{
    char       links[80];
    recorder_t recorder;

    snprintf(links, sizeof links, "delay:200us,jitter:1500us,seed:%u", (unsigned)seed);
    recorder = ps_begin(ps, way, links);
    if (recorder_is_worker(&recorder)) {
        dice_t dice = {.seed = seed, .stream = recorder.worker};

        for (int i = 0; i < NUM_STORM_OPS; i++) {
            act(&recorder, &dice);
            if (i % STEP_OPS == STEP_OPS - 1)
                recorder_clock(&recorder);
        }
    }
    return promises_judge(ps, way, &recorder);
}

/* The second key is on the last worker's node, the first on neither's. Jitter may delay the first push. */
static void overtake(recorder_t *recorder, tern_key_t first, tern_key_t second)
{
    if (recorder->worker == 0) {
        recorder_push(recorder, first);
        recorder_push(recorder, second);
        recorder_wait(recorder);
    } else if (recorder->worker == recorder->num_workers - 1) {
        recorder_await(recorder, second, 0);
        recorder_read(recorder, first);
        recorder_wait(recorder);
    }
    recorder_barrier(recorder);
}

/* Which message is late is a matter of chance: one try in six shows it. */
unsigned litmus_overtaking(ps_t ps)
{
    const tern_key_t num_keys = RECORDER_KEYS / 4; /* of a server, where there are four */
    unsigned         broken   = 0;

    for (int i = 0; i < MAX_RUNS && !(broken >> CAUSAL_ACROSS_KEYS & 1); i++) {
        recorder_t recorder = ps_begin(ps, ASYNCHRONOUS, "jitter:4ms");

        for (tern_key_t k = 0; recorder_is_worker(&recorder) && k < num_keys; k++)
            overtake(&recorder, num_keys + k, 3 * num_keys + k);
        broken = promises_judge(ps, ASYNCHRONOUS, &recorder);
    }
    return broken;
}

/* Keys whose home is the node of the second worker. */
static tern_key_t key_at_home(const recorder_t *recorder, tern_key_t number)
{
    return RECORDER_KEYS / recorder->num_workers + number;
}

static void wait_ms(recorder_t *recorder, double ms)
{
    double start = tern_seconds(recorder->session.runtime);

    while (tern_seconds(recorder->session.runtime) < start + 1e-3 * ms)
        tern_progress(recorder->session.runtime);
}

/* The last worker owns the row. The first one's read needs three ways of 10 ms, its push, which is called after two
 * of them, two ways by the home; what is called when the read has ended needs one. */
static void cut_short(recorder_t *recorder, tern_key_t key)
{
    if (recorder->worker == recorder->num_workers - 1) {
        recorder_localize(recorder, 1, &key);
        recorder_wait(recorder);
    }
    recorder_barrier(recorder);
    if (recorder->worker == 0) {
        recorder_read(recorder, key);
        wait_ms(recorder, 25);
        recorder_push(recorder, key);
        recorder_wait_for_first(recorder);
        recorder_read(recorder, key);
        recorder_wait(recorder);
    }
    recorder_barrier(recorder);
}

unsigned litmus_short_cut(ps_t ps)
{
    recorder_t recorder = ps_begin(ps, ASYNCHRONOUS, "delay:10ms");

    if (recorder_is_worker(&recorder))
        for (tern_key_t i = 0; i < NUM_TRIES; i++)
            cut_short(&recorder, key_at_home(&recorder, i));
    return promises_judge(ps, ASYNCHRONOUS, &recorder);
}

/* All have read the rows before, so that a stale server gives them replicas, and have announced to use them, so that an
 * adaptive one does. */
unsigned litmus_disagreement(ps_t ps, way_t way)
{
    recorder_t recorder = ps_begin(ps, way, "delay:1ms");
    tern_key_t keys[NUM_TRIES];

    for (tern_key_t i = 0; i < NUM_TRIES; i++)
        keys[i] = key_at_home(&recorder, i);
    if (recorder_is_worker(&recorder) && ps == ADAPTIVE) {
        recorder_intend(&recorder, NUM_TRIES, keys, 1000);
        recorder_settle(&recorder, NUM_TRIES, keys);
    }
    if (recorder_is_worker(&recorder))
        for (tern_key_t i = 0; i < NUM_TRIES; i++) {
            tern_key_t key = keys[i];

            recorder_read(&recorder, key);
            recorder_wait(&recorder);
            recorder_barrier(&recorder);
            recorder_push(&recorder, key);
            recorder_read(&recorder, key);
            recorder_wait(&recorder);
            recorder_barrier(&recorder);
        }
    return promises_judge(ps, way, &recorder);
}

/* The last worker keeps a replica of the cause, and no clock has passed when it reads the effect. */
static void cause(recorder_t *recorder, tern_key_t cause, tern_key_t effect)
{
    bool is_last = recorder->worker == recorder->num_workers - 1;

    if (is_last)
        recorder_read(recorder, cause);
    recorder_wait(recorder);
    recorder_barrier(recorder);
    if (recorder->worker == 0) {
        recorder_push(recorder, cause);
        recorder_clock(recorder);
    }
    recorder_barrier(recorder);
    if (recorder->worker == 1) {
        recorder_read(recorder, cause);
        recorder_wait(recorder);
        recorder_push(recorder, effect);
        recorder_clock(recorder);
    }
    recorder_barrier(recorder);
    if (is_last) {
        recorder_read(recorder, effect);
        recorder_wait(recorder);
        recorder_read(recorder, cause);
        recorder_wait(recorder);
    }
    if (recorder->worker > 1) /* as often as the others */
        recorder_clock(recorder);
    recorder_barrier(recorder);
}

unsigned litmus_cause_and_effect(ps_t ps, way_t way)
{
    recorder_t recorder = ps_begin(ps, way, "delay:1ms");

    if (recorder_is_worker(&recorder))
        for (tern_key_t i = 0; i < NUM_TRIES; i++)
            cause(&recorder, key_at_home(&recorder, 2 * i),
                  key_at_home(&recorder, 2 * i + 1));
    return promises_judge(ps, way, &recorder);
}
