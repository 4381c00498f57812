/** \file
 * The three bounds: bulk-synchronous, bounded delay, asynchronous.
 */
#include "sync/rule.h"

static uint64_t bsp_required_min(uint64_t clock, uint32_t staleness)
{
    (void)staleness;
    return clock;
}

static uint64_t ssp_required_min(uint64_t clock, uint32_t staleness)
{
    return clock > staleness ? clock - staleness : 0;
}

static uint64_t async_required_min(uint64_t clock, uint32_t staleness)
{
    (void)clock;
    (void)staleness;
    return 0;
}

const tern_sync_ops_t tern_sync_bsp   = {"bsp", bsp_required_min};
const tern_sync_ops_t tern_sync_ssp   = {"ssp", ssp_required_min};
const tern_sync_ops_t tern_sync_async = {"async", async_required_min};
