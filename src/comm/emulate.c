#include "comm/emulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tern/random.h"

#define REQUEST_BYTES 64u /* what a one-sided read sends out */

/* A suffix and what it multiplies by. */
typedef struct unit {
    const char *name;
    double      factor;
} unit_t;

static const unit_t seconds[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {NULL, 0}};
static const unit_t bits[]    = {{"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}, {NULL, 0}};
static const unit_t none[]    = {{"", 1}, {NULL, 0}};

/* The number and unit that are all of text[0, length); only zero needs no unit. NaN if malformed. */
static double parse_quantity(const char *text, size_t length, const unit_t *units)
{
    char  *suffix;
    double number = strtod(text, &suffix);
    size_t suffix_length;

    if (suffix == text || suffix > text + length || !(number >= 0) || isinf(number))
        return NAN;
    suffix_length = (size_t)(text + length - suffix);
    if (number == 0 && suffix_length == 0)
        return 0;
    for (; units->name != NULL; units++)
        if (strlen(units->name) == suffix_length &&
            strncmp(units->name, suffix, suffix_length) == 0)
            return number * units->factor;
    return NAN;
}

enum { GROUPS, DELAY, JITTER, RATE, LOSS, SEED, NUM_PARTS };

static const struct {
    const char   *name;
    const unit_t *units;
    double        min, end;
    bool          is_whole;
} parts[NUM_PARTS] = {
    [GROUPS] = {"groups", none, 1, 0x1p30, true},
    [DELAY]  = {"delay", seconds, 0, 1e3, false},
    [JITTER] = {"jitter", seconds, 0, 1e3, false},
    [RATE]   = {"rate", bits, 1, 1e15, false},
    [LOSS]   = {"loss", none, 0, 1, false},
    [SEED]   = {"seed", none, 0, 0x1p53, true},
};

/* One "name:value" of `length` characters. */
static bool parse_part(double values[NUM_PARTS], const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);

    for (int p = 0; colon != NULL && p < NUM_PARTS; p++) {
        size_t name_length = strlen(parts[p].name);

        if (name_length != (size_t)(colon - text) ||
            strncmp(text, parts[p].name, name_length) != 0)
            continue;
        values[p] = parse_quantity(colon + 1, length - name_length - 1, parts[p].units);
        return values[p] >= parts[p].min && values[p] < parts[p].end &&
               (!parts[p].is_whole || values[p] == floor(values[p]));
    }
    return false;
}

tern_status_t tern_emulate_parse(tern_emulate_t *emulate, const char *specification)
{
    double values[NUM_PARTS] = {[SEED] = 1};

    *emulate = (tern_emulate_t){.is_active = false};
    if (specification == NULL || *specification == '\0')
        return TERN_OK;
    for (const char *text = specification; text != NULL;) {
        size_t length = strcspn(text, ",");

        if (!parse_part(values, text, length)) {
            tern_log(
                TERN_LOG_COMM, TERN_LOG_ERROR,
                "bad emulation '%.*s': want groups:N, delay:TIME or jitter:TIME (us, "
                "ms, s), rate:RATE (kbit, mbit, gbit), loss:P with 0 <= P < 1, or "
                "seed:N, separated by commas",
                (int)length, text);
            return TERN_ERR_USAGE;
        }
        text = text[length] == ',' ? text + length + 1 : NULL;
    }
    emulate->is_active   = true;
    emulate->num_groups  = (int)values[GROUPS];
    emulate->delay_ns    = (uint64_t)(values[DELAY] * 1e9 + 0.5);
    emulate->jitter_ns   = (uint64_t)(values[JITTER] * 1e9 + 0.5);
    emulate->ns_per_byte = values[RATE] > 0 ? 8e9 / values[RATE] : 0;
    emulate->loss        = values[LOSS];
    emulate->seed        = (uint64_t)values[SEED];
    return TERN_OK;
}

/* Blocks of nodes whose numbers differ by at most one. */
static int group_of_node(const tern_emulate_t *emulate, int node, int num_nodes)
{
    return (int)((int64_t)node * emulate->num_groups / num_nodes);
}

tern_status_t tern_emulate_init(tern_emulate_t *emulate, const tern_group_t *group,
                                uint64_t *uplink_free_ns)
{
    int own_group;

    tern_transit_init(&emulate->transit);
    if (!emulate->is_active)
        return TERN_OK;
    emulate->num_peers = (uint64_t)group->size;
    emulate->peers =
        tern_alloc_zeroed(TERN_LOG_COMM, emulate->num_peers * sizeof *emulate->peers);
    if (emulate->peers == NULL)
        return TERN_ERR_NO_MEMORY;
    emulate->source         = (uint64_t)group->rank;
    emulate->uplink_free_ns = uplink_free_ns;
    if (emulate->num_groups == 0 || emulate->num_groups > group->num_nodes)
        emulate->num_groups = group->num_nodes;
    own_group = group_of_node(emulate, group->node, group->num_nodes);
    for (int r = 0; r < group->size; r++)
        emulate->peers[r].is_across =
            group_of_node(emulate, group->members[r].node, group->num_nodes) != own_group;
    return TERN_OK;
}

void tern_emulate_fini(tern_emulate_t *emulate)
{
    tern_transit_fini(&emulate->transit);
    tern_free(TERN_LOG_COMM, emulate->peers);
    emulate->peers = NULL;
}

/* "5 ms", "200 us". */
static int print_time(char *text, size_t text_bytes, uint64_t ns)
{
    if (ns >= 1000000000u)
        return snprintf(text, text_bytes, "%g s", (double)ns * 1e-9);
    if (ns >= 1000000u)
        return snprintf(text, text_bytes, "%g ms", (double)ns * 1e-6);
    return snprintf(text, text_bytes, "%g us", (double)ns * 1e-3);
}

void tern_emulate_describe(const tern_emulate_t *emulate, char *text, size_t text_bytes)
{
    char delay[32], jitter[48] = "", rate[48] = "", loss[48] = "";

    print_time(delay, sizeof delay, emulate->delay_ns);
    if (emulate->jitter_ns > 0) {
        memcpy(jitter, " + 0 to ", 9);
        print_time(jitter + 8, sizeof jitter - 8, emulate->jitter_ns);
    }
    if (emulate->ns_per_byte > 0)
        snprintf(rate, sizeof rate, ", %g Mbit/s", 8e3 / emulate->ns_per_byte);
    if (emulate->loss > 0)
        snprintf(loss, sizeof loss, ", loss %g %%", 100 * emulate->loss);
    snprintf(text, text_bytes, "%d group%s, %s%s%s%s", emulate->num_groups,
             emulate->num_groups == 1 ? "" : "s", delay, jitter, rate, loss);
}

/* When the last of `bytes` has passed the node's uplink. */
static uint64_t pass_uplink(tern_emulate_t *emulate, size_t bytes, uint64_t now_ns)
{
    uint64_t takes_ns = (uint64_t)((double)bytes * emulate->ns_per_byte);
    uint64_t free_ns  = __atomic_load_n(emulate->uplink_free_ns, __ATOMIC_RELAXED);
    uint64_t passed_ns;

    do {
        passed_ns = (free_ns > now_ns ? free_ns : now_ns) + takes_ns;
    } while (!__atomic_compare_exchange_n(emulate->uplink_free_ns, &free_ns, passed_ns,
                                          true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return passed_ns;
}

/* Uniform; every message takes two numbers, first for its loss, then for its jitter. */
static double draw(const tern_emulate_t *emulate, int rank, uint64_t counter)
{
    return tern_random_unit(
        emulate->seed, emulate->source * emulate->num_peers + (uint64_t)rank, counter);
}

static uint64_t draw_jitter_ns(const tern_emulate_t *emulate, int rank, uint64_t number)
{
    return (uint64_t)(draw(emulate, rank, 2 * number + 1) * (double)emulate->jitter_ns);
}

bool tern_emulate_depart(tern_emulate_t *emulate, int rank, tern_message_kind_t kind,
                         size_t bytes, uint64_t now_ns, uint32_t *hold_us_p)
{
    uint64_t number  = emulate->peers[rank].num_sent++;
    uint64_t hold_ns = pass_uplink(emulate, bytes, now_ns) - now_ns +
                       draw_jitter_ns(emulate, rank, number);
    uint64_t hold_us = (hold_ns + 500) / 1000;

    if (tern_message_is_sent_again(kind) &&
        draw(emulate, rank, 2 * number) < emulate->loss)
        return false;
    *hold_us_p = hold_us < UINT32_MAX ? (uint32_t)hold_us : UINT32_MAX;
    return true;
}

uint64_t tern_emulate_due_ns(tern_emulate_t *emulate, int rank, uint32_t hold_us,
                             uint64_t arrived_ns)
{
    tern_emulated_peer_t *peer   = &emulate->peers[rank];
    uint64_t              due_ns = arrived_ns + emulate->delay_ns + hold_us * 1000ull;

    if (due_ns > peer->due_ns)
        peer->due_ns = due_ns;
    return peer->due_ns;
}

uint64_t tern_emulate_round_trip_ns(tern_emulate_t *emulate, int rank, size_t bytes,
                                    uint64_t now_ns)
{
    tern_emulated_peer_t *peer   = &emulate->peers[rank];
    uint64_t              number = peer->num_sent++;
    uint64_t              asked_ns;

    asked_ns = pass_uplink(emulate, REQUEST_BYTES, now_ns) + emulate->delay_ns +
               draw_jitter_ns(emulate, rank, number);
    if (peer->reply_free_ns < asked_ns)
        peer->reply_free_ns = asked_ns;
    peer->reply_free_ns += (uint64_t)((double)bytes * emulate->ns_per_byte);
    return peer->reply_free_ns + emulate->delay_ns;
}
