#include "server/source.h"

#include <assert.h>

#include "base/alloc.h"

void tern_source_init(tern_source_t *source)
{
    *source = (tern_source_t){.next = 1};
}

void tern_source_fini(tern_source_t *source)
{
    tern_free(TERN_LOG_SERVER, source->held);
    source->held = NULL;
    tern_shortfalls_fini(&source->shortfalls);
}

tern_turn_t tern_source_turn(const tern_source_t *source, uint64_t sequence)
{
    if (sequence < source->next)
        return TERN_TURN_PAST;
    if (sequence == source->next)
        return TERN_TURN_NOW;
    return sequence - source->next < TERN_SOURCE_SPAN ? TERN_TURN_EARLY : TERN_TURN_NEVER;
}

bool tern_source_hold(tern_source_t *source, uint64_t sequence, void *request)
{
    void **place_p;

    assert(tern_source_turn(source, sequence) == TERN_TURN_EARLY);
    if (source->held == NULL)
        source->held =
            tern_alloc_zeroed(TERN_LOG_SERVER, TERN_SOURCE_SPAN * sizeof *source->held);
    if (source->held == NULL)
        return false;
    place_p = &source->held[sequence % TERN_SOURCE_SPAN];
    if (*place_p != NULL)
        return false;
    *place_p = request;
    return true;
}

static void *take(tern_source_t *source, uint64_t sequence)
{
    void **place_p = &source->held[sequence % TERN_SOURCE_SPAN];
    void  *request = *place_p;

    *place_p = NULL;
    return request;
}

void *tern_source_advance(tern_source_t *source)
{
    source->next++;
    return source->held == NULL ? NULL : take(source, source->next);
}

void *tern_source_take_any(tern_source_t *source)
{
    for (uint64_t i = 0; source->held != NULL && i < TERN_SOURCE_SPAN; i++)
        if (source->held[i] != NULL)
            return take(source, i);
    return NULL;
}
