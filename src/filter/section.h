/** \file
 * Section: the rows of a message on their way through a chain of filters.
 *
 * It has two streams of bytes. *Values* are what the filters work on: rows at first, then whatever
 * the last filter made of them. *Notes* are what a filter needs to be undone (how many rows there
 * were, the ends of a column's range). A filter that encodes puts its notes on top, one that
 * decodes takes them from there, so that a note is known by its end and nobody has to know what
 * lies below.
 */
#ifndef TERN_FILTER_SECTION_H
#define TERN_FILTER_SECTION_H

#include "tern/types.h"

/** What the values of a table are, and where a filter's random numbers come from. */
typedef struct tern_filter_shape {
    tern_type_t type;
    uint32_t    width;        /* values of a row */
    uint64_t    seed, stream; /* the stream is this rank's own, for this chain */
} tern_filter_shape_t;

static inline size_t tern_filter_row_bytes(const tern_filter_shape_t *shape)
{
    return shape->width * tern_type_bytes(shape->type);
}

/** Bytes that grow and never shrink. */
typedef struct tern_bytes {
    char  *data;
    size_t size, capacity;
} tern_bytes_t;

typedef struct tern_section {
    tern_filter_shape_t shape;
    const tern_key_t   *keys;   /* [num_rows] of pushed rows; NULL: not known */
    const char         *values; /* in `front`, or where they came from */
    size_t              num_bytes;
    size_t num_rows; /* that `values` has; while decoding, as far as a note said so */
    size_t
        most_bytes; /* while decoding: the rows are no more, so nothing may become more */
    tern_bytes_t front, back, notes;
} tern_section_t;

void tern_section_init(tern_section_t *section, const tern_filter_shape_t *shape);
void tern_section_fini(tern_section_t *section);

/** Start over with `values` [num_bytes], which are borrowed until a filter has replaced them,
 * and no notes. */
void tern_section_begin(tern_section_t *section, const void *values, size_t num_bytes,
                        size_t num_rows, const tern_key_t keys[]);

/** Room for new values; NULL when memory is exhausted. The old ones stay until... */
char *tern_section_room(tern_section_t *section, size_t num_bytes);

/** ... `num_bytes` of that room replace them. */
void tern_section_replace(tern_section_t *section, size_t num_bytes);

/** Put a note on top: `bytes` of it, to be filled by the caller. NULL when memory is exhausted. */
char *tern_section_put_note(tern_section_t *section, size_t bytes);

/** Take the topmost `bytes` of the notes; NULL if there are no so many. Valid until the next
 * put. */
const char *tern_section_take_note(tern_section_t *section, size_t bytes);

/** A number as a note. */
tern_status_t tern_section_put_number(tern_section_t *section, size_t number);
bool          tern_section_take_number(tern_section_t *section, size_t *number_p);

/** \name On the wire: the values, the notes, and how many bytes of notes */
/**@{*/
#define TERN_SECTION_FRAME sizeof(uint32_t) /* what it takes beside values and notes */

size_t        tern_section_wire_bytes(const tern_section_t *section);
void          tern_section_write(const tern_section_t *section, char *wire);
tern_status_t tern_section_read(tern_section_t *section, const char *wire, size_t bytes);
/**@}*/

#endif
