/** \file
 * Directory: which server owns each key of a home now. The home's server alone reads and changes it.
 *
 * Two bytes a key. Keys that nobody asked for cost nothing: zero, which fresh memory is, means the home itself.
 */
#ifndef TERN_KEYS_DIRECTORY_H
#define TERN_KEYS_DIRECTORY_H

#include "tern/types.h"

#define TERN_DIRECTORY_MAX_SERVERS 65535u

typedef struct tern_directory {
    tern_range_t keys;
    uint32_t     home;   /* the server whose directory it is */
    uint16_t    *owners; /* [keys]: server + 1; 0: the home */
} tern_directory_t;

/** TERN_ERR_NO_MEMORY. */
tern_status_t tern_directory_init(tern_directory_t *directory, tern_range_t keys,
                                  uint32_t home);
void          tern_directory_fini(tern_directory_t *directory);

static inline uint32_t tern_directory_owner(const tern_directory_t *directory,
                                            tern_key_t              key)
{
    uint16_t owner = directory->owners[key - directory->keys.first];

    return owner == 0 ? directory->home : owner - 1u;
}

/** From now on `server` owns the key; returns who did. */
static inline uint32_t tern_directory_switch(tern_directory_t *directory, tern_key_t key,
                                             uint32_t server)
{
    uint32_t before = tern_directory_owner(directory, key);

    directory->owners[key - directory->keys.first] = (uint16_t)(server + 1);
    return before;
}

#endif
