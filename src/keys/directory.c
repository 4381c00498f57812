#include "keys/directory.h"

#include <assert.h>

#include "base/alloc.h"

tern_status_t tern_directory_init(tern_directory_t *directory, tern_range_t keys,
                                  uint32_t home)
{
    assert(home < TERN_DIRECTORY_MAX_SERVERS);

    directory->keys   = keys;
    directory->home   = home;
    directory->owners = tern_alloc_zeroed(TERN_LOG_KEYS, (keys.end - keys.first + 1) *
                                                             sizeof *directory->owners);
    return directory->owners == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;
}

void tern_directory_fini(tern_directory_t *directory)
{
    tern_free(TERN_LOG_KEYS, directory->owners);
    directory->owners = NULL;
}
