/** \file
 * Remapping: the same pages, where they may be large.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "comm/remap.h"
#include "facts.h"

enum { LARGE = 2 << 20, PAGE = 4096, BYTES = 3 * LARGE };

/* Of a file that has no name, as MPI would map it. */
static char *map_file(size_t bytes)
{
    char  name[] = "remap-XXXXXX";
    int   file   = mkstemp(name);
    char *memory;

    CU_ASSERT_FATAL(file >= 0);
    unlink(name);
    CU_ASSERT_FATAL(ftruncate(file, (off_t)bytes) == 0);
    memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CU_ASSERT_FATAL(memory != MAP_FAILED);
    close(file);
    return memory;
}

static void an_alias_has_the_same_bytes(void)
{
    char *memory = map_file(BYTES);
    char *alias  = tern_remap(memory, BYTES);

    memory[0] = 'a';
    CU_ASSERT_EQUAL(alias[0], 'a');
    alias[BYTES - 1] = 'z';
    CU_ASSERT_EQUAL(memory[BYTES - 1], 'z');
    tern_remap_undo(alias, memory, BYTES);
    CU_ASSERT_EQUAL(memory[0], 'a');
    munmap(memory, BYTES);
}

static void large_pages_of_the_file_begin_at_multiples_of_their_size(void)
{
    char *memory = map_file(BYTES);

    for (size_t first = 0; first < 4 * PAGE; first += PAGE) {
        char *alias = tern_remap(memory + first, BYTES - first);

        CU_ASSERT_NOT_EQUAL(alias, memory + first);
        CU_ASSERT_EQUAL((uintptr_t)alias % LARGE, first);
        tern_remap_undo(alias, memory + first, BYTES - first);
    }
    munmap(memory, BYTES);
}

static void what_cannot_be_large_stays_where_it_is(void)
{
    char *shared = map_file(LARGE - PAGE);
    char *private =
        mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CU_ASSERT_EQUAL(tern_remap(shared, LARGE - PAGE), shared);
    CU_ASSERT_EQUAL(tern_remap(private, BYTES), private);
    tern_remap_undo(private, private, BYTES);
    private[BYTES - 1] = 1;
    munmap(shared, LARGE - PAGE);
    munmap(private, BYTES);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(an_alias_has_the_same_bytes),
        FACT(large_pages_of_the_file_begin_at_multiples_of_their_size),
        FACT(what_cannot_be_large_stays_where_it_is),
    };

    return facts_run("comm/remap", facts, sizeof facts / sizeof *facts);
}
