/** \file
 * Result files: HDF5, written under a temporary name, synced and renamed, so that a file with the
 * final name is always whole. Readable by h5dump and h5py.
 *
 * Not collective: one rank writes one file. Paths are slash-separated; missing groups are created.
 */
#ifndef TERN_RESULT_H
#define TERN_RESULT_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_result tern_result_t;

/** \return TERN_ERR_IO (the message has the path and the cause). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_result_create(const char     *path,
                                                            tern_result_t **result_p);

/** Store every option with its value and origin under /config. */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_result_put_options(tern_result_t *result, const tern_options_t *options);

TERN_API TERN_CHECK_RESULT tern_status_t tern_result_put_text(tern_result_t *result,
                                                              const char    *path,
                                                              const char    *text);
TERN_API TERN_CHECK_RESULT tern_status_t tern_result_put_number(tern_result_t *result,
                                                                const char    *path,
                                                                double         number);

/** A one-dimensional dataset of numbers, or of UTF-8 strings of variable length. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_result_put_numbers(tern_result_t *result,
                                                                 const char    *path,
                                                                 size_t         num,
                                                                 const double numbers[]);
TERN_API TERN_CHECK_RESULT tern_status_t tern_result_put_texts(tern_result_t    *result,
                                                               const char       *path,
                                                               size_t            num,
                                                               const char *const texts[]);

/** Create a dataset [num_rows][width] of `type`, then fill it by blocks of rows in any order. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_result_add_matrix(tern_result_t *result,
                                                                const char    *path,
                                                                size_t         num_rows,
                                                                size_t         width,
                                                                tern_type_t    type);
TERN_API TERN_CHECK_RESULT tern_status_t tern_result_put_rows(tern_result_t *result,
                                                              const char    *path,
                                                              size_t         first_row,
                                                              size_t         num_rows,
                                                              const void    *values);

/** Sync, rename to the final name, free. On error the temporary file is removed. Sets the pointer to NULL. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_result_close(tern_result_t **result_p);

/** Remove the temporary file, free. */
TERN_API void tern_result_abandon(tern_result_t **result_p);

#ifdef __cplusplus
}
#endif
#endif
