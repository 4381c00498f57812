/** \file
 * Logging by folder and level: `TERN_LOG=comm:trace,store:debug` or `TERN_LOG=debug`.
 *
 * Lines go to standard error as `[rank 3] comm warn: text`. Process-wide, because a log is: the only
 * mutable global state besides signal flags. Whoever first decides that something is an error logs it.
 */
#ifndef TERN_BASE_LOG_H
#define TERN_BASE_LOG_H

#include "tern/types.h"

typedef enum tern_log_level {
    TERN_LOG_ERROR, /* cannot go on */
    TERN_LOG_WARN,  /* odd, goes on */
    TERN_LOG_INFO,  /* a few lines per run */
    TERN_LOG_DEBUG, /* per object */
    TERN_LOG_TRACE, /* per message */
} tern_log_level_t;

typedef enum tern_log_folder {
    TERN_LOG_BASE,
    TERN_LOG_KEYS,
    TERN_LOG_STORE,
    TERN_LOG_UPDATE,
    TERN_LOG_FILTER,
    TERN_LOG_SYNC,
    TERN_LOG_TASK,
    TERN_LOG_COMM,
    TERN_LOG_TABLE,
    TERN_LOG_CLIENT,
    TERN_LOG_SERVER,
    TERN_LOG_CHECKPOINT,
    TERN_LOG_RUNTIME,
    TERN_LOG_NUM_FOLDERS
} tern_log_folder_t;

extern unsigned char tern_log_levels[TERN_LOG_NUM_FOLDERS];

/* Parse a specification; false, and nothing changed, if it names an unknown folder or level. */
bool tern_log_configure(const char *specification);
void tern_log_set_rank(int rank);

/* Only the process with this set prints TERN_LOG_INFO; default true. */
void tern_log_set_is_speaker(bool is_speaker);

void tern_log_write(tern_log_folder_t folder, tern_log_level_t level, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));

#define tern_log(folder, level, ...)                                                     \
    do {                                                                                 \
        if ((level) <= tern_log_levels[folder])                                          \
            tern_log_write(folder, level, __VA_ARGS__);                                  \
    } while (0)

#endif
