/** \file
 * Router: does of an errand what can be done here and passes the rest on.
 */
#ifndef TERN_SERVER_ROUTER_H
#define TERN_SERVER_ROUTER_H

#include "server/errand.h"

/** Pull, push, set or push-pull. */
void tern_router_run(tern_server_t *server, const tern_errand_t *errand);

/** The same for one key of an errand. */
void tern_router_run_one(tern_server_t *server, const tern_errand_t *errand, uint32_t i);

/** Await, for keys which[0], ... [num] of an errand: answer for those whose rows are here or have been, let the
 * others wait. */
void tern_router_await(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                       const uint32_t which[]);

/** Key i of an errand has no row within reach, which only a loss can cause. */
void tern_router_fail(tern_server_t *server, const tern_errand_t *errand, uint32_t i);

/** Let key i of an errand wait for its row, which is on its way to this server. */
void tern_router_wait(tern_server_t *server, const tern_errand_t *errand, uint32_t i);

/** Forward keys which[0], ... [num] of an errand, key which[i] to server to[which[i]]: one message each. */
void tern_router_scatter(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                         const uint32_t which[], const uint32_t to[]);

/** An errand of one key of another. `key`, `position` and `row` belong to `errand`. */
static inline tern_errand_t tern_errand_one(const tern_errand_t *errand, uint32_t i,
                                            uint32_t *position)
{
    *position = tern_errand_position(errand, i);
    return (tern_errand_t){.route     = errand->route,
                           .table     = errand->table,
                           .num_keys  = 1,
                           .keys      = &errand->keys[i],
                           .positions = position,
                           .rows      = errand->rows == NULL
                                            ? NULL
                                            : errand->rows + i * errand->table->row_bytes};
}

#endif
