#include "replica_node.h"

#include <CUnit/CUnit.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void replica_node_create(replica_node_t *node, uint64_t num_slots, uint32_t num_ranks)
{
    pid_t pids[REPLICA_MAX_RANKS] = {getpid(), getpid(), getpid()};

    memset(node, 0, sizeof *node);
    node->shape = (tern_replica_shape_t){
        .keys        = {REPLICA_FIRST_KEY, REPLICA_FIRST_KEY + REPLICA_NUM_KEYS},
        .width       = REPLICA_WIDTH,
        .num_servers = 2,
        .num_slots   = num_slots};
    node->bytes     = tern_replicas_bytes(&node->shape);
    node->num_ranks = num_ranks;
    node->memory    = mmap(NULL, node->bytes, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CU_ASSERT_FATAL(node->memory != MAP_FAILED);
    tern_ledger_init(&node->ledger, 1u << 30);
    tern_replicas_format(node->memory, &node->shape);
    for (uint32_t r = 0; r < num_ranks; r++) {
        replica_rank_t *rank = &node->ranks[r];

        CU_ASSERT_EQUAL(tern_holders_init(&rank->holders, num_ranks, pids, r + 1),
                        TERN_OK);
        tern_latch_user_init(&rank->user, &rank->holders, &rank->counters);
        CU_ASSERT_EQUAL(tern_replicas_init(&rank->replicas, node->memory, &node->shape,
                                           &rank->user, &node->ledger),
                        TERN_OK);
        rank->replicas.self = r;
    }
}

void replica_node_destroy(replica_node_t *node)
{
    CU_ASSERT(tern_replicas_check(&node->ranks[0].replicas));
    for (uint32_t r = 0; r < node->num_ranks; r++) {
        tern_replicas_fini(&node->ranks[r].replicas);
        tern_holders_fini(&node->ranks[r].holders);
    }
    munmap(node->memory, node->bytes);
}

void replica_fill(float row[REPLICA_WIDTH], float number)
{
    for (int j = 0; j < REPLICA_WIDTH; j++)
        row[j] = number;
}

bool replica_push(tern_replicas_t *replicas, tern_key_t key, float number)
{
    uint32_t position = 0, server = 1;
    float    delta[REPLICA_WIDTH];

    replica_fill(delta, number);
    return tern_replicas_add(replicas, 1, &position, &key, &server, delta) == 0;
}

float replica_read_at(tern_replicas_t *replicas, uint64_t required, tern_key_t key)
{
    float value[REPLICA_WIDTH] = {0};

    if (!tern_replica_read(replicas, required, key, value))
        return -1;
    CU_ASSERT_EQUAL(value[0], value[REPLICA_WIDTH - 1]);
    return value[0];
}

bool replica_refresh(tern_replicas_t *replicas, tern_key_t key, uint64_t content,
                     float owned)
{
    tern_stamp_t stamp;
    float        row[REPLICA_WIDTH], value[REPLICA_WIDTH];

    replica_fill(row, owned);
    return tern_replica_begin_refresh(replicas, key, 1, &stamp) == TERN_REFRESH_NOW &&
           tern_replica_end_refresh(replicas, &stamp, content, false, row, value);
}
