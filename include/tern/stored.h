/** \file
 * Result files, read again: what tern/result.h has put under a path, or any HDF5 file with datasets of that form.
 *
 * In pieces of any size, so that a dataset need not fit into memory. Not collective: a rank reads by itself. Errors are logged with the file,
 * the path in it and the cause.
 */
#ifndef TERN_STORED_H
#define TERN_STORED_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_stored tern_stored_t;

/** True if the file begins as HDF5 files do; false also if it cannot be read. */
TERN_API bool tern_stored_is_hdf5(const char *path);

/** \return TERN_OK; TERN_ERR_IO (not there, no HDF5 file); TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_stored_open(const char     *path,
                                                          tern_stored_t **stored_p);

/** Items of a one-dimensional dataset. \return TERN_OK; TERN_ERR_FORMAT: there is none of this path. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_stored_count(const tern_stored_t *stored,
                                                           const char          *path,
                                                           size_t              *num_p);

/** Items first to first + num - 1 of a one-dimensional dataset of numbers, whatever their type in the file.
 * \return TERN_OK; TERN_ERR_FORMAT (no such dataset, no numbers, not so many of them); TERN_ERR_IO. */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_stored_get_numbers(const tern_stored_t *stored, const char *path, size_t first,
                        size_t num, double numbers[]);

/** A text and its number; `text` is valid in the call only. False ends the visit. */
typedef bool tern_stored_visit_fn(size_t i, const char *text, void *context);

/** Texts first to first + num - 1 of a one-dimensional dataset, in order. \return As above; TERN_OK also if the visit was ended. */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_stored_visit_texts(const tern_stored_t *stored, const char *path, size_t first,
                        size_t num, tern_stored_visit_fn *visit, void *context);

/** NULL is accepted; sets the pointer to NULL. */
TERN_API void tern_stored_close(tern_stored_t **stored_p);

#ifdef __cplusplus
}
#endif
#endif
