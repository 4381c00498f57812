#include "table/dense.h"

#include <string.h>

#include "base/alloc.h"
#include "comm/collective.h"

/* --- places --- */

static size_t in_lines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

static size_t marks_bytes(uint64_t num_keys)
{
    return in_lines((num_keys + 63) / 64 * sizeof(uint64_t));
}

static size_t done_bytes(const tern_group_t *group)
{
    return (size_t)group->num_servers * sizeof(tern_dense_done_t);
}

uint64_t *tern_dense_marks(tern_dense_stage_t *stage)
{
    return (uint64_t *)(stage + 1);
}

char *tern_dense_rows(const tern_dense_t *dense, tern_dense_stage_t *stage)
{
    return (char *)(stage + 1) + marks_bytes(dense->num_keys);
}

uint64_t tern_dense_num_chunks(const tern_table_t *table, uint32_t server)
{
    tern_range_t keys = tern_placement_range(&table->placement, server);

    return (keys.end - keys.first + table->dense->rows_per_chunk - 1) /
           table->dense->rows_per_chunk;
}

tern_range_t tern_dense_chunk(const tern_table_t *table, uint32_t server, uint64_t chunk)
{
    tern_range_t keys = tern_placement_range(&table->placement, server);

    keys.first += chunk * table->dense->rows_per_chunk;
    if (keys.end - keys.first > table->dense->rows_per_chunk)
        keys.end = keys.first + table->dense->rows_per_chunk;
    return keys;
}

int tern_dense_delegate(const tern_dense_t *dense, const tern_group_t *group,
                        const tern_dense_node_t *node, uint32_t server)
{
    int place = group->members[group->server_ranks[server]].node_rank;

    return dense->workers[node->first + place % node->num_workers];
}

int tern_dense_reader(const tern_dense_t *dense, const tern_group_t *group,
                      uint32_t server)
{
    int rank = group->server_ranks[server];

    return tern_group_is_neighbour(group, rank)
               ? rank
               : tern_dense_delegate(dense, group, dense->own_node, server);
}

/* --- steps --- */

bool tern_dense_is_staged(const tern_dense_t *dense, uint64_t step, bool *have_left_p)
{
    bool have_left = true;

    for (uint32_t i = 0; i < dense->num_stages; i++) {
        uint64_t ended = __atomic_load_n(&dense->stages[i]->ended, __ATOMIC_ACQUIRE);

        if (ended < step)
            return false;
        have_left = have_left && ended == TERN_DENSE_LEFT;
    }
    *have_left_p = have_left;
    return true;
}

bool tern_dense_is_whole(const tern_dense_t *dense)
{
    for (uint32_t i = 0; i < dense->num_stages; i++)
        if (__atomic_load_n(&dense->stages[i]->ended, __ATOMIC_ACQUIRE) !=
                TERN_DENSE_LEFT &&
            !dense->stages[i]->is_whole)
            return false;
    return true;
}

/* The marked ones of rows [first, first + num), counted from `first`. */
static uint32_t list_runs(const uint64_t *marks, uint64_t first, uint32_t num,
                          tern_sum_run_t runs[])
{
    uint32_t num_runs = 0;

    for (uint32_t i = 0; i < num; i++) {
        uint64_t at = first + i;

        if (!(marks[at / 64] >> at % 64 & 1))
            continue;
        if (num_runs > 0 && runs[num_runs - 1].end == i)
            runs[num_runs - 1].end++;
        else
            runs[num_runs++] = (tern_sum_run_t){i, i + 1};
    }
    return num_runs;
}

size_t tern_dense_list_addends(const tern_table_t *table, tern_range_t keys,
                               tern_addend_t addends[])
{
    const tern_dense_t *dense       = table->dense;
    uint64_t            first       = keys.first - table->record.keys.first;
    uint32_t            num         = (uint32_t)(keys.end - keys.first);
    size_t              num_addends = 0;

    for (uint32_t i = 0; i < dense->num_stages; i++) {
        tern_dense_stage_t *stage    = dense->stages[i];
        tern_sum_run_t     *runs     = dense->runs + i * (dense->rows_per_chunk / 2 + 1);
        uint32_t            num_runs = 1;
        const char         *rows     = stage == dense->own && dense->lent != NULL
                                           ? dense->lent
                                           : tern_dense_rows(dense, stage);

        if (__atomic_load_n(&stage->ended, __ATOMIC_ACQUIRE) == TERN_DENSE_LEFT ||
            stage->pushed == TERN_PUSHED_NOTHING)
            continue;
        if (stage->pushed == TERN_PUSHED_ALL)
            runs[0] = (tern_sum_run_t){0, num};
        else
            num_runs = list_runs(tern_dense_marks(stage), first, num, runs);
        addends[num_addends++] = (tern_addend_t){
            .rows = rows + first * table->row_bytes, .runs = runs, .num_runs = num_runs};
    }
    return num_addends;
}

void tern_dense_note_sending(tern_dense_t *dense, tern_buffer_t *message)
{
    if (dense->num_sending < dense->max_sending)
        dense->sending[dense->num_sending++] = message;
    else
        tern_mailbox_release(dense->mailbox,
                             message); /* it is no lent one: these are fewer */
}

bool tern_dense_have_gone(tern_dense_t *dense)
{
    size_t num_left = 0;

    for (size_t i = 0; i < dense->num_sending; i++) {
        if (dense->sending[i]->references > 1)
            dense->sending[num_left++] = dense->sending[i];
        else
            tern_mailbox_release(dense->mailbox, dense->sending[i]);
    }
    dense->num_sending = num_left;
    return num_left == 0;
}

/* --- creation --- */

static bool is_worker_of(const tern_group_t *group, const tern_table_t *table, int rank)
{
    int of = tern_table_group(table);

    return group->members[rank].worker >= 0 &&
           (of < 0 || group->members[rank].worker_group == of);
}

/* The workers, node by node, and where the caller's node is. */
static bool list_nodes(const tern_group_t *group, const tern_table_t *table)
{
    tern_dense_t *dense = table->dense;
    int           num   = 0;

    dense->nodes =
        tern_alloc(TERN_LOG_TABLE, (size_t)group->num_nodes * sizeof *dense->nodes);
    dense->workers =
        tern_alloc(TERN_LOG_TABLE, (size_t)group->num_workers * sizeof *dense->workers);
    if (dense->nodes == NULL || dense->workers == NULL)
        return false;
    for (int n = 0; n < group->num_nodes; n++) {
        tern_dense_node_t node = {.node = n, .first = num};

        for (int r = 0; r < group->size; r++)
            if (group->members[r].node == n && is_worker_of(group, table, r))
                dense->workers[num++] = r;
        node.num_workers = num - node.first;
        if (node.num_workers == 0)
            continue;
        dense->nodes[dense->num_nodes] = node;
        if (n == group->node) {
            dense->own_node   = &dense->nodes[dense->num_nodes];
            dense->num_stages = (uint32_t)node.num_workers;
        }
        dense->num_nodes++;
    }
    return true;
}

static void *zeroed(size_t num, size_t bytes)
{
    return tern_alloc_zeroed(TERN_LOG_TABLE, (num + 1) * bytes);
}

/* What each rank needs for itself. */
static bool allocate_own(const tern_group_t *group, const tern_table_t *table)
{
    tern_dense_t *dense   = table->dense;
    size_t        rows    = dense->rows_per_chunk;
    size_t        sources = dense->num_stages + dense->num_nodes;
    int           own     = group->members[group->rank].server;

    for (int s = 0; s < group->num_servers; s++)
        dense->max_sending += tern_dense_num_chunks(table, (uint32_t)s);
    if (own >= 0)
        dense->num_chunks = tern_dense_num_chunks(table, (uint32_t)own);
    dense->max_sending += dense->num_chunks + dense->num_nodes * dense->num_nodes;
    dense->stages  = zeroed(dense->num_stages, sizeof(tern_dense_stage_t *));
    dense->runs    = zeroed(dense->num_stages * (rows / 2 + 1), sizeof *dense->runs);
    dense->addends = zeroed(sources, sizeof *dense->addends);
    dense->wholes  = zeroed(sources, sizeof *dense->wholes);
    dense->sending = zeroed(dense->max_sending, sizeof(tern_buffer_t *));
    dense->sum     = zeroed(rows, table->row_bytes);
    dense->touched = zeroed(rows, sizeof *dense->touched);
    dense->keys    = zeroed(rows, sizeof *dense->keys);
    dense->missing = zeroed(rows, sizeof *dense->missing);
    dense->sums = zeroed(dense->num_nodes * dense->num_chunks, sizeof(tern_buffer_t *));
    dense->has_left = zeroed(dense->num_nodes, sizeof *dense->has_left);
    dense->num_chunks_here =
        zeroed((size_t)group->num_servers, sizeof *dense->num_chunks_here);
    return dense->stages != NULL && dense->runs != NULL && dense->addends != NULL &&
           dense->wholes != NULL && dense->sending != NULL && dense->sum != NULL &&
           dense->touched != NULL && dense->keys != NULL && dense->missing != NULL &&
           dense->sums != NULL && dense->has_left != NULL &&
           dense->num_chunks_here != NULL;
}

/* The caller's part of the memory. */
static size_t part_bytes(const tern_group_t *group, const tern_table_t *table)
{
    uint64_t num_keys = table->dense->num_keys;
    size_t   bytes    = 0;

    if (group->node_rank == 0)
        bytes += in_lines(done_bytes(group)) + in_lines(num_keys * table->row_bytes);
    if (is_worker_of(group, table, group->rank))
        bytes += sizeof(tern_dense_stage_t) + marks_bytes(num_keys) +
                 num_keys * table->row_bytes;
    return bytes;
}

/* Values that come from other nodes are written to pages that nothing backs yet. */
static tern_status_t reserve(const tern_table_site_t *site, tern_table_t *table,
                             size_t bytes)
{
    if (!tern_ledger_reserve(site->ledger, bytes)) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "dense table '%s' asks for %zu bytes of shared memory here, for what is "
                 "pushed in a step: raise --shared-limit or the size of /dev/shm",
                 table->record.name, bytes);
        return TERN_ERR_NO_MEMORY;
    }
    table->dense->reserved_bytes = bytes;
    table->dense->ledger         = site->ledger;
    return TERN_OK;
}

static void attach(const tern_group_t *group, tern_table_t *table)
{
    tern_dense_t *dense = table->dense;
    size_t        front =
        in_lines(done_bytes(group)) + in_lines(dense->num_keys * table->row_bytes);
    uint32_t n = 0;

    dense->done   = dense->memory->parts[0];
    dense->values = (char *)dense->done + in_lines(done_bytes(group));
    for (int i = 0; i < group->node_size; i++) {
        int rank = group->node_members[i];

        if (!is_worker_of(group, table, rank))
            continue;
        dense->stages[n] = (tern_dense_stage_t *)((char *)dense->memory->parts[i] +
                                                  (i == 0 ? front : 0));
        if (rank == group->rank)
            dense->own = dense->stages[n];
        n++;
    }
}

/* Do all workers stand at the same clock? Then the end of a step is the end of a clock. */
static tern_status_t compare_clocks(const tern_table_site_t *site, tern_dense_t *dense,
                                    uint64_t clock)
{
    bool   is_worker = dense->own != NULL;
    double bounds[] = {is_worker ? (double)clock : 0, is_worker ? -(double)clock : -1e18};
    tern_status_t status =
        tern_collective_max(site->waiter, 2, bounds, "creating a dense table");

    dense->first_clock  = clock;
    dense->shares_clock = bounds[0] == -bounds[1];
    return status;
}

static tern_status_t check(const tern_table_site_t *site, const tern_table_t *table)
{
    if (site->shares_memory)
        return TERN_OK;
    tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
             "table '%s': policy 'dense' sums in memory that the node shares, which "
             "--shared-memory no forbids",
             table->record.name);
    return TERN_ERR_ARG;
}

static tern_status_t prepare(const tern_table_site_t *site, tern_table_t *table)
{
    tern_dense_t *dense = table->dense =
        tern_alloc_zeroed(TERN_LOG_TABLE, sizeof *table->dense);

    if (dense == NULL)
        return TERN_ERR_NO_MEMORY;
    dense->mailbox        = site->waiter->mailbox;
    dense->num_keys       = table->record.keys.end - table->record.keys.first;
    dense->rows_per_chunk = site->chunk_bytes / table->row_bytes;
    if (dense->rows_per_chunk == 0)
        dense->rows_per_chunk = 1;
    if (dense->rows_per_chunk > dense->num_keys)
        dense->rows_per_chunk = dense->num_keys;
    if (!list_nodes(site->group, table) || !allocate_own(site->group, table))
        return TERN_ERR_NO_MEMORY;
    return reserve(site, table, part_bytes(site->group, table));
}

tern_status_t tern_table_create_dense(const tern_table_site_t *site, tern_table_t *table)
{
    tern_status_t status = check(site, table);

    if (status == TERN_OK)
        status = prepare(site, table);
    status = tern_collective_agree(site->waiter, status, "preparing a dense table");
    if (status == TERN_OK)
        status = tern_collective_agree(site->waiter,
                                       tern_shared_create(site->group,
                                                          table->dense->reserved_bytes,
                                                          &table->dense->memory),
                                       "allocating what a dense table exchanges");
    if (status != TERN_OK)
        return status;
    attach(site->group, table);
    return compare_clocks(site, table->dense, site->clock);
}

static void release_messages(tern_dense_t *dense)
{
    for (size_t i = 0; dense->sums != NULL && i < dense->num_nodes * dense->num_chunks;
         i++)
        if (dense->sums[i] != NULL)
            tern_mailbox_release(dense->mailbox, dense->sums[i]);
    for (size_t i = 0; i < dense->num_sending; i++)
        tern_mailbox_release(dense->mailbox, dense->sending[i]);
}

static void free_arrays(tern_dense_t *dense)
{
    void *arrays[] = {dense->nodes,    dense->workers,        dense->stages,  dense->runs,
                      dense->addends,  dense->wholes,         dense->sending, dense->sum,
                      dense->touched,  dense->keys,           dense->missing, dense->sums,
                      dense->has_left, dense->num_chunks_here};

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        tern_free(TERN_LOG_TABLE, arrays[i]);
}

void tern_table_destroy_dense(tern_table_t *table)
{
    tern_dense_t *dense = table->dense;

    if (dense == NULL)
        return;
    release_messages(dense);
    tern_shared_destroy(&dense->memory);
    if (dense->ledger != NULL)
        tern_ledger_release(dense->ledger, dense->reserved_bytes);
    free_arrays(dense);
    tern_free(TERN_LOG_TABLE, dense);
    table->dense = NULL;
}
