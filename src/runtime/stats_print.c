/** \file
 * The end-of-run table, for people and for programs.
 */
#include "runtime/balance.h"
#include "runtime/json.h"
#include "runtime/savings.h"
#include "runtime/staleness.h"
#include "runtime/stats.h"
#include "runtime/stats_groups.h"
#include "runtime/units.h"

#define MAX_SERVERS_SHOWN 16

static void print_phases(const tern_stats_t *stats, FILE *stream)
{
    fprintf(stream, "  %-10s %10s %10s %10s %8s\n", "seconds", "min", "avg", "max",
            "share");
    for (int phase = 0; phase < TERN_NUM_PHASES; phase++) {
        const tern_spread_t *spread = &stats->phases[phase];

        if (spread->num_ranks > 0)
            fprintf(stream, "  %-10s %10.3f %10.3f %10.3f %6.1f %%   %s\n",
                    tern_phase_name((tern_phase_t)phase), spread->min, spread->mean,
                    spread->max, 100 * stats->phase_share[phase],
                    tern_phase_role((tern_phase_t)phase) == TERN_ROLE_SERVER ? "servers"
                                                                             : "workers");
    }
}

static void print_counts(const tern_stats_t *stats, FILE *stream)
{
    char a[TERN_UNITS_BYTES], b[TERN_UNITS_BYTES], c[TERN_UNITS_BYTES];

    fprintf(stream, "  rows       %s pulled, %s pushed, %s borrowed",
            tern_units_count((double)stats->total.pull_keys, a),
            tern_units_count((double)stats->total.push_keys, b),
            tern_units_count((double)stats->total.borrowed_rows, c));
    if (stats->num_keys > 0)
        fprintf(stream, "; %.1f %% in node memory", 100 * stats->local_share);
    fprintf(stream, "\n  messages   %s, %s",
            tern_units_count((double)stats->total.messages_sent, a),
            tern_units_bytes((double)stats->total.bytes_sent, b));
    if (stats->total.combined_keys > 0)
        fprintf(stream, "; %s pushed rows combined before they left",
                tern_units_count((double)stats->total.combined_keys, a));
    fputc('\n', stream);
}

static void print_tables(const tern_stats_t *stats, FILE *stream)
{
    char rows[TERN_UNITS_BYTES];

    for (size_t t = 0; t < stats->num_tables; t++) {
        const tern_footprint_t *table = &stats->tables[t];

        fprintf(stream,
                "  table      %s: %s rows of %.3g bytes (values %u, state %u, header "
                "%u, index %.3g)",
                table->name, tern_units_count((double)table->num_rows, rows),
                tern_footprint_bytes(table), table->values, table->state, table->header,
                table->index);
        if (table->num_replicas > 0)
            fprintf(stream, "; at most %s replicas a node, of %u bytes",
                    tern_units_count((double)table->num_replicas, rows), table->replica);
        fputc('\n', stream);
    }
}

/* What came one-sidedly, if anything was tried. */
static void print_window(const tern_counters_t *total, FILE *stream)
{
    char rows[TERN_UNITS_BYTES], gets[TERN_UNITS_BYTES], retries[TERN_UNITS_BYTES],
        fallbacks[TERN_UNITS_BYTES];

    if (total->window_gets == 0)
        return;
    fprintf(stream,
            "  window     %s rows by %s gets; %s fetched again, %s asked by message\n",
            tern_units_count((double)total->window_rows, rows),
            tern_units_count((double)total->window_gets, gets),
            tern_units_count((double)total->window_retries, retries),
            tern_units_count((double)total->window_fallbacks, fallbacks));
}

/* Rows that moved, if any did or were asked to. */
static void print_moves(const tern_counters_t *total, FILE *stream)
{
    char moved[TERN_UNITS_BYTES], before[TERN_UNITS_BYTES], queued[TERN_UNITS_BYTES],
        forwarded[TERN_UNITS_BYTES];

    if (total->localized_keys + total->localized_before + total->rows_taken_in == 0)
        return;
    fprintf(stream, "  localized  %s rows",
            tern_units_count((double)total->localized_keys, moved));
    if (total->localized_keys > 0)
        fprintf(stream, " in %.3g ms on average",
                1e-6 * (double)total->localize_ns / (double)total->localized_keys);
    fprintf(stream,
            ", %s were there or coming; %s operations waited for rows, %s forwarded\n",
            tern_units_count((double)total->localized_before, before),
            tern_units_count((double)total->queued_keys, queued),
            tern_units_count((double)total->forwarded_keys, forwarded));
}

/* What replicas saved and cost, if there were any. */
static void print_replicas(const tern_counters_t *total, FILE *stream)
{
    char reads[TERN_UNITS_BYTES], refreshes[TERN_UNITS_BYTES], messages[TERN_UNITS_BYTES],
        flushes[TERN_UNITS_BYTES], pushed[TERN_UNITS_BYTES];

    if (total->replica_reads + total->replica_refreshes + total->replica_flushes == 0)
        return;
    fprintf(stream,
            "  replicas   %s rows read at once, %s asked for by %s messages, %s sent by "
            "owners, %s flushed\n",
            tern_units_count((double)total->replica_reads, reads),
            tern_units_count((double)total->replica_refreshes, refreshes),
            tern_units_count((double)total->refresh_messages, messages),
            tern_units_count((double)total->pushed_rows, pushed),
            tern_units_count((double)total->replica_flushes, flushes));
}

/* How dense tables were exchanged, if there were any. */
static void print_dense(const tern_counters_t *total, FILE *stream)
{
    char wholes[TERN_UNITS_BYTES], parts[TERN_UNITS_BYTES];

    if (total->dense_whole_steps + total->dense_part_steps > 0)
        fprintf(stream,
                "  dense      %s steps of workers exchanged whole tables (reduce-scatter, "
                "all-gather), %s what was pushed\n",
                tern_units_count((double)total->dense_whole_steps, wholes),
                tern_units_count((double)total->dense_part_steps, parts));
}

/* Does server `a` come after `b` in the order of falling load? */
static bool comes_after(const tern_stats_t *stats, size_t a, size_t b)
{
    uint64_t a_served = stats->ranks[a].counters.served_keys;
    uint64_t b_served = stats->ranks[b].counters.served_keys;

    return a_served != b_served ? a_served < b_served : a > b;
}

/* The server that comes next after `last` in the order of falling load; num_ranks as `last` asks for
 * the first, as a result it means that there is none. */
static size_t next_server(const tern_stats_t *stats, size_t last)
{
    size_t next = stats->num_ranks;

    for (size_t i = 0; i < stats->num_ranks; i++) {
        if (!(stats->ranks[i].roles & TERN_ROLE_SERVER))
            continue;
        if (last < stats->num_ranks && !comes_after(stats, i, last))
            continue;
        if (next == stats->num_ranks || comes_after(stats, next, i))
            next = i;
    }
    return next;
}

static double load_share(const tern_stats_t *stats, size_t rank)
{
    return stats->served.sum > 0
               ? (double)stats->ranks[rank].counters.served_keys / stats->served.sum
               : 0;
}

static void print_servers(const tern_stats_t *stats, FILE *stream)
{
    char   served[TERN_UNITS_BYTES];
    size_t num_shown = 0;

    if (stats->served.sum == 0)
        return;
    fprintf(stream, "  served by message, imbalance (max / mean) %.2f\n",
            stats->imbalance);
    for (size_t i = next_server(stats, stats->num_ranks);
         i < stats->num_ranks && num_shown < MAX_SERVERS_SHOWN;
         i = next_server(stats, i), num_shown++)
        fprintf(stream, "    rank %-5zu %10s rows %6.1f %%   %s\n", i,
                tern_units_count((double)stats->ranks[i].counters.served_keys, served),
                100 * load_share(stats, i), stats->ranks[i].host);
    if (num_shown < stats->num_servers)
        fprintf(stream, "    and %zu servers with less\n",
                stats->num_servers - num_shown);
}

void tern_stats_print(const tern_stats_t *stats, FILE *stream)
{
    char   notes[TERN_STATS_MAX_NOTES][TERN_STATS_NOTE_BYTES];
    size_t num_notes = tern_stats_notes(stats, notes);

    fprintf(stream, "run of %.2f s: ranks %zu, workers %zu, servers %zu\n",
            stats->seconds, stats->num_ranks, stats->num_workers, stats->num_servers);
    print_phases(stats, stream);
    tern_stats_print_groups(stats, stream);
    print_counts(stats, stream);
    print_window(&stats->total, stream);
    print_moves(&stats->total, stream);
    print_replicas(&stats->total, stream);
    print_dense(&stats->total, stream);
    print_tables(stats, stream);
    tern_balance_print(stats, stream);
    tern_staleness_print(stats, stream);
    tern_savings_print(stats, stream);
    print_servers(stats, stream);
    for (size_t i = 0; i < num_notes; i++)
        fprintf(stream, "  note: %s\n", notes[i]);
}

static void write_phases(tern_json_t *json, const tern_stats_t *stats)
{
    tern_json_begin_object(json, "phases");
    for (int phase = 0; phase < TERN_NUM_PHASES; phase++) {
        const tern_spread_t *spread = &stats->phases[phase];

        tern_json_begin_object(json, tern_phase_name((tern_phase_t)phase));
        tern_json_number(json, "min", spread->min);
        tern_json_number(json, "avg", spread->mean);
        tern_json_number(json, "max", spread->max);
        tern_json_number(json, "share", stats->phase_share[phase]);
        tern_json_end_object(json);
    }
    tern_json_end_object(json);
}

static void write_counters(tern_json_t *json, const tern_counters_t *total)
{
    const struct {
        const char *name;
        uint64_t    number;
    } fields[] = {
        {"pull_keys", total->pull_keys},
        {"push_keys", total->push_keys},
        {"set_keys", total->set_keys},
        {"local_keys", total->local_keys},
        {"local_changes", total->local_changes},
        {"borrowed_rows", total->borrowed_rows},
        {"read_retries", total->read_retries},
        {"latch_waits", total->latch_waits},
        {"latches_broken", total->latches_broken},
        {"messages", total->messages_sent},
        {"bytes", total->bytes_sent},
        {"messages_received", total->messages_received},
        {"bytes_received", total->bytes_received},
        {"combined_keys", total->combined_keys},
        {"resends", total->resends},
        {"duplicates_dropped", total->duplicates_dropped},
        {"served_keys", total->served_keys},
        {"window_gets", total->window_gets},
        {"window_rows", total->window_rows},
        {"window_retries", total->window_retries},
        {"window_fallbacks", total->window_fallbacks},
        {"localized_keys", total->localized_keys},
        {"localized_before", total->localized_before},
        {"localize_ns", total->localize_ns},
        {"rows_taken_in", total->rows_taken_in},
        {"rows_sent_away", total->rows_sent_away},
        {"queued_keys", total->queued_keys},
        {"forwarded_keys", total->forwarded_keys},
        {"replica_reads", total->replica_reads},
        {"replica_refreshes", total->replica_refreshes},
        {"refresh_messages", total->refresh_messages},
        {"replica_flushes", total->replica_flushes},
        {"pushed_rows", total->pushed_rows},
        {"rows_created", total->rows_created},
        {"rows_evicted", total->rows_evicted},
        {"pushes_not_admitted", total->pushes_not_admitted},
        {"calls", total->calls},
        {"functions_run", total->functions_run},
        {"dense_whole_steps", total->dense_whole_steps},
        {"dense_part_steps", total->dense_part_steps},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        tern_json_number(json, fields[i].name, (double)fields[i].number);
}

static void write_servers(tern_json_t *json, const tern_stats_t *stats)
{
    tern_json_begin_array(json, "server_load");
    for (size_t i = 0; i < stats->num_ranks; i++) {
        if (!(stats->ranks[i].roles & TERN_ROLE_SERVER))
            continue;
        tern_json_begin_object(json, NULL);
        tern_json_number(json, "rank", (double)i);
        tern_json_text(json, "host", stats->ranks[i].host);
        tern_json_number(json, "served_keys",
                         (double)stats->ranks[i].counters.served_keys);
        tern_json_number(json, "share", load_share(stats, i));
        tern_json_end_object(json);
    }
    tern_json_end_array(json);
}

static void write_tables(tern_json_t *json, const tern_stats_t *stats)
{
    tern_json_begin_array(json, "tables");
    for (size_t t = 0; t < stats->num_tables; t++) {
        const tern_footprint_t *table = &stats->tables[t];

        tern_json_begin_object(json, NULL);
        tern_json_text(json, "name", table->name);
        tern_json_number(json, "rows", (double)table->num_rows);
        tern_json_number(json, "bytes_per_row", tern_footprint_bytes(table));
        tern_json_number(json, "values", table->values);
        tern_json_number(json, "state", table->state);
        tern_json_number(json, "header", table->header);
        tern_json_number(json, "index", table->index);
        tern_json_number(json, "max_replicas", (double)table->num_replicas);
        tern_json_number(json, "replica", table->replica);
        tern_json_end_object(json);
    }
    tern_json_end_array(json);
}

void tern_stats_print_json(const tern_stats_t *stats, FILE *stream)
{
    char        notes[TERN_STATS_MAX_NOTES][TERN_STATS_NOTE_BYTES];
    size_t      num_notes = tern_stats_notes(stats, notes);
    tern_json_t json;

    tern_json_init(&json, stream);
    tern_json_begin_object(&json, NULL);
    tern_json_begin_object(&json, "statistics");
    tern_json_number(&json, "seconds", stats->seconds);
    tern_json_number(&json, "ranks", (double)stats->num_ranks);
    tern_json_number(&json, "workers", (double)stats->num_workers);
    tern_json_number(&json, "servers", (double)stats->num_servers);
    write_phases(&json, stats);
    write_counters(&json, &stats->total);
    tern_json_number(&json, "local_share", stats->local_share);
    tern_json_number(&json, "imbalance", stats->imbalance);
    tern_stats_write_groups(&json, stats);
    write_servers(&json, stats);
    write_tables(&json, stats);
    tern_balance_write(&json, stats);
    tern_staleness_write(&json, stats);
    tern_savings_write(&json, stats);
    tern_json_begin_array(&json, "notes");
    for (size_t i = 0; i < num_notes; i++)
        tern_json_text(&json, NULL, notes[i]);
    tern_json_end_array(&json);
    tern_json_end_object(&json);
    tern_json_end_object(&json);
    fputc('\n', stream);
}
