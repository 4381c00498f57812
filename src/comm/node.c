#include "comm/node.h"

#include <assert.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"

tern_status_t tern_node_create(tern_group_t *group, size_t extra_bytes,
                               tern_node_t **node_p)
{
    size_t block_bytes =
        sizeof(tern_node_block_t) + (size_t)group->node_size * sizeof(tern_doorbell_t);
    tern_node_t  *node = tern_alloc_zeroed(TERN_LOG_COMM, sizeof *node);
    tern_status_t status;

    if (node == NULL)
        return TERN_ERR_NO_MEMORY;
    status = tern_shared_create(
        group, group->node_rank == 0 ? block_bytes + extra_bytes : 0, &node->shared);
    if (status != TERN_OK) {
        tern_free(TERN_LOG_COMM, node);
        return status;
    }
    node->group = group;
    node->block = node->shared->parts[0];
    node->extra = (char *)node->block + block_bytes;
    node->bell  = tern_bell_open(node->block->doorbells[group->node_rank].bell_name);
    *node_p     = node;
    return TERN_OK;
}

void tern_node_destroy(tern_node_t **node_p)
{
    if (*node_p == NULL)
        return;
    if ((*node_p)->bell >= 0)
        close((*node_p)->bell);
    tern_shared_destroy(&(*node_p)->shared);
    tern_free(TERN_LOG_COMM, *node_p);
    *node_p = NULL;
}

static tern_doorbell_t *own_doorbell(const tern_node_t *node)
{
    return &node->block->doorbells[node->group->node_rank];
}

void tern_node_ring(tern_node_t *node, int rank)
{
    tern_doorbell_t *doorbell =
        &node->block->doorbells[node->group->members[rank].node_rank];

    assert(tern_group_is_neighbour(node->group, rank));
    /* Pairs with the fence in tern_node_announce(): either the sleeper's last look finds the
     * message, or this load finds the sleeper. */
    atomic_thread_fence(memory_order_seq_cst);
    if (__atomic_load_n(&doorbell->sleep, __ATOMIC_RELAXED) == TERN_AWAKE)
        return;
    if (__atomic_exchange_n(&doorbell->sleep, TERN_AWAKE, __ATOMIC_ACQ_REL) ==
        TERN_ASLEEP_ON_BELL)
        tern_bell_ring(node->bell, doorbell->bell_name);
    else
        syscall(SYS_futex, &doorbell->sleep, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void tern_node_announce(tern_node_t *node, tern_sleep_t sleep)
{
    __atomic_store_n(&own_doorbell(node)->sleep, sleep, __ATOMIC_RELAXED);
    atomic_thread_fence(memory_order_seq_cst);
}

void tern_node_sleep(tern_node_t *node, uint64_t timeout_ns)
{
    struct timespec timeout = {(time_t)(timeout_ns / 1000000000u),
                               (long)(timeout_ns % 1000000000u)};

    syscall(SYS_futex, &own_doorbell(node)->sleep, FUTEX_WAIT, TERN_ASLEEP, &timeout,
            NULL, 0);
}

void tern_node_withdraw(tern_node_t *node)
{
    __atomic_store_n(&own_doorbell(node)->sleep, TERN_AWAKE, __ATOMIC_RELAXED);
}

void tern_node_request_stop(tern_node_t *node, int signal_number)
{
    int32_t none = 0;

    if (!__atomic_compare_exchange_n(&node->block->stop_signal, &none, signal_number,
                                     false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return;
    for (int r = 0; r < node->group->size; r++)
        if (tern_group_is_neighbour(node->group, r))
            tern_node_ring(node, r);
}

int tern_node_stop_signal(const tern_node_t *node)
{
    return __atomic_load_n(&node->block->stop_signal, __ATOMIC_ACQUIRE);
}
