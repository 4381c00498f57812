/** \file
 * One sorted array of pieces a node. Looking up is a binary search; raising a range rewrites the pieces that it
 * touches and closes or opens the gap with one move, which is cheap as long as ranges are few.
 */
#include "store/vector_clock.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

tern_status_t tern_vector_clock_init(tern_vector_clock_t *clock, tern_range_t keys,
                                     uint32_t num_nodes)
{
    assert(keys.first < keys.end);
    *clock       = (tern_vector_clock_t){.keys = keys, .num_nodes = num_nodes};
    clock->nodes = tern_alloc_zeroed(TERN_LOG_STORE, num_nodes * sizeof *clock->nodes);
    if (clock->nodes == NULL)
        return TERN_ERR_NO_MEMORY;
    for (uint32_t n = 0; n < num_nodes; n++) {
        tern_node_clock_t *node = &clock->nodes[n];

        node->pieces = tern_alloc(TERN_LOG_STORE, sizeof *node->pieces);
        if (node->pieces == NULL) {
            tern_vector_clock_fini(clock);
            return TERN_ERR_NO_MEMORY;
        }
        node->pieces[0]  = (tern_clock_piece_t){keys.first, 0};
        node->num_pieces = node->capacity = 1;
    }
    return TERN_OK;
}

void tern_vector_clock_fini(tern_vector_clock_t *clock)
{
    for (uint32_t n = 0; clock->nodes != NULL && n < clock->num_nodes; n++)
        tern_free(TERN_LOG_STORE, clock->nodes[n].pieces);
    tern_free(TERN_LOG_STORE, clock->nodes);
    *clock = (tern_vector_clock_t){.num_nodes = 0};
}

/* The piece that has `key`. */
static size_t find(const tern_node_clock_t *node, tern_key_t key)
{
    size_t low = 0, high = node->num_pieces;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (node->pieces[middle].first <= key)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool contains(tern_range_t keys, tern_range_t range)
{
    return range.first < range.end && range.first >= keys.first && range.end <= keys.end;
}

uint64_t tern_vector_clock_get(const tern_vector_clock_t *clock, uint32_t node,
                               tern_key_t key)
{
    const tern_node_clock_t *own = &clock->nodes[node];

    assert(node < clock->num_nodes && key >= clock->keys.first && key < clock->keys.end);
    return own->pieces[find(own, key)].time;
}

/* Smallest and largest time of a node on a range. */
static void extremes(const tern_node_clock_t *node, tern_range_t range, uint64_t *min_p,
                     uint64_t *max_p)
{
    size_t at = find(node, range.first);

    *min_p = *max_p = node->pieces[at].time;
    for (at++; at < node->num_pieces && node->pieces[at].first < range.end; at++) {
        uint64_t time = node->pieces[at].time;

        *min_p = time < *min_p ? time : *min_p;
        *max_p = time > *max_p ? time : *max_p;
    }
}

uint64_t tern_vector_clock_min(const tern_vector_clock_t *clock, tern_range_t range)
{
    uint64_t min = UINT64_MAX;

    assert(contains(clock->keys, range));
    for (uint32_t n = 0; n < clock->num_nodes; n++) {
        uint64_t own_min, own_max;

        extremes(&clock->nodes[n], range, &own_min, &own_max);
        min = own_min < min ? own_min : min;
    }
    return min;
}

tern_novelty_t tern_vector_clock_compare(const tern_vector_clock_t *clock, uint32_t node,
                                         tern_range_t range, uint64_t time)
{
    uint64_t min, max;

    assert(node < clock->num_nodes && contains(clock->keys, range));
    extremes(&clock->nodes[node], range, &min, &max);
    if (time > max)
        return TERN_NOVELTY_ALL;
    return time > min ? TERN_NOVELTY_PART : TERN_NOVELTY_NONE;
}

/* --- raising --- */

#define MOST_NEW 2u /* pieces that one range adds at most */

tern_status_t tern_vector_clock_reserve(tern_vector_clock_t *clock, uint32_t node)
{
    tern_node_clock_t  *own      = &clock->nodes[node];
    size_t              capacity = 2 * own->capacity + MOST_NEW;
    tern_clock_piece_t *pieces;

    if (own->num_pieces + MOST_NEW <= own->capacity)
        return TERN_OK;
    pieces = tern_realloc(TERN_LOG_STORE, own->pieces, capacity * sizeof *pieces);
    if (pieces == NULL)
        return TERN_ERR_NO_MEMORY;
    own->pieces   = pieces;
    own->capacity = capacity;
    return TERN_OK;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Append a piece, unless it goes on with the time of the last one. */
static void append(tern_node_clock_t *node, tern_key_t first, uint64_t time)
{
    if (node->num_pieces == 0 || node->pieces[node->num_pieces - 1].time != time)
        node->pieces[node->num_pieces++] = (tern_clock_piece_t){first, time};
}

/* Append [first, end) of one time, raised where `range` covers it. */
static void append_raised(tern_node_clock_t *node, tern_key_t first, tern_key_t end,
                          uint64_t old, tern_range_t range, uint64_t time)
{
    if (first < range.first)
        append(node, first, old);
    if (first < range.end && range.first < end)
        append(node, first > range.first ? first : range.first, later(old, time));
    if (range.end < end)
        append(node, first > range.end ? first : range.end, old);
}

tern_status_t tern_vector_clock_raise(tern_vector_clock_t *clock, uint32_t node,
                                      tern_range_t range, uint64_t time)
{
    tern_node_clock_t *own    = &clock->nodes[node];
    tern_status_t      status = tern_vector_clock_reserve(clock, node);
    tern_clock_piece_t piece;
    size_t             begin, end, at;

    assert(node < clock->num_nodes && contains(clock->keys, range));
    if (status != TERN_OK)
        return status;
    begin = find(own, range.first);
    begin -= begin > 0; /* a neighbour, whose time may turn out to be the same */
    end = own->num_pieces + MOST_NEW;
    memmove(own->pieces + begin + MOST_NEW, own->pieces + begin,
            (own->num_pieces - begin) * sizeof *own->pieces);
    own->num_pieces = begin; /* what is written never reaches what is still to be read */
    for (at = begin + MOST_NEW; at < end; at++) {
        piece = own->pieces[at];
        if (piece.first > range.end)
            break;
        append_raised(own, piece.first,
                      at + 1 < end ? own->pieces[at + 1].first : clock->keys.end,
                      piece.time, range, time);
    }
    memmove(own->pieces + own->num_pieces, own->pieces + at,
            (end - at) * sizeof *own->pieces);
    own->num_pieces += end - at;
    return TERN_OK;
}

/* --- partition changes --- */

/* Raise `to` to the times that `from` has on `range`. */
static tern_status_t transfer(tern_vector_clock_t *to, const tern_vector_clock_t *from,
                              tern_range_t range)
{
    tern_status_t status = TERN_OK;

    assert(to->num_nodes == from->num_nodes);
    for (uint32_t n = 0; n < from->num_nodes; n++) {
        const tern_node_clock_t *node = &from->nodes[n];

        for (size_t i = find(node, range.first);
             status == TERN_OK && i < node->num_pieces &&
             node->pieces[i].first < range.end;
             i++) {
            bool         is_last = i + 1 == node->num_pieces;
            tern_range_t piece   = {node->pieces[i].first,
                                  is_last ? range.end : node->pieces[i + 1].first};

            piece.first = piece.first > range.first ? piece.first : range.first;
            piece.end   = piece.end < range.end ? piece.end : range.end;
            status      = tern_vector_clock_raise(to, n, piece, node->pieces[i].time);
        }
    }
    return status;
}

tern_status_t tern_vector_clock_export(const tern_vector_clock_t *clock,
                                       tern_range_t range, tern_vector_clock_t *part)
{
    tern_status_t status;

    assert(contains(clock->keys, range));
    status = tern_vector_clock_init(part, range, clock->num_nodes);
    if (status == TERN_OK)
        status = transfer(part, clock, range);
    if (status != TERN_OK)
        tern_vector_clock_fini(part);
    return status;
}

tern_status_t tern_vector_clock_import(tern_vector_clock_t       *clock,
                                       const tern_vector_clock_t *part)
{
    assert(contains(clock->keys, part->keys));
    return transfer(clock, part, part->keys);
}

size_t tern_vector_clock_num_ranges(const tern_vector_clock_t *clock)
{
    size_t num = 0;

    for (uint32_t n = 0; n < clock->num_nodes; n++)
        num += clock->nodes[n].num_pieces;
    return num;
}
