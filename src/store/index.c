/** \file
 * Pages of the index lie where their keys say; one byte per page tells whether it exists. A page of
 * words is a page of memory, so what the node never touches costs address space only.
 */
#include "store/index.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "store/pages.h"

static uint64_t num_pages_of(tern_range_t keys)
{
    return (keys.end - keys.first + TERN_INDEX_PAGE_KEYS - 1) / TERN_INDEX_PAGE_KEYS;
}

static size_t runs_offset(tern_range_t keys)
{
    return (sizeof(tern_row_index_t) + num_pages_of(keys) + 63) / 64 * 64;
}

static size_t words_offset(tern_range_t keys)
{
    return tern_pages_round(runs_offset(keys) + num_pages_of(keys) * sizeof(uint32_t));
}

static const size_t page_bytes = TERN_INDEX_PAGE_KEYS * sizeof(uint32_t);

size_t tern_row_index_bytes(tern_range_t keys)
{
    return tern_pages_round(words_offset(keys) + num_pages_of(keys) * page_bytes);
}

void tern_row_index_format(void *memory, tern_range_t keys)
{
    tern_row_index_t *index = memory;

    assert((uintptr_t)memory % tern_pages_bytes() == 0 && keys.first < keys.end);

    index->keys          = keys;
    index->num_pages     = 0;
    index->exists_offset = sizeof(*index);
    index->runs_offset   = runs_offset(keys);
    index->words_offset  = words_offset(keys);
}

static uint8_t *exists_of(const tern_row_index_t *index)
{
    return (uint8_t *)index + index->exists_offset;
}

static uint32_t *run_of(const tern_row_index_t *index, uint64_t page)
{
    return (uint32_t *)((char *)index + index->runs_offset) + page;
}

/* Before a word of the page changes: from here on readers look at the words. */
static void end_run(tern_row_index_t *index, tern_key_t key)
{
    uint32_t *run = run_of(index, (key - index->keys.first) / TERN_INDEX_PAGE_KEYS);

    if (__atomic_load_n(run, __ATOMIC_RELAXED) != 0)
        __atomic_store_n(run, 0, __ATOMIC_SEQ_CST);
}

static uint32_t *word_of(const tern_row_index_t *index, tern_key_t key)
{
    assert(key >= index->keys.first && key < index->keys.end);

    return (uint32_t *)((char *)index + index->words_offset) + (key - index->keys.first);
}

/* Bytes [*begin_p, *end_p) behind the index that pages [first, end) need in memory pages; where those are
 * larger than ours, neighbours share one and it is entered again: the ledger errs on the safe side. */
static size_t memory_of(const tern_row_index_t *index, uint64_t first, uint64_t end,
                        char **start_p)
{
    size_t page  = tern_pages_bytes();
    size_t begin = (index->words_offset + first * page_bytes) / page * page;

    *start_p = (char *)index + begin;
    return tern_pages_round(index->words_offset + end * page_bytes) - begin;
}

/* Commit pages [first, end), none of which existed a moment ago. Servers of the node may do so at the same
 * time: who loses the race for a page takes its bytes back out of the ledger. */
static tern_status_t commit_pages(tern_row_index_t *index, uint64_t first, uint64_t end,
                                  tern_ledger_t *ledger)
{
    char  *start;
    size_t bytes = memory_of(index, first, end, &start);
    int    error;

    if (!tern_ledger_commit(ledger, bytes)) {
        tern_log(TERN_LOG_STORE, TERN_LOG_ERROR,
                 "cannot commit %zu bytes of shared memory for an index: beyond the "
                 "limit of %llu "
                 "bytes on this node; enlarge /dev/shm",
                 bytes, (unsigned long long)ledger->limit_bytes);
        return TERN_ERR_NO_MEMORY;
    }
    error = tern_pages_populate(start, bytes);
    if (error != 0) {
        tern_ledger_uncommit(ledger, bytes);
        tern_log(
            TERN_LOG_STORE, TERN_LOG_ERROR,
            "cannot commit %zu bytes of shared memory for an index: %s; enlarge /dev/shm",
            bytes, strerror(error));
        return TERN_ERR_NO_MEMORY;
    }
    for (uint64_t page = first; page < end; page++) {
        if (__atomic_exchange_n(&exists_of(index)[page], 1, __ATOMIC_ACQ_REL))
            tern_ledger_uncommit(ledger, page_bytes);
        else
            __atomic_fetch_add(&index->num_pages, 1, __ATOMIC_RELAXED);
    }
    return TERN_OK;
}

tern_status_t tern_row_index_commit(tern_row_index_t *index, tern_range_t keys,
                                    tern_ledger_t *ledger)
{
    uint64_t page = (keys.first - index->keys.first) / TERN_INDEX_PAGE_KEYS;
    uint64_t end  = num_pages_of((tern_range_t){index->keys.first, keys.end});

    assert(keys.first >= index->keys.first && keys.end <= index->keys.end);

    while (page < end) {
        uint64_t      first = page;
        tern_status_t status;

        if (__atomic_load_n(&exists_of(index)[page], __ATOMIC_ACQUIRE)) {
            page++;
            continue;
        }
        while (page < end && !__atomic_load_n(&exists_of(index)[page], __ATOMIC_ACQUIRE))
            page++;
        status = commit_pages(index, first, page, ledger);
        if (status != TERN_OK)
            return status;
    }
    return TERN_OK;
}

tern_status_t tern_row_index_put(tern_row_index_t *index, tern_key_t key, uint32_t word,
                                 tern_ledger_t *ledger)
{
    tern_status_t status =
        tern_row_index_commit(index, (tern_range_t){key, key + 1}, ledger);

    if (status != TERN_OK)
        return status;
    end_run(index, key);
    __atomic_store_n(word_of(index, key), word, __ATOMIC_RELEASE);
    return TERN_OK;
}

tern_status_t tern_row_index_fill(tern_row_index_t *index, tern_range_t keys,
                                  uint32_t first_word, tern_ledger_t *ledger)
{
    tern_status_t status = tern_row_index_commit(index, keys, ledger);
    uint64_t first = keys.first - index->keys.first, end = keys.end - index->keys.first;
    uint64_t page = (first + TERN_INDEX_PAGE_KEYS - 1) / TERN_INDEX_PAGE_KEYS;

    assert(tern_index_state(first_word) == TERN_ROW_OWNED);

    if (status != TERN_OK)
        return status;
    for (uint64_t at = first; at < end; at++)
        __atomic_store_n(word_of(index, index->keys.first + at),
                         first_word + (uint32_t)(at - first), __ATOMIC_RELEASE);
    for (; (page + 1) * TERN_INDEX_PAGE_KEYS <= end; page++)
        __atomic_store_n(run_of(index, page),
                         first_word + (uint32_t)(page * TERN_INDEX_PAGE_KEYS - first),
                         __ATOMIC_RELEASE);
    return TERN_OK;
}

bool tern_row_index_swap(tern_row_index_t *index, tern_key_t key, uint32_t expected,
                         uint32_t word)
{
    end_run(index, key);
    return __atomic_compare_exchange_n(word_of(index, key), &expected, word, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

uint64_t tern_row_index_num_pages(const tern_row_index_t *index)
{
    return __atomic_load_n(&index->num_pages, __ATOMIC_RELAXED);
}
