/** \file
 * Options of a program and of the library, in one registry.
 *
 * Each option has a name, a type, a default, a unit and a help line. Its value comes from, in
 * falling priority: the command line (`--epochs 5`, `--epochs=5`, `--json`, `--no-json`), the
 * environment (`TERN_EPOCHS`), the file named by `--config FILE` or TERN_CONFIG (`epochs = 5`, `#`
 * comments), the default. Unknown options are refused with a suggestion. Every program has `--help`,
 * `--version`, `--print-config` (each value with its origin) and the library's own options.
 */
#ifndef TERN_OPTIONS_H
#define TERN_OPTIONS_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tern_option_type {
    TERN_OPTION_FLAG, /**< default "yes" or "no" */
    TERN_OPTION_INT, /**< 64-bit, decimal; suffixes k, M, G (powers of 1000) and Ki, Mi, Gi */
    TERN_OPTION_REAL,
    TERN_OPTION_STRING, /**< default may be NULL: not set */
    TERN_OPTION_CHOICE, /**< one of `choices` */
} tern_option_type_t;

typedef struct tern_option {
    const char        *name; /**< lower case, words joined by '-' */
    tern_option_type_t type;
    const char        *default_value; /**< as a user would write it */
    const char        *unit;     /**< for --help: "seconds", "FILE", ...; may be NULL */
    const char        *help;     /**< one line, no full stop */
    double             min, max; /**< INT and REAL: inclusive; both 0: no bounds */
    const char        *choices;  /**< CHOICE: "a|b|c" */
} tern_option_t;

/** Create a registry that holds the library's options.
 * \param [in] program  Name for messages; \param [in] summary  One line for --help. Both borrowed. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_options_create(const char      *program,
                                                             const char      *summary,
                                                             tern_options_t **options_p);
TERN_API void                            tern_options_destroy(tern_options_t **options_p);

/** Add a program's own options; the array is borrowed. \return TERN_ERR_ARG if a name is taken or a default is bad. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_options_add(tern_options_t     *options,
                                                          size_t              num_options,
                                                          const tern_option_t list[]);

/** Text for --help. Borrowed.
 * \param [in] operands  What follows the options, for the first line: "TRAIN [VALID]". NULL: the
 *                       program takes no operands, and refuses any.
 * \param [in] epilogue  After the option list: examples, further exit codes; may be NULL. */
TERN_API void tern_options_set_usage(tern_options_t *options, const char *operands,
                                     const char *epilogue);

/** Read command line, environment and file. Call it before tern_init(); under mpirun only the first
 * process prints.
 *
 * \return  TERN_OK; TERN_DONE (--help, --version or --print-config was answered: exit with 0);
 *          TERN_ERR_USAGE (the message names the option, and the file and line where it came from a
 *          file: exit with 2). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_options_parse(tern_options_t *options,
                                                            int argc, char *argv[]);

/** Values; the name must exist and have the type (asserted). Strings live as long as the registry. */
TERN_API bool        tern_option_flag(const tern_options_t *options, const char *name);
TERN_API int64_t     tern_option_int(const tern_options_t *options, const char *name);
TERN_API double      tern_option_real(const tern_options_t *options, const char *name);
TERN_API const char *tern_option_string(
    const tern_options_t *options,
    const char           *name); /**< STRING or CHOICE; may be NULL */

/** True if the value came from somewhere else than the default. */
TERN_API bool tern_option_is_set(const tern_options_t *options, const char *name);

/** Set a value as if it had been given on the command line. \return TERN_ERR_USAGE as tern_options_parse(). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_options_set(tern_options_t *options,
                                                          const char     *name,
                                                          const char     *value);

/** What is left of the command line after the options. */
TERN_API size_t      tern_options_num_operands(const tern_options_t *options);
TERN_API const char *tern_options_operand(const tern_options_t *options, size_t index);

/** Visit every option in order of registration, for result files; `value` is "" if it is not set. */
typedef void tern_option_visit_fn(const char *name, const char *value, const char *origin,
                                  void *context);
TERN_API void tern_options_visit(const tern_options_t *options,
                                 tern_option_visit_fn *visit, void *context);

#ifdef __cplusplus
}
#endif
#endif
