/** \file
 * The command line of tern-run: its own options, those that mpirun gets, and the program.
 */
#ifndef RUN_SETTINGS_H
#define RUN_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum run_choice { RUN_AUTO, RUN_OB1, RUN_UCX } run_choice_t;

typedef struct run_settings {
    run_choice_t transport;
    const char  *interface; /* NULL: what the connections use */
    bool         tolerate_crashes;
    int          grace_seconds;
    const char  *mpirun;
    char       **words; /* for mpirun; NULL-terminated */
    size_t       num_words;
    char       **program; /* with its arguments; NULL-terminated */
} run_settings_t;

typedef enum run_parsed { RUN_PARSED, RUN_ANSWERED, RUN_REFUSED } run_parsed_t;

/** Strings are borrowed from argv. Prints what --help and --version ask for, or what is wrong. */
run_parsed_t run_settings_parse(run_settings_t *settings, int argc, char *argv[]);
void         run_settings_free(run_settings_t *settings);

#endif
