/* Statistics of a run, on constructed records. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "facts.h"
#include "runtime/json.h"
#include "runtime/stats.h"
#include "runtime/units.h"

/* Two servers and two workers; rank 1 serves three times as much as rank 0, rank 3 computes and
 * rank 2 waits for it. */
static const tern_rank_stats_t records[] = {
    {.host          = "a",
     .roles         = TERN_ROLE_SCHEDULER | TERN_ROLE_SERVER,
     .phase_seconds = {[TERN_PHASE_APPLY] = 2, [TERN_PHASE_IDLE] = 8},
     .counters      = {.served_keys = 100, .messages_sent = 10, .bytes_sent = 1000}},
    {.host          = "b",
     .roles         = TERN_ROLE_SERVER,
     .phase_seconds = {[TERN_PHASE_APPLY] = 6, [TERN_PHASE_IDLE] = 4},
     .counters      = {.served_keys = 300, .messages_sent = 30, .bytes_sent = 3000}},
    {.host          = "a",
     .roles         = TERN_ROLE_WORKER,
     .phase_seconds = {[TERN_PHASE_COMPUTE] = 4, [TERN_PHASE_WAIT] = 6},
     .counters      = {.pull_keys = 500, .push_keys = 100, .local_keys = 500}},
    {.host          = "b",
     .roles         = TERN_ROLE_WORKER,
     .phase_seconds = {[TERN_PHASE_COMPUTE] = 9, [TERN_PHASE_WAIT] = 1},
     .counters      = {.pull_keys = 300, .set_keys = 100, .local_keys = 100}},
};

enum { NUM_RECORDS = sizeof(records) / sizeof(records[0]) };

static tern_stats_t example(void)
{
    tern_stats_t stats;

    tern_stats_init(&stats, NUM_RECORDS, records, 10.0);
    return stats;
}

static bool has_note(const tern_stats_t *stats, const char *text)
{
    char   notes[TERN_STATS_MAX_NOTES][TERN_STATS_NOTE_BYTES];
    size_t num_notes = tern_stats_notes(stats, notes);

    for (size_t i = 0; i < num_notes; i++)
        if (strstr(notes[i], text))
            return true;
    return false;
}

static void phases_are_spread_over_the_ranks_that_have_them(void)
{
    tern_stats_t         stats   = example();
    const tern_spread_t *compute = &stats.phases[TERN_PHASE_COMPUTE];
    const tern_spread_t *apply   = &stats.phases[TERN_PHASE_APPLY];

    CU_ASSERT_EQUAL(compute->num_ranks, 2);
    CU_ASSERT_EQUAL(compute->min, 4);
    CU_ASSERT_EQUAL(compute->mean, 6.5);
    CU_ASSERT_EQUAL(compute->max, 9);
    CU_ASSERT_EQUAL(compute->min_rank, 2);
    CU_ASSERT_EQUAL(compute->max_rank, 3);
    CU_ASSERT_EQUAL(apply->mean, 4);
    CU_ASSERT_EQUAL(apply->max_rank, 1);
    CU_ASSERT_DOUBLE_EQUAL(stats.phase_share[TERN_PHASE_WAIT], 0.35, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(stats.phase_share[TERN_PHASE_IDLE], 0.6, 1e-12);
}

static void totals_shares_and_imbalance_are_exact(void)
{
    tern_stats_t stats = example();

    CU_ASSERT_EQUAL(stats.num_workers, 2);
    CU_ASSERT_EQUAL(stats.num_servers, 2);
    CU_ASSERT_EQUAL(stats.num_keys, 1000);
    CU_ASSERT_EQUAL(stats.total.messages_sent, 40);
    CU_ASSERT_EQUAL(stats.total.bytes_sent, 4000);
    CU_ASSERT_DOUBLE_EQUAL(stats.local_share, 0.6, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(stats.imbalance, 1.5, 1e-12);
}

static void notes_say_what_is_worth_knowing(void)
{
    tern_stats_t stats = example();

    CU_ASSERT_TRUE(has_note(&stats, "60.0 % of the rows were reached in node memory"));
    CU_ASSERT_TRUE(has_note(&stats,
                            "workers waited 35 % of their time for others; rank 3 "
                            "waited least"));
    CU_ASSERT_TRUE(has_note(&stats, "server rank 1 answered 1.5 times the mean"));
    CU_ASSERT_FALSE(has_note(&stats, "latch"));
    CU_ASSERT_FALSE(has_note(&stats, "sent again"));
    CU_ASSERT_FALSE(has_note(&stats, "pulling and pushing"));
}

static void a_run_that_did_nothing_has_no_notes(void)
{
    static const tern_rank_stats_t idle = {.host  = "a",
                                           .roles = TERN_ROLE_SERVER | TERN_ROLE_WORKER};
    tern_stats_t                   stats;
    char                           notes[TERN_STATS_MAX_NOTES][TERN_STATS_NOTE_BYTES];

    tern_stats_init(&stats, 1, &idle, 0.0);
    CU_ASSERT_EQUAL(tern_stats_notes(&stats, notes), 0);
    CU_ASSERT_TRUE(isnan(stats.local_share));
    CU_ASSERT_EQUAL(stats.imbalance, 1);
}

static char *printed(void (*print)(const tern_stats_t *, FILE *))
{
    tern_stats_t stats = example();
    capture_t    out;

    capture_begin(&out, stdout);
    print(&stats, stdout);
    return capture_end(&out);
}

static void the_table_lists_servers_by_falling_load(void)
{
    char *text = printed(tern_stats_print);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "ranks 4, workers 2, servers 2"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "imbalance (max / mean) 1.50"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(text, "rank 1 "));
    CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(text, "rank 0 "));
    CU_ASSERT_TRUE(strstr(text, "rank 1 ") < strstr(text, "rank 0 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "note: "));
    free(text);
}

static void one_sided_pulls_are_told_where_there_were_any(void)
{
    char             *without = printed(tern_stats_print), *with;
    tern_rank_stats_t ranks[NUM_RECORDS];
    tern_stats_t      stats;
    capture_t         out;

    memcpy(ranks, records, sizeof ranks);
    ranks[2].counters.window_gets      = 7;
    ranks[2].counters.window_rows      = 40;
    ranks[3].counters.window_rows      = 2;
    ranks[3].counters.window_retries   = 3;
    ranks[3].counters.window_fallbacks = 1;
    tern_stats_init(&stats, NUM_RECORDS, ranks, 10.0);
    CU_ASSERT_TRUE(has_note(&stats, "the others by one-sided get or message"));
    capture_begin(&out, stdout);
    tern_stats_print(&stats, stdout);
    with = capture_end(&out);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(with, "42 rows by 7 gets; 3 fetched again, 1 asked by message"));
    CU_ASSERT_PTR_NULL(strstr(without, " gets; "));
    free(with);
    free(without);
}

static void moves_are_told_where_there_were_any(void)
{
    char             *without = printed(tern_stats_print), *with;
    tern_rank_stats_t ranks[NUM_RECORDS];
    tern_stats_t      stats;
    capture_t         out;

    memcpy(ranks, records, sizeof ranks);
    ranks[2].counters.localized_keys   = 40;
    ranks[2].counters.localize_ns      = 80000000;
    ranks[3].counters.localized_before = 7;
    ranks[0].counters.queued_keys      = 3;
    ranks[1].counters.forwarded_keys   = 2;
    tern_stats_init(&stats, NUM_RECORDS, ranks, 10.0);
    capture_begin(&out, stdout);
    tern_stats_print(&stats, stdout);
    with = capture_end(&out);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(with, "localized  40 rows in 2 ms on average, 7 were there or coming; 3 "
                     "operations waited for rows, 2 forwarded\n"));
    CU_ASSERT_PTR_NULL(strstr(without, "localized"));
    free(with);
    free(without);
}

/* Counter i of rank r is (i + 1) * 1000 + r. */
static void every_counter_is_summed_and_written(void)
{
    enum { NUM_COUNTERS = sizeof(tern_counters_t) / sizeof(uint64_t) };

    tern_rank_stats_t ranks[2] = {{.roles = TERN_ROLE_SERVER},
                                  {.roles = TERN_ROLE_SERVER}};
    tern_stats_t      stats;
    capture_t         out;
    char             *text;

    for (uint64_t i = 0; i < NUM_COUNTERS; i++)
        for (uint64_t r = 0; r < 2; r++)
            ((uint64_t *)&ranks[r].counters)[i] = (i + 1) * 1000 + r;
    tern_stats_init(&stats, 2, ranks, 10.0);
    capture_begin(&out, stdout);
    tern_stats_print_json(&stats, stdout);
    text = capture_end(&out);
    for (uint64_t i = 0; i < NUM_COUNTERS; i++) {
        char sum[32];

        snprintf(sum, sizeof sum, "\": %llu, ", (unsigned long long)(i + 1) * 2000 + 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, sum));
    }
    free(text);
}

static void the_json_form_is_one_object_on_one_line(void)
{
    char  *text   = printed(tern_stats_print_json);
    size_t length = strlen(text);

    CU_ASSERT_EQUAL(strncmp(text, "{\"statistics\": {\"seconds\": 10, ", 31), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text,
                                  "\"wait\": {\"min\": 1, \"avg\": 3.5, \"max\": 6, "
                                  "\"share\": 0.35}"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"local_share\": 0.6, \"imbalance\": 1.5"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text,
                                  "[{\"rank\": 0, \"host\": \"a\", \"served_keys\": "
                                  "100, \"share\": 0.25}, {"));
    CU_ASSERT_STRING_EQUAL(text + length - 3, "}}\n");
    CU_ASSERT_PTR_EQUAL(strchr(text, '\n'), text + length - 1);
    free(text);
}

static void json_escapes_texts_and_has_null_for_what_is_no_number(void)
{
    tern_json_t json;
    capture_t   out;
    char       *text;

    capture_begin(&out, stdout);
    tern_json_init(&json, stdout);
    tern_json_begin_object(&json, NULL);
    tern_json_number(&json, "a", NAN);
    tern_json_number(&json, "b", -INFINITY);
    tern_json_number(&json, "c", 0.1);
    tern_json_number(&json, "d", 1.0 / 3.0);
    tern_json_text(&json, "e\"", "x\\\n\t");
    tern_json_end_object(&json);
    text = capture_end(&out);
    CU_ASSERT_STRING_EQUAL(text,
                           "{\"a\": null, \"b\": null, \"c\": 0.1, \"d\": "
                           "0.3333333333333333, \"e\\\"\": \"x\\\\\\u000a\\u0009\"}");
    free(text);
}

static void tables_are_listed_with_what_a_row_takes(void)
{
    static const tern_footprint_t tables[] = {
        {"plain", 1000000, 400, 0, 16, 0.125, 0, 0},
        {"paged", 50, 64, 64, 32, 4.125, 2000, 144},
    };
    tern_stats_t stats = example();
    capture_t    out;
    char        *text;

    stats.tables     = tables;
    stats.num_tables = 2;
    capture_begin(&out, stdout);
    tern_stats_print(&stats, stdout);
    text = capture_end(&out);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "plain: 1.00 M rows of 416 bytes (values 400, "
                                        "state 0, header 16, index 0.125)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "paged: 50 rows of 164 bytes"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "at most 2.00 k replicas a node, of 144 bytes"));
    free(text);
}

static void units_keep_three_digits(void)
{
    char text[TERN_UNITS_BYTES];

    CU_ASSERT_STRING_EQUAL(tern_units_count(999, text), "999");
    CU_ASSERT_STRING_EQUAL(tern_units_count(1200000, text), "1.20 M");
    CU_ASSERT_STRING_EQUAL(tern_units_count(999999, text), "1.00 M");
    CU_ASSERT_STRING_EQUAL(tern_units_bytes(3.5 * 1048576, text), "3.50 MiB");
    CU_ASSERT_STRING_EQUAL(tern_units_bytes(0, text), "0 B");
    CU_ASSERT_STRING_EQUAL(tern_units_clock(13, text), "00:13");
    CU_ASSERT_STRING_EQUAL(tern_units_clock(3661, text), "1:01:01");
    CU_ASSERT_STRING_EQUAL(tern_units_clock(INFINITY, text), "--:--");
}

static void staleness_is_told_of_tables_that_have_steps(void)
{
    static const tern_footprint_t tables[]    = {{.name = "plain"}, {.name = "summed"}};
    static const tern_staleness_t staleness[] = {
        {.largest = 0}, {.num_pulls        = {3, 0, 1},
                              .largest          = 2,
                              .num_steps        = {1, 1},
                              .largest_of_steps = 1,
                              .num_applied      = 40}};
    tern_stats_t stats = example();
    capture_t    out;
    char        *text;

    stats.tables     = tables;
    stats.num_tables = 2;
    stats.staleness  = staleness;
    capture_begin(&out, stdout);
    tern_stats_print(&stats, stdout);
    tern_stats_print_json(&stats, stdout);
    text = capture_end(&out);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  steps      summed: 40 applied; 4 pulls, "
                                        "75.0 % 0 stale, 25.0 % 2 stale; 2 pushing steps, "
                                        "50.0 % 0 stale, 50.0 % 1 stale\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\"steps\": [{\"table\": \"summed\", \"applied\": 40, "
                     "\"largest_staleness\": 2, \"pulls_by_staleness\": [3, 0, 1], "
                     "\"largest_step_staleness\": 1, \"steps_by_staleness\": [1, 1]}]"));
    CU_ASSERT_PTR_NULL(strstr(text, "steps      plain"));
    free(text);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(phases_are_spread_over_the_ranks_that_have_them),
        FACT(totals_shares_and_imbalance_are_exact),
        FACT(notes_say_what_is_worth_knowing),
        FACT(a_run_that_did_nothing_has_no_notes),
        FACT(the_table_lists_servers_by_falling_load),
        FACT(one_sided_pulls_are_told_where_there_were_any),
        FACT(moves_are_told_where_there_were_any),
        FACT(every_counter_is_summed_and_written),
        FACT(the_json_form_is_one_object_on_one_line),
        FACT(json_escapes_texts_and_has_null_for_what_is_no_number),
        FACT(tables_are_listed_with_what_a_row_takes),
        FACT(units_keep_three_digits),
        FACT(staleness_is_told_of_tables_that_have_steps),
    };

    return facts_run("runtime/stats", facts, sizeof(facts) / sizeof(facts[0]));
}
