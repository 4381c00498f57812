/** \file
 * Words that every other header uses: status, key, range, value type, role.
 *
 * Tern keeps the parameters of a model in *tables*. A table maps each key of its range to a *row* of
 * `width` values. Rows live on *servers*; the ranks of a *node* (those that share memory) read and
 * update the rows of their node's servers in place, and reach all others by message.
 */
#ifndef TERN_TYPES_H
#define TERN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TERN_API          __attribute__((visibility("default")))
#define TERN_CHECK_RESULT __attribute__((warn_unused_result))
#else
#define TERN_API
#define TERN_CHECK_RESULT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Zero is success, positive is "not yet" or "nothing more to do", negative is an error. */
typedef enum tern_status {
    TERN_OK            = 0,
    TERN_IN_PROGRESS   = 1,  /**< the request has not completed */
    TERN_DONE          = 2,  /**< the call answered the user (`--help`); exit with 0 */
    TERN_ERR_ARG       = -1, /**< an argument breaks the function's contract */
    TERN_ERR_NO_MEMORY = -2, /**< memory, shared or private, is exhausted */
    TERN_ERR_PEER_LOST = -3, /**< a server left and no replica took over */
    TERN_ERR_USAGE     = -4, /**< an option is unknown or its value is bad; exit with 2 */
    TERN_ERR_IO        = -5, /**< a file could not be read or written */
    TERN_ERR_FORMAT    = -6, /**< a file's content is malformed */
    TERN_ERR_MPI       = -7, /**< MPI reported an error */
    TERN_ERR_STOPPED =
        -8, /**< the job was asked to stop (SIGINT, SIGTERM, tern_stop()) */
    TERN_ERR_REMOTE =
        -9, /**< another rank failed in a collective call; it has logged why */
    TERN_ERR_UNSUPPORTED = -10, /**< this build or machine cannot do it */
} tern_status_t;

/** One line of English for a status; never NULL, never freed. */
TERN_API const char *tern_status_string(tern_status_t status);

/** The process exit code that belongs to a status: 0 for TERN_OK and TERN_DONE, 2 for
 * TERN_ERR_USAGE, 1 for every other error. */
TERN_API int tern_status_exit_code(tern_status_t status);

/** Opaque handles. */
typedef struct tern_options tern_options_t;
typedef struct tern_runtime tern_runtime_t;
typedef struct tern_table   tern_table_t;
typedef struct tern_request tern_request_t;

typedef uint64_t tern_key_t;

/** A half-open interval of keys: first <= k < end. */
typedef struct tern_range {
    tern_key_t first, end;
} tern_range_t;

/** Type of the values of a table. */
typedef enum tern_type {
    TERN_FLOAT32 = 0,
    TERN_FLOAT64 = 1,
} tern_type_t;

/** Bytes of one value. */
static inline size_t tern_type_bytes(tern_type_t type)
{
    return type == TERN_FLOAT64 ? 8 : 4;
}

/** What a rank does; one rank may hold several roles, a singleton run holds all. */
typedef enum tern_role {
    TERN_ROLE_SCHEDULER = 1u << 0, /**< spreads clocks and membership; one per runtime */
    TERN_ROLE_SERVER    = 1u << 1, /**< keeps rows */
    TERN_ROLE_WORKER    = 1u << 2, /**< computes */
    TERN_ROLE_SPARE = 1u << 3, /**< takes part in nothing yet; may be activated later */
} tern_role_t;

#ifdef __cplusplus
}
#endif
#endif
