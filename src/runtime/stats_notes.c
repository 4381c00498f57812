/** \file
 * Notes: each rule looks at one thing and says something only if it is worth saying.
 */
#include "runtime/stats.h"
#include "runtime/units.h"

/* From here on a share of time, rows or load is worth a line. */
#define NOTABLE_WAIT      0.10
#define NOTABLE_TRANSFER  0.50
#define NOTABLE_CONFLICTS 0.01
#define NOTABLE_IMBALANCE 1.5

/* Writes to `note` [TERN_STATS_NOTE_BYTES] and returns true, or returns false. */
typedef bool rule_fn(const tern_stats_t *stats, char *note);

static bool note_broken_latches(const tern_stats_t *stats, char *note)
{
    if (stats->total.latches_broken == 0)
        return false;
    snprintf(
        note, TERN_STATS_NOTE_BYTES,
        "latches taken from ranks that had died: %llu; each of these rows may hold a "
        "part of one update",
        (unsigned long long)stats->total.latches_broken);
    return true;
}

static bool note_local_share(const tern_stats_t *stats, char *note)
{
    char messages[TERN_UNITS_BYTES], bytes[TERN_UNITS_BYTES];

    if (stats->num_keys == 0)
        return false;
    if (stats->total.local_keys == stats->num_keys)
        snprintf(note, TERN_STATS_NOTE_BYTES, "all rows were reached in node memory");
    else
        snprintf(note, TERN_STATS_NOTE_BYTES,
                 "%.1f %% of the rows were reached in node memory, the others by %s "
                 "(%s messages, %s in all)",
                 100 * stats->local_share,
                 stats->total.window_gets > 0 ? "one-sided get or message" : "message",
                 tern_units_count((double)stats->total.messages_sent, messages),
                 tern_units_bytes((double)stats->total.bytes_sent, bytes));
    return true;
}

static bool note_wait(const tern_stats_t *stats, char *note)
{
    if (stats->num_workers < 2 || stats->phase_share[TERN_PHASE_WAIT] < NOTABLE_WAIT)
        return false;
    snprintf(note, TERN_STATS_NOTE_BYTES,
             "workers waited %.0f %% of their time for others; rank %d waited least",
             100 * stats->phase_share[TERN_PHASE_WAIT],
             stats->phases[TERN_PHASE_WAIT].min_rank);
    return true;
}

static bool note_transfer(const tern_stats_t *stats, char *note)
{
    double share =
        stats->phase_share[TERN_PHASE_PULL] + stats->phase_share[TERN_PHASE_PUSH];

    if (share < NOTABLE_TRANSFER)
        return false;
    snprintf(note, TERN_STATS_NOTE_BYTES,
             "workers spent %.0f %% of their time pulling and pushing", 100 * share);
    return true;
}

static bool note_imbalance(const tern_stats_t *stats, char *note)
{
    if (stats->num_servers < 2 || stats->imbalance < NOTABLE_IMBALANCE)
        return false;
    snprintf(note, TERN_STATS_NOTE_BYTES,
             "server rank %d answered %.1f times the mean: its keys are asked for more "
             "often than those of others",
             stats->served.max_rank, stats->imbalance);
    return true;
}

static bool note_conflicts(const tern_stats_t *stats, char *note)
{
    uint64_t num_writes = stats->total.push_keys + stats->total.set_keys;
    double   reads      = stats->total.pull_keys ? (double)stats->total.read_retries /
                                                (double)stats->total.pull_keys
                                                 : 0;
    double   writes =
        num_writes ? (double)stats->total.latch_waits / (double)num_writes : 0;

    if (reads < NOTABLE_CONFLICTS && writes < NOTABLE_CONFLICTS)
        return false;
    snprintf(note, TERN_STATS_NOTE_BYTES,
             "per 100 rows read, %.1f reads met a writer and started again; per 100 rows "
             "changed, %.1f found the latch held",
             100 * reads, 100 * writes);
    return true;
}

static bool note_resends(const tern_stats_t *stats, char *note)
{
    if (stats->total.resends == 0 && stats->total.duplicates_dropped == 0)
        return false;
    snprintf(note, TERN_STATS_NOTE_BYTES,
             "requests sent again: %llu; repeated requests recognised and not applied "
             "twice: %llu",
             (unsigned long long)stats->total.resends,
             (unsigned long long)stats->total.duplicates_dropped);
    return true;
}

static rule_fn *const rules[] = {
    note_broken_latches, note_local_share, note_wait,    note_transfer,
    note_imbalance,      note_conflicts,   note_resends,
};

#define NUM_RULES (sizeof(rules) / sizeof(rules[0]))

_Static_assert(NUM_RULES <= TERN_STATS_MAX_NOTES, "each rule may write a note");

size_t tern_stats_notes(const tern_stats_t *stats,
                        char notes[TERN_STATS_MAX_NOTES][TERN_STATS_NOTE_BYTES])
{
    size_t num_notes = 0;

    for (size_t i = 0; i < NUM_RULES; i++)
        num_notes += rules[i](stats, notes[num_notes]);
    return num_notes;
}
