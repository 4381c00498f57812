#include "server/applied.h"

void tern_applied_init(tern_applied_t *applied)
{
    *applied = (tern_applied_t){.next = 1};
}

static uint64_t *word_of(tern_applied_t *applied, uint64_t sequence)
{
    return &applied->bits[sequence % TERN_APPLIED_SPAN / 64];
}

tern_applied_answer_t tern_applied_mark(tern_applied_t *applied, uint64_t sequence)
{
    uint64_t bit = UINT64_C(1) << (sequence % 64);

    if (sequence < applied->next)
        return TERN_APPLIED_BEFORE;
    if (sequence - applied->next >= TERN_APPLIED_SPAN)
        return TERN_APPLIED_REFUSED;
    if (*word_of(applied, sequence) & bit)
        return TERN_APPLIED_BEFORE;
    *word_of(applied, sequence) |= bit;
    for (;;) { /* slide over what is complete; each bit is cleared for its next use */
        uint64_t next_bit = UINT64_C(1) << (applied->next % 64);

        if ((*word_of(applied, applied->next) & next_bit) == 0)
            return TERN_APPLIED_NEW;
        *word_of(applied, applied->next) &= ~next_bit;
        applied->next++;
    }
}
