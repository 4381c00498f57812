/** \file
 * The option registry from inside: settings, where their values came from, and how texts become
 * values. tern/options.h is what programs see.
 *
 * A registry outlives the runtimes that use it and is therefore not part of the memory that a runtime
 * accounts for when it ends: it lives in plain malloc memory.
 */
#ifndef TERN_RUNTIME_OPTIONS_H
#define TERN_RUNTIME_OPTIONS_H

#include <stdio.h>

#include "tern/options.h"

#define TERN_OPTION_NAME_BYTES  64   /* longest name, with the final zero */
#define TERN_OPTION_ERROR_BYTES 512  /* what is wrong with a value */
#define TERN_OPTION_UNBOUNDED   1e9  /* a maximum that is not worth mentioning */
#define TERN_ORIGIN_BYTES       4200 /* a path and a line number */

/* Where a value came from; a greater one wins. */
typedef enum tern_origin_kind {
    TERN_ORIGIN_DEFAULT,
    TERN_ORIGIN_FILE,
    TERN_ORIGIN_ENVIRONMENT,
    TERN_ORIGIN_COMMAND_LINE,
} tern_origin_kind_t;

typedef struct tern_origin {
    tern_origin_kind_t kind;
    const char        *file; /* FILE: lives as long as the registry */
    size_t             line;
} tern_origin_t;

/* A value in the form of its option's type; `text` always, as it was written. */
typedef struct tern_option_value {
    const char *text; /* NULL: a STRING that is not set */
    bool        flag;
    int64_t     integer;
    double      real;
} tern_option_value_t;

typedef struct tern_setting {
    const tern_option_t *option;
    tern_option_value_t  value;
    tern_origin_t        origin;
} tern_setting_t;

/* A copy of what the user wrote; kept until the registry ends, as callers hold such strings. */
typedef struct tern_option_text {
    struct tern_option_text *next;
    char                     bytes[];
} tern_option_text_t;

/* Questions that the command line may ask instead of running the program. */
typedef enum tern_options_answer {
    TERN_ANSWER_NONE,
    TERN_ANSWER_HELP,
    TERN_ANSWER_VERSION,
    TERN_ANSWER_CONFIG,
    TERN_NUM_ANSWERS
} tern_options_answer_t;

struct tern_options {
    const char         *program, *summary;   /* borrowed */
    const char         *operands, *epilogue; /* borrowed; NULL: none */
    tern_setting_t     *settings; /* [num_settings]: the library's, the program's */
    size_t              num_settings, num_library_settings;
    tern_option_text_t *texts;
    const char        **operand_list; /* [num_operands], into argv */
    size_t              num_operands;
    bool                is_speaker; /* under mpirun only the first process prints */
};

/* options.c: the registry */

extern const char *const tern_answer_names[TERN_NUM_ANSWERS]; /* without "--" */

tern_setting_t *tern_options_find(const tern_options_t *options, const char *name);

/* Give a setting the value `text` from `origin`, unless it has one from a higher origin. A bad value
 * is refused with TERN_ERR_USAGE and reported under the way in which it was given. */
tern_status_t tern_options_assign(tern_options_t *options, tern_setting_t *setting,
                                  const char *text, tern_origin_t origin);

/* The option whose name is nearest to `name`, NULL if none is near; `with_answers`: or --help and
 * its like. */
const char *tern_options_suggest(const tern_options_t *options, const char *name,
                                 bool with_answers);

/* Report that there is no option `name`, and which one may be meant. `where` is "" or "FILE:LINE: ",
 * `dashes` are what stands before names there. Returns TERN_ERR_USAGE. */
tern_status_t tern_options_refuse_unknown(const tern_options_t *options,
                                          const char *where, const char *dashes,
                                          const char *name);

/* A copy that lives as long as the registry, NULL when memory is exhausted. */
const char *tern_options_keep(tern_options_t *options, const char *text);

/* Print "program: text" on standard error, if this process is to speak. */
void tern_options_complain(const tern_options_t *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* options_origin.c: names and origins in words */

/* TERN_ and the name in capitals. */
void tern_option_environment_name(const char *name,
                                  char        variable[TERN_OPTION_NAME_BYTES + 8]);

/* "command line", "environment TERN_X", "FILE:LINE" or "default". */
void tern_setting_describe_origin(const tern_setting_t *setting,
                                  char                  text[TERN_ORIGIN_BYTES]);

/* options_value.c: from text to value. On failure `error` says what is wrong with the text. */
bool tern_option_value_parse(const tern_option_t *option, const char *text,
                             tern_option_value_t *value,
                             char                 error[TERN_OPTION_ERROR_BYTES]);

/* options_sources.c: command line, environment and file. Each reports what it refuses and returns
 * TERN_ERR_USAGE, or TERN_ERR_NO_MEMORY. */

tern_status_t tern_options_read_command_line(tern_options_t *options, int argc,
                                             char                  *argv[],
                                             tern_options_answer_t *answer_p);
tern_status_t tern_options_read_environment(tern_options_t *options);
tern_status_t tern_options_read_file(tern_options_t *options, const char *path);

/* options_help.c: the answers to --help, --version and --print-config */

void tern_options_print_help(const tern_options_t *options, FILE *stream);
void tern_options_print_version(const tern_options_t *options, FILE *stream);
void tern_options_print_config(const tern_options_t *options, FILE *stream);

/* options_library.c */

extern const tern_option_t tern_library_options[];
extern const size_t        tern_num_library_options;

#endif
