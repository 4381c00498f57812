#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/pages.h"
#include "update/registry.h"
#include "update/rules.h"

static void must(bool is_good, const char *what)
{
    if (is_good)
        return;
    fprintf(stderr, "test store: %s failed\n", what);
    exit(99);
}

static void fill_with_key(tern_key_t key, uint32_t width, tern_type_t type, void *value,
                          void *context)
{
    (void)context;
    for (uint32_t j = 0; j < width; j++) {
        if (type == TERN_FLOAT64)
            ((double *)value)[j] = (double)key;
        else
            ((float *)value)[j] = (float)key;
    }
}

static void map(store_t *store, size_t bytes)
{
    store->memory_bytes = bytes;
    store->memory       = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(store->memory != MAP_FAILED, "mmap");
}

static uint64_t slots_of(const store_options_t *options, tern_range_t keys)
{
    return options->num_slots != 0 ? options->num_slots : keys.end - keys.first;
}

static void split_keys(store_t *store, const store_options_t *options, uint32_t num)
{
    for (uint32_t s = 0; s < num; s++)
        store->segment_keys[s] =
            (tern_range_t){STORE_FIRST_KEY + options->num_keys * s / num,
                           STORE_FIRST_KEY + options->num_keys * (s + 1) / num};
}

/* --- hash indexes --- */

static const uint32_t segment_numbers[STORE_MAX_SEGMENTS] = {0, 1};

static size_t hash_bytes(const store_options_t *options, tern_range_t keys)
{
    return options->is_hashed
               ? tern_pages_round(tern_hash_index_bytes(slots_of(options, keys)))
               : 0;
}

static void attach_hashes(const store_t *store, store_rank_t *rank)
{
    tern_view_t *view = &rank->view;

    for (uint32_t s = 0; s < view->num_segments; s++)
        tern_hash_view_init(&rank->hashes[s], store->hash_memory[s],
                            view->segments[s].rows, view->layout.stride);
    view->hashes = rank->hashes;
}

static void format_hashes(store_t *store, const store_options_t *options, char *memory)
{
    tern_view_t *view = &store->rank.view;

    for (uint32_t s = 0; s < view->num_segments; s++) {
        store->hash_memory[s] = memory;
        must(tern_hash_index_format(memory, slots_of(options, store->segment_keys[s]),
                                    store->ledger) == TERN_OK,
             "hash index");
        memory += hash_bytes(options, store->segment_keys[s]);
    }
    view->homes =
        (tern_homes_t){.segments = segment_numbers, .num_servers = view->num_segments};
    view->fill = fill_with_key;
    attach_hashes(store, &store->rank);
}

/* --- a node --- */

static void place(store_t *store, const store_options_t *options, tern_view_t *view)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t at = page, bytes = page + tern_row_index_bytes(view->keys);

    for (uint32_t s = 0; s < view->num_segments; s++)
        bytes +=
            tern_segment_bytes(&view->layout, slots_of(options, store->segment_keys[s])) +
            hash_bytes(options, store->segment_keys[s]);
    map(store, bytes);
    store->ledger = (tern_ledger_t *)store->memory;
    tern_ledger_init(store->ledger,
                     options->limit_bytes != 0 ? options->limit_bytes : 1u << 30);
    if (options->is_paged) {
        view->index = (tern_row_index_t *)(store->memory + at);
        tern_row_index_format(view->index, view->keys);
    }
    at += tern_row_index_bytes(view->keys);
    for (uint32_t s = 0; s < view->num_segments; s++) {
        uint64_t num_slots = slots_of(options, store->segment_keys[s]);

        tern_segment_format(store->memory + at, &view->layout, num_slots, 1);
        tern_segment_attach(&store->segments[s], store->memory + at, &view->layout);
        at += tern_segment_bytes(&view->layout, num_slots);
    }
    if (options->is_hashed)
        format_hashes(store, options, store->memory + at);
}

void store_create(store_t *store, const store_options_t *options)
{
    tern_view_t *view = &store->rank.view;
    pid_t        self = getpid();

    memset(store, 0, sizeof(*store));
    view->num_segments = options->num_segments == 0 ? 1 : options->num_segments;
    view->keys     = (tern_range_t){STORE_FIRST_KEY, STORE_FIRST_KEY + options->num_keys};
    view->segments = store->segments;
    view->segment_keys = store->segment_keys;
    view->slot_shift   = 24;
    view->epoch        = 1;
    view->apply        = options->apply != NULL ? options->apply : tern_update_add.apply;
    view->counters     = &store->rank.counters;
    view->holders      = &store->rank.holders;
    tern_row_layout_init(&view->layout, options->width, options->type,
                         options->state_width, options->columns);
    split_keys(store, options, view->num_segments);
    place(store, options, view);
    must(tern_holders_init(&store->rank.holders, 2, (pid_t[]){self, self}, 1) == TERN_OK,
         "holders"); /* others may join */
    must(tern_view_init(view) == TERN_OK, "view");
    for (uint32_t s = 0; s < view->num_segments; s++) {
        must(tern_shard_create(view, s, store->ledger, &store->shards[s]) == TERN_OK,
             "shard");
        must(options->is_empty || options->is_hashed ||
                 tern_shard_fill(store->shards[s], store->segment_keys[s], fill_with_key,
                                 NULL) == TERN_OK,
             "fill");
        tern_segment_open(&store->segments[s], 1, TERN_LEASE_NONE);
    }
}

void store_destroy(store_t *store)
{
    for (uint32_t s = 0; s < store->rank.view.num_segments; s++)
        tern_shard_destroy(&store->shards[s]);
    store_leave(&store->rank);
    munmap(store->memory, store->memory_bytes);
}

void store_join(const store_t *store, store_rank_t *rank, uint32_t self,
                uint32_t num_holders, const pid_t pids[])
{
    memset(rank, 0, sizeof(*rank));
    rank->view          = store->rank.view;
    rank->view.holders  = &rank->holders;
    rank->view.counters = &rank->counters;
    rank->view.source   = self;
    if (rank->view.hashes != NULL)
        attach_hashes(store, rank);
    must(tern_holders_init(&rank->holders, num_holders, pids, self) == TERN_OK,
         "holders");
    must(tern_view_init(&rank->view) == TERN_OK, "view");
}

void store_leave(store_rank_t *rank)
{
    tern_view_fini(&rank->view);
    tern_holders_fini(&rank->holders);
}
