#include "runtime/savings.h"

#include "runtime/census.h"
#include "runtime/units.h"

static const char *const flow_names[TERN_NUM_FLOWS] = {"push", "pull", "answer"};

static bool has_filters(const tern_table_t *table)
{
    return table->filters != NULL;
}

static void own_savings(const tern_table_t *table, void *answer)
{
    tern_savings_t *own = answer;

    for (int flow = 0; flow < TERN_NUM_FLOWS; flow++)
        tern_table_traffic(table, (tern_flow_t)flow, true, &own->flows[flow]);
}

static void add(tern_traffic_t *sum, const tern_traffic_t *other)
{
    sum->num_messages += other->num_messages;
    sum->raw_key_bytes += other->raw_key_bytes;
    sum->raw_value_bytes += other->raw_value_bytes;
    sum->coded_key_bytes += other->coded_key_bytes;
    sum->wire_bytes += other->wire_bytes;
    sum->cached_keys += other->cached_keys;
    sum->key_misses += other->key_misses;
    for (uint32_t f = 0; f < sum->num_filters; f++) {
        sum->after[f].key_bytes += other->after[f].key_bytes;
        sum->after[f].value_bytes += other->after[f].value_bytes;
    }
}

/* All ranks have the same filters. */
static void sum_of(size_t num_ranks, const void *all, void *answer)
{
    const tern_savings_t *savings = all;
    tern_savings_t       *sum     = answer;

    *sum = savings[0];
    for (size_t r = 1; r < num_ranks; r++)
        for (int flow = 0; flow < TERN_NUM_FLOWS; flow++)
            add(&sum->flows[flow], &savings[r].flows[flow]);
}

tern_status_t tern_savings_gather(tern_runtime_t *runtime, tern_savings_t sums[])
{
    static const tern_census_t census = {.what      = "the filters of a table",
                                         .own_bytes = sizeof(tern_savings_t),
                                         .sum_bytes = sizeof(tern_savings_t),
                                         .concerns  = has_filters,
                                         .own       = own_savings,
                                         .sum       = sum_of};

    return tern_census_take(runtime, &census, sums);
}

static void print_flow(const char *table, const char *flow, const tern_traffic_t *traffic,
                       FILE *stream)
{
    char bytes[TERN_UNITS_BYTES];

    fprintf(stream, "  filters    %s %s: %s of keys and values", table, flow,
            tern_units_bytes((double)(traffic->raw_key_bytes + traffic->raw_value_bytes),
                             bytes));
    for (uint32_t f = 0; f < traffic->num_filters; f++)
        fprintf(stream, ", %s behind %s",
                tern_units_bytes(
                    (double)(traffic->after[f].key_bytes + traffic->after[f].value_bytes),
                    bytes),
                traffic->after[f].name);
    fprintf(stream, "; %s sent\n", tern_units_bytes((double)traffic->wire_bytes, bytes));
}

void tern_savings_print(const tern_stats_t *stats, FILE *stream)
{
    for (size_t t = 0; stats->savings != NULL && t < stats->num_tables; t++)
        for (int flow = 0; flow < TERN_NUM_FLOWS; flow++)
            if (stats->savings[t].flows[flow].num_messages > 0)
                print_flow(stats->tables[t].name, flow_names[flow],
                           &stats->savings[t].flows[flow], stream);
}

static void write_flow(tern_json_t *json, const char *table, const char *flow,
                       const tern_traffic_t *traffic)
{
    tern_json_begin_object(json, NULL);
    tern_json_text(json, "table", table);
    tern_json_text(json, "flow", flow);
    tern_json_number(json, "messages", (double)traffic->num_messages);
    tern_json_number(json, "raw_key_bytes", (double)traffic->raw_key_bytes);
    tern_json_number(json, "raw_value_bytes", (double)traffic->raw_value_bytes);
    tern_json_number(json, "coded_key_bytes", (double)traffic->coded_key_bytes);
    tern_json_number(json, "wire_bytes", (double)traffic->wire_bytes);
    tern_json_number(json, "cached_keys", (double)traffic->cached_keys);
    tern_json_number(json, "key_misses", (double)traffic->key_misses);
    tern_json_begin_array(json, "after");
    for (uint32_t f = 0; f < traffic->num_filters; f++) {
        tern_json_begin_object(json, NULL);
        tern_json_text(json, "filter", traffic->after[f].name);
        tern_json_number(json, "key_bytes", (double)traffic->after[f].key_bytes);
        tern_json_number(json, "value_bytes", (double)traffic->after[f].value_bytes);
        tern_json_end_object(json);
    }
    tern_json_end_array(json);
    tern_json_end_object(json);
}

void tern_savings_write(tern_json_t *json, const tern_stats_t *stats)
{
    tern_json_begin_array(json, "filters");
    for (size_t t = 0; stats->savings != NULL && t < stats->num_tables; t++)
        for (int flow = 0; flow < TERN_NUM_FLOWS; flow++)
            if (stats->savings[t].flows[flow].num_messages > 0)
                write_flow(json, stats->tables[t].name, flow_names[flow],
                           &stats->savings[t].flows[flow]);
    tern_json_end_array(json);
}
