#include "runtime/footprint.h"

tern_footprint_t tern_footprint_of(const tern_table_t *table)
{
    const tern_row_layout_t *layout   = &table->view.layout;
    const tern_replicas_t   *replicas = &table->replicas;
    bool                     paged    = table->record.index == TERN_INDEX_PAGED;

    return (tern_footprint_t){
        .name         = table->record.name,
        .num_rows     = table->record.keys.end - table->record.keys.first,
        .values       = layout->value_bytes,
        .state        = layout->state_bytes,
        .header       = layout->stride - layout->value_bytes - layout->state_bytes,
        .index        = (paged ? sizeof(uint32_t) : 0) + 1.0 / 8,
        .num_replicas = replicas->header == NULL ? 0 : replicas->header->num_slots,
        .replica =
            replicas->header == NULL ? 0 : replicas->stride + (uint32_t)sizeof(uint32_t),
    };
}
