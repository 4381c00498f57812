/** \file
 * Logging: a line is put together in one buffer and leaves in one write(2), so that the lines of
 * several ranks never interleave.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINE_BYTES 4096

static const char *const folder_names[TERN_LOG_NUM_FOLDERS] = {
    [TERN_LOG_BASE]       = "base",
    [TERN_LOG_KEYS]       = "keys",
    [TERN_LOG_STORE]      = "store",
    [TERN_LOG_UPDATE]     = "update",
    [TERN_LOG_FILTER]     = "filter",
    [TERN_LOG_SYNC]       = "sync",
    [TERN_LOG_COMM]       = "comm",
    [TERN_LOG_TASK]       = "task",
    [TERN_LOG_TABLE]      = "table",
    [TERN_LOG_CLIENT]     = "client",
    [TERN_LOG_SERVER]     = "server",
    [TERN_LOG_CHECKPOINT] = "checkpoint",
    [TERN_LOG_RUNTIME]    = "runtime",
};

static const char *const level_names[] = {
    [TERN_LOG_ERROR] = "error", [TERN_LOG_WARN] = "warn",   [TERN_LOG_INFO] = "info",
    [TERN_LOG_DEBUG] = "debug", [TERN_LOG_TRACE] = "trace",
};

#define NUM_LEVELS (sizeof(level_names) / sizeof(level_names[0]))

unsigned char tern_log_levels[TERN_LOG_NUM_FOLDERS] = {
    [0 ... TERN_LOG_NUM_FOLDERS - 1] = TERN_LOG_INFO,
};

static int  own_rank   = -1; /* -1: not known yet */
static bool is_speaker = true;

void tern_log_set_rank(int rank)
{
    own_rank = rank;
}

void tern_log_set_is_speaker(bool speaks)
{
    is_speaker = speaks;
}

/* Number of the name that the `length` bytes at `text` spell, -1 if none. */
static int find_name(const char *const names[], size_t num_names, const char *text,
                     size_t length)
{
    for (size_t i = 0; i < num_names; i++)
        if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0)
            return (int)i;
    return -1;
}

/* One item of a specification, "level" or "folder:level", `length` bytes long. */
static bool configure_item(const char *item, size_t length, unsigned char levels[])
{
    const char *colon        = memchr(item, ':', length);
    const char *level_text   = colon ? colon + 1 : item;
    size_t      level_length = length - (size_t)(level_text - item);
    int         level = find_name(level_names, NUM_LEVELS, level_text, level_length);
    int         folder;

    if (level < 0)
        return false;
    if (!colon) {
        memset(levels, level, TERN_LOG_NUM_FOLDERS);
        return true;
    }
    folder = find_name(folder_names, TERN_LOG_NUM_FOLDERS, item, (size_t)(colon - item));
    if (folder < 0)
        return false;
    levels[folder] = (unsigned char)level;
    return true;
}

bool tern_log_configure(const char *specification)
{
    unsigned char levels[TERN_LOG_NUM_FOLDERS];

    memcpy(levels, tern_log_levels, sizeof(levels));
    for (const char *item = specification;;) {
        size_t length = strcspn(item, ",");

        if (!configure_item(item, length, levels))
            return false;
        if (item[length] == '\0')
            break;
        item += length + 1;
    }
    memcpy(tern_log_levels, levels, sizeof(levels));
    return true;
}

/* The bytes that a printf into `room` bytes has left there. */
static size_t bytes_printed(int result, size_t room)
{
    if (result < 0)
        return 0;
    return (size_t)result < room ? (size_t)result : room - 1;
}

void tern_log_write(tern_log_folder_t folder, tern_log_level_t level, const char *format,
                    ...)
{
    static const char cut[]       = " ...";
    int               saved_errno = errno;
    char              line[MAX_LINE_BYTES];
    size_t            room   = sizeof(line) - sizeof(cut); /* the newline takes one */
    size_t            length = 0;
    va_list           arguments;
    int               result;

    if (level == TERN_LOG_INFO && !is_speaker)
        return;
    if (own_rank >= 0)
        length = bytes_printed(snprintf(line, room, "[rank %d] ", own_rank), room);
    result = snprintf(line + length, room - length, "%s %s: ", folder_names[folder],
                      level_names[level]);
    length += bytes_printed(result, room - length);
    va_start(arguments, format);
    result = vsnprintf(line + length, room - length, format, arguments);
    va_end(arguments);
    if (result >= 0 && (size_t)result >= room - length) {
        memcpy(line + room - 1, cut, sizeof(cut) - 1);
        length = room - 1 + sizeof(cut) - 1;
    } else {
        length += bytes_printed(result, room - length);
    }
    line[length++] = '\n';
    /* A log that cannot be written has nobody to complain to. */
    if (write(STDERR_FILENO, line, length) < 0)
        errno = saved_errno;
    errno = saved_errno;
}
