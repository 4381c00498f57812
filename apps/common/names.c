/** \file
 * Names: an open-addressing table of numbers over an array of texts.
 */
#include "names.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct app_names {
    char    **texts; /* [capacity] */
    size_t    num_texts, capacity;
    uint32_t *slots;     /* [num_slots], number + 1, 0: free */
    size_t    num_slots; /* power of two, at least twice num_texts */
};

enum { FIRST_SLOTS = 256 };

app_names_t *app_names_create(void)
{
    app_names_t *names = APP_NEW(app_names_t, 1);

    names->num_slots = FIRST_SLOTS;
    names->slots     = APP_NEW(uint32_t, names->num_slots);
    return names;
}

void app_names_destroy(app_names_t **names_p)
{
    app_names_t *names = *names_p;

    if (names == NULL)
        return;
    for (size_t i = 0; i < names->num_texts; i++)
        free(names->texts[i]);
    free(names->texts);
    free(names->slots);
    free(names);
    *names_p = NULL;
}

uint64_t app_names_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325ULL;

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
    return hash;
}

/* The slot that holds `text`, or the free one where it belongs. */
static size_t find_slot(const app_names_t *names, const char *text)
{
    size_t mask = names->num_slots - 1;
    size_t slot = (size_t)(app_names_hash(text) >> 16) & mask;

    while (names->slots[slot] != 0 &&
           strcmp(names->texts[names->slots[slot] - 1], text) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

static void grow_slots(app_names_t *names)
{
    free(names->slots);
    names->num_slots *= 2;
    names->slots = APP_NEW(uint32_t, names->num_slots);
    for (size_t i = 0; i < names->num_texts; i++)
        names->slots[find_slot(names, names->texts[i])] = (uint32_t)i + 1;
}

uint32_t app_names_add(app_names_t *names, const char *text)
{
    size_t slot = find_slot(names, text);

    if (names->slots[slot] != 0)
        return names->slots[slot] - 1;
    if (names->num_texts == names->capacity) {
        names->capacity = names->capacity * 2 + 64;
        names->texts    = app_resize(names->texts, names->capacity, sizeof(char *));
    }
    size_t bytes = strlen(text) + 1;

    names->texts[names->num_texts++] = memcpy(app_alloc(bytes, 1), text, bytes);
    names->slots[slot]               = (uint32_t)names->num_texts;
    if (names->num_texts * 2 > names->num_slots)
        grow_slots(names);
    return (uint32_t)names->num_texts - 1;
}

bool app_names_find(const app_names_t *names, const char *text, uint32_t *number_p)
{
    size_t slot = find_slot(names, text);

    if (names->slots[slot] == 0)
        return false;
    *number_p = names->slots[slot] - 1;
    return true;
}

const char *app_names_text(const app_names_t *names, uint32_t number)
{
    return names->texts[number];
}

const char *const *app_names_texts(const app_names_t *names)
{
    return (const char *const *)names->texts;
}

size_t app_names_count(const app_names_t *names)
{
    return names->num_texts;
}
