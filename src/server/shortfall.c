#include "server/shortfall.h"

#include <string.h>

#include "base/alloc.h"
#include "server/source.h"

struct tern_shortfall {
    tern_shortfall_t *next;
    uint64_t          sequence;
    size_t            num_missing;
    uint32_t          missing[];
};

static void drop_first(tern_shortfalls_t *shortfalls)
{
    tern_shortfall_t *first = shortfalls->first;

    shortfalls->first = first->next;
    tern_free(TERN_LOG_SERVER, first);
}

static tern_shortfall_t *create(uint64_t sequence, size_t num_missing,
                                const uint32_t missing[])
{
    tern_shortfall_t *shortfall =
        tern_alloc(TERN_LOG_SERVER, sizeof *shortfall + num_missing * sizeof missing[0]);

    if (shortfall == NULL)
        return NULL;
    *shortfall = (tern_shortfall_t){.sequence = sequence, .num_missing = num_missing};
    memcpy(shortfall->missing, missing, num_missing * sizeof missing[0]);
    return shortfall;
}

void tern_shortfalls_add(tern_shortfalls_t *shortfalls, uint64_t sequence,
                         size_t num_missing, const uint32_t missing[])
{
    tern_shortfall_t *shortfall = create(sequence, num_missing, missing);

    if (shortfall == NULL) {
        shortfalls->unknown = sequence;
        return;
    }
    while (shortfalls->first != NULL &&
           sequence - shortfalls->first->sequence >= TERN_SOURCE_SPAN)
        drop_first(shortfalls);
    if (shortfalls->first == NULL)
        shortfalls->end_p = &shortfalls->first;
    *shortfalls->end_p = shortfall;
    shortfalls->end_p  = &shortfall->next;
}

size_t tern_shortfalls_recall(const tern_shortfalls_t *shortfalls, uint64_t sequence,
                              size_t num_keys, uint32_t missing[])
{
    const tern_shortfall_t *shortfall = shortfalls->first;

    while (shortfall != NULL && shortfall->sequence < sequence)
        shortfall = shortfall->next;
    if (shortfall != NULL && shortfall->sequence == sequence) {
        memcpy(missing, shortfall->missing, shortfall->num_missing * sizeof missing[0]);
        return shortfall->num_missing;
    }
    if (sequence > shortfalls->unknown)
        return 0;
    for (uint32_t i = 0; i < num_keys; i++)
        missing[i] = i;
    return num_keys;
}

void tern_shortfalls_fini(tern_shortfalls_t *shortfalls)
{
    while (shortfalls->first != NULL)
        drop_first(shortfalls);
}
