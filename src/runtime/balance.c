#include "runtime/balance.h"

#include "runtime/census.h"
#include "runtime/units.h"
#include "table/sparse.h"

/* What one rank has of a table; gathered as bytes. */
typedef struct holding {
    uint64_t is_server;
    uint64_t num_rows, served_keys, index_bytes;
} holding_t;

static void own_holding(const tern_table_t *table, void *answer)
{
    holding_t *own = answer;

    *own = (holding_t){0};
    if (table->shard == NULL)
        return;
    own->is_server   = 1;
    own->num_rows    = tern_shard_num_rows(table->shard);
    own->served_keys = table->served_keys;
    if (tern_table_is_sparse(table))
        own->index_bytes = tern_hash_index_committed(
            table->view.hashes[tern_shard_segment(table->shard)].index);
}

static void add(tern_balance_t *balance, const holding_t *one)
{
    bool is_first = balance->num_servers++ == 0;

    balance->num_rows += one->num_rows;
    balance->served_keys += one->served_keys;
    balance->index_bytes += one->index_bytes;
    if (is_first || one->num_rows < balance->least_rows)
        balance->least_rows = one->num_rows;
    if (one->num_rows > balance->most_rows)
        balance->most_rows = one->num_rows;
    if (is_first || one->served_keys < balance->least_served)
        balance->least_served = one->served_keys;
    if (one->served_keys > balance->most_served)
        balance->most_served = one->served_keys;
}

static void balance_of(size_t num_ranks, const void *all, void *sum)
{
    const holding_t *holdings = all;
    tern_balance_t  *balance  = sum;

    *balance = (tern_balance_t){0};
    for (size_t r = 0; r < num_ranks; r++)
        if (holdings[r].is_server)
            add(balance, &holdings[r]);
}

tern_status_t tern_balance_gather(tern_runtime_t *runtime, tern_balance_t balances[])
{
    static const tern_census_t census = {.what      = "the balance of a table",
                                         .own_bytes = sizeof(holding_t),
                                         .sum_bytes = sizeof(tern_balance_t),
                                         .own       = own_holding,
                                         .sum       = balance_of};

    return tern_census_take(runtime, &census, balances);
}

static void print_spread(FILE *stream, const char *what, uint64_t least, double mean,
                         uint64_t most)
{
    char a[TERN_UNITS_BYTES], b[TERN_UNITS_BYTES], c[TERN_UNITS_BYTES];

    fprintf(stream, "%s %s / %s / %s", what, tern_units_count((double)least, a),
            tern_units_count(mean, b), tern_units_count((double)most, c));
}

void tern_balance_print(const tern_stats_t *stats, FILE *stream)
{
    for (size_t t = 0; stats->balances != NULL && t < stats->num_tables; t++) {
        const tern_balance_t *balance = &stats->balances[t];
        double                num     = (double)balance->num_servers;

        if (balance->num_servers < 2)
            continue;
        fprintf(stream, "  balance    %s, per server (least / mean / most):",
                stats->tables[t].name);
        print_spread(stream, " rows", balance->least_rows,
                     (double)balance->num_rows / num, balance->most_rows);
        if (balance->served_keys > 0)
            print_spread(stream, ", keys by message", balance->least_served,
                         (double)balance->served_keys / num, balance->most_served);
        fputc('\n', stream);
    }
}

void tern_balance_write(tern_json_t *json, const tern_stats_t *stats)
{
    tern_json_begin_array(json, "balance");
    for (size_t t = 0; stats->balances != NULL && t < stats->num_tables; t++) {
        const tern_balance_t *balance = &stats->balances[t];

        tern_json_begin_object(json, NULL);
        tern_json_text(json, "table", stats->tables[t].name);
        tern_json_number(json, "servers", (double)balance->num_servers);
        tern_json_number(json, "rows", (double)balance->num_rows);
        tern_json_number(json, "least_rows", (double)balance->least_rows);
        tern_json_number(json, "most_rows", (double)balance->most_rows);
        tern_json_number(json, "served_keys", (double)balance->served_keys);
        tern_json_number(json, "least_served", (double)balance->least_served);
        tern_json_number(json, "most_served", (double)balance->most_served);
        tern_json_end_object(json);
    }
    tern_json_end_array(json);
}
