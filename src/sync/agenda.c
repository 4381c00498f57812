#include "sync/agenda.h"

#include "base/alloc.h"

void tern_agenda_fini(tern_agenda_t *agenda)
{
    tern_free(TERN_LOG_SYNC, agenda->entries);
    *agenda = (tern_agenda_t){0};
}

tern_status_t tern_agenda_add(tern_agenda_t *agenda, uint64_t clock, void *thing)
{
    size_t at = agenda->num;

    if (agenda->num == agenda->capacity) {
        size_t               capacity = 2 * agenda->capacity + 16;
        tern_agenda_entry_t *entries =
            tern_realloc(TERN_LOG_SYNC, agenda->entries, capacity * sizeof *entries);

        if (entries == NULL)
            return TERN_ERR_NO_MEMORY;
        agenda->entries  = entries;
        agenda->capacity = capacity;
    }
    agenda->num++;
    while (at > 0 && agenda->entries[(at - 1) / 2].clock > clock) {
        agenda->entries[at] = agenda->entries[(at - 1) / 2];
        at                  = (at - 1) / 2;
    }
    agenda->entries[at] = (tern_agenda_entry_t){clock, thing};
    return TERN_OK;
}

/* Where `entry` belongs, from the root on. */
static void sift_down(tern_agenda_t *agenda, tern_agenda_entry_t entry)
{
    size_t at = 0, child;

    while ((child = 2 * at + 1) < agenda->num) {
        if (child + 1 < agenda->num &&
            agenda->entries[child + 1].clock < agenda->entries[child].clock)
            child++;
        if (agenda->entries[child].clock >= entry.clock)
            break;
        agenda->entries[at] = agenda->entries[child];
        at                  = child;
    }
    agenda->entries[at] = entry;
}

void *tern_agenda_take(tern_agenda_t *agenda, uint64_t clock)
{
    void *thing;

    if (agenda->num == 0 || agenda->entries[0].clock > clock)
        return NULL;
    thing = agenda->entries[0].thing;
    agenda->num--;
    if (agenda->num > 0)
        sift_down(agenda, agenda->entries[agenda->num]);
    return thing;
}
