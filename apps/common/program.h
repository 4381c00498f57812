/** \file
 * The course of a program: options, the runtime, what all ranks prepare, what the workers do, the end; and the exit code
 * of it.
 */
#ifndef APP_PROGRAM_H
#define APP_PROGRAM_H

#include "complaint.h"
#include "tern/tern.h"

/* Each is called with the program's context. */
typedef struct app_program {
    const char          *name, *summary;
    const tern_option_t *options; /* [num_options] */
    size_t               num_options;
    const char          *operands; /* NULL: there are none */
    const char          *epilogue; /* of --help */

    /* All ranks; keeps options and runtime, which live until `release` has returned. An error is said where it is found. */
    tern_status_t (*prepare)(void *context, tern_options_t *options,
                             tern_runtime_t *runtime);
    tern_status_t (*work)(void *context); /* workers, if all ranks have prepared */
    void (*release)(void *context);       /* all ranks that prepared, well or not */
} app_program_t;

/* Returns the exit code: of a run that a signal stopped 128 + signal, by convention, else that of the status. */
int app_program_run(const app_program_t *program, int argc, char *argv[], void *context);

/* What is wrong is said once, by the lowest rank that knows, and all ranks agree on it. Collective over all ranks.
 * \return  The own error; TERN_ERR_REMOTE if only others have one. */
tern_status_t app_program_agree(tern_runtime_t *runtime, const char *name,
                                tern_status_t status, const app_complaint_t *complaint);

#endif
