#include "store/limbo.h"

#include <string.h>

#include "base/alloc.h"

tern_status_t tern_limbo_open(tern_limbo_t *limbo, tern_lending_t *lending)
{
    if (limbo->rounds == NULL)
        limbo->rounds =
            tern_alloc(TERN_LOG_STORE, lending->num_borrowers * sizeof *limbo->rounds);
    limbo->lending = lending;
    return limbo->rounds == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;
}

void tern_limbo_fini(tern_limbo_t *limbo)
{
    tern_free(TERN_LOG_STORE, limbo->slots);
    tern_free(TERN_LOG_STORE, limbo->rounds);
    *limbo = (tern_limbo_t){0};
}

tern_status_t tern_limbo_reserve(tern_limbo_t *limbo)
{
    size_t    capacity = 2 * limbo->capacity + 256;
    uint64_t *slots;

    if (limbo->num_slots < limbo->capacity)
        return TERN_OK;
    slots = tern_realloc(TERN_LOG_STORE, limbo->slots, capacity * sizeof *slots);
    if (slots == NULL)
        return TERN_ERR_NO_MEMORY;
    limbo->slots    = slots;
    limbo->capacity = capacity;
    return TERN_OK;
}

size_t tern_limbo_num_free(tern_limbo_t *limbo)
{
    if (limbo->num_noted > 0)
        return tern_lending_has_passed(limbo->lending, limbo->rounds) ? limbo->num_noted
                                                                      : 0;
    if (limbo->num_slots == 0 || tern_lending_note(limbo->lending, limbo->rounds))
        return limbo->num_slots;
    limbo->num_noted = limbo->num_slots;
    return 0;
}

void tern_limbo_drop(tern_limbo_t *limbo, size_t num_slots)
{
    limbo->num_slots -= num_slots;
    limbo->num_noted = 0;
    memmove(limbo->slots, limbo->slots + num_slots,
            limbo->num_slots * sizeof *limbo->slots);
}
