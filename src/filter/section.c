/** \file
 * Values go back and forth between two buffers, so that a filter reads from one and writes to the
 * other.
 */
#include "filter/section.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/alloc.h"

void tern_section_init(tern_section_t *section, const tern_filter_shape_t *shape)
{
    *section = (tern_section_t){.shape = *shape};
}

void tern_section_fini(tern_section_t *section)
{
    tern_free(TERN_LOG_FILTER, section->front.data);
    tern_free(TERN_LOG_FILTER, section->back.data);
    tern_free(TERN_LOG_FILTER, section->notes.data);
    *section = (tern_section_t){.shape = section->shape};
}

static bool grow(tern_bytes_t *bytes, size_t size)
{
    size_t capacity = bytes->capacity > 0 ? bytes->capacity : 256;
    char  *data;

    if (size <= bytes->capacity && bytes->data != NULL)
        return true;
    while (capacity < size)
        capacity *= 2;
    data = tern_realloc(TERN_LOG_FILTER, bytes->data, capacity);
    if (data == NULL)
        return false;
    bytes->data     = data;
    bytes->capacity = capacity;
    return true;
}

void tern_section_begin(tern_section_t *section, const void *values, size_t num_bytes,
                        size_t num_rows, const tern_key_t keys[])
{
    section->values     = values;
    section->num_bytes  = num_bytes;
    section->num_rows   = num_rows;
    section->keys       = keys;
    section->notes.size = 0;
}

char *tern_section_room(tern_section_t *section, size_t num_bytes)
{
    return grow(&section->back, num_bytes) ? section->back.data : NULL;
}

void tern_section_replace(tern_section_t *section, size_t num_bytes)
{
    tern_bytes_t old = section->front;

    section->front     = section->back;
    section->back      = old;
    section->values    = section->front.data;
    section->num_bytes = num_bytes;
}

char *tern_section_put_note(tern_section_t *section, size_t bytes)
{
    size_t before = section->notes.size;

    if (!grow(&section->notes, before + bytes))
        return NULL;
    section->notes.size += bytes;
    return section->notes.data + before;
}

const char *tern_section_take_note(tern_section_t *section, size_t bytes)
{
    if (bytes > section->notes.size)
        return NULL;
    section->notes.size -= bytes;
    return section->notes.data + section->notes.size;
}

tern_status_t tern_section_put_number(tern_section_t *section, size_t number)
{
    char    *note   = tern_section_put_note(section, sizeof(uint32_t));
    uint32_t narrow = (uint32_t)number;

    assert(number <= UINT32_MAX);
    if (note == NULL)
        return TERN_ERR_NO_MEMORY;
    memcpy(note, &narrow, sizeof narrow);
    return TERN_OK;
}

bool tern_section_take_number(tern_section_t *section, size_t *number_p)
{
    const char *note = tern_section_take_note(section, sizeof(uint32_t));
    uint32_t    narrow;

    if (note == NULL)
        return false;
    memcpy(&narrow, note, sizeof narrow);
    *number_p = narrow;
    return true;
}

size_t tern_section_wire_bytes(const tern_section_t *section)
{
    return section->num_bytes + section->notes.size + TERN_SECTION_FRAME;
}

void tern_section_write(const tern_section_t *section, char *wire)
{
    uint32_t notes_bytes = (uint32_t)section->notes.size;

    if (section->num_bytes > 0)
        memcpy(wire, section->values, section->num_bytes);
    wire += section->num_bytes;
    if (notes_bytes > 0)
        memcpy(wire, section->notes.data, notes_bytes);
    memcpy(wire + notes_bytes, &notes_bytes, sizeof notes_bytes);
}

tern_status_t tern_section_read(tern_section_t *section, const char *wire, size_t bytes)
{
    uint32_t notes_bytes;
    char    *notes;

    if (bytes < sizeof notes_bytes)
        return TERN_ERR_FORMAT;
    bytes -= sizeof notes_bytes;
    memcpy(&notes_bytes, wire + bytes, sizeof notes_bytes);
    if (notes_bytes > bytes)
        return TERN_ERR_FORMAT;
    tern_section_begin(section, wire, bytes - notes_bytes, 0, NULL);
    notes = tern_section_put_note(section, notes_bytes);
    if (notes == NULL)
        return TERN_ERR_NO_MEMORY;
    if (notes_bytes > 0)
        memcpy(notes, wire + section->num_bytes, notes_bytes);
    return TERN_OK;
}
