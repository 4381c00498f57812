/** \file
 * Where values come from: the command line, the environment, a file.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/options.h"

extern char **environ;

static const tern_origin_t command_line = {.kind = TERN_ORIGIN_COMMAND_LINE};
static const tern_origin_t environment  = {.kind = TERN_ORIGIN_ENVIRONMENT};

/* The flag that "no-NAME" switches off, NULL if there is none. */
static tern_setting_t *find_negated(const tern_options_t *options, const char *name)
{
    tern_setting_t *setting = NULL;

    if (strncmp(name, "no-", 3) == 0)
        setting = tern_options_find(options, name + 3);
    return setting && setting->option->type == TERN_OPTION_FLAG ? setting : NULL;
}

/* One option of the command line: `argument` is what follows "--", `next` the argument after it, if
 * there is one, which the option may take as its value. */
static tern_status_t read_option(tern_options_t *options, const char *argument,
                                 const char *next, bool *takes_next)
{
    size_t          name_length = strcspn(argument, "=");
    const char     *value = argument[name_length] ? argument + name_length + 1 : NULL;
    char            name[TERN_OPTION_NAME_BYTES];
    tern_setting_t *setting;

    snprintf(name, sizeof(name), "%.*s", (int)name_length, argument);
    setting = tern_options_find(options, name);
    if (!setting && !value && (setting = find_negated(options, name)))
        return tern_options_assign(options, setting, "no", command_line);
    if (!setting)
        return tern_options_refuse_unknown(options, "", "--", name);
    if (value)
        return tern_options_assign(options, setting, value, command_line);
    if (setting->option->type == TERN_OPTION_FLAG)
        return tern_options_assign(options, setting, "yes", command_line);
    if (!next || strncmp(next, "--", 2) == 0) {
        tern_options_complain(options, "--%s needs a value", name);
        return TERN_ERR_USAGE;
    }
    *takes_next = true;
    return tern_options_assign(options, setting, next, command_line);
}

static tern_options_answer_t answer_of(const char *argument)
{
    if (strcmp(argument, "-h") == 0)
        return TERN_ANSWER_HELP;
    if (strncmp(argument, "--", 2) == 0)
        for (int i = TERN_ANSWER_NONE + 1; i < TERN_NUM_ANSWERS; i++)
            if (strcmp(argument + 2, tern_answer_names[i]) == 0)
                return (tern_options_answer_t)i;
    return TERN_ANSWER_NONE;
}

static tern_status_t add_operand(tern_options_t *options, const char *operand)
{
    if (!options->operands) {
        tern_options_complain(options, "unexpected operand \"%s\"; --help says more",
                              operand);
        return TERN_ERR_USAGE;
    }
    options->operand_list[options->num_operands++] = operand;
    return TERN_OK;
}

/* "-" is an operand: standard input, by custom. */
static bool is_option(const char *argument)
{
    return argument[0] == '-' && argument[1] != '\0';
}

tern_status_t tern_options_read_command_line(tern_options_t *options, int argc,
                                             char                  *argv[],
                                             tern_options_answer_t *answer_p)
{
    bool has_ended = false;

    free(options->operand_list);
    options->num_operands = 0;
    options->operand_list = calloc((size_t)argc + 1, sizeof(*options->operand_list));
    if (!options->operand_list)
        return TERN_ERR_NO_MEMORY;
    for (int i = 1; i < argc; i++) {
        tern_options_answer_t answer     = answer_of(argv[i]);
        bool                  takes_next = false;
        tern_status_t         status     = TERN_OK;

        if (has_ended || !is_option(argv[i])) {
            status = add_operand(options, argv[i]);
        } else if (strcmp(argv[i], "--") == 0) {
            has_ended = true;
        } else if (answer != TERN_ANSWER_NONE) {
            *answer_p = answer;
            if (answer != TERN_ANSWER_CONFIG)
                return TERN_OK; /* whatever else is there */
        } else if (argv[i][1] != '-') {
            tern_options_complain(options, "unknown option %s; names begin with --",
                                  argv[i]);
            status = TERN_ERR_USAGE;
        } else {
            status = read_option(options, argv[i] + 2, i + 1 < argc ? argv[i + 1] : NULL,
                                 &takes_next);
        }
        if (status != TERN_OK)
            return status;
        i += takes_next;
    }
    return TERN_OK;
}

/* The environment is shared with other programs: a name that this one does not know is no error. */
static void warn_unknown(const tern_options_t *options, const char *variable)
{
    char        name[TERN_OPTION_NAME_BYTES + 8] = "";
    char        known[TERN_OPTION_NAME_BYTES + 8];
    const char *letter = variable + strlen("TERN_");
    const char *nearest;

    for (char *to = name; *letter; letter++)
        *to++ = *letter == '_' ? '-' : (char)tolower((unsigned char)*letter);
    nearest = tern_options_suggest(options, name, false);
    if (nearest)
        tern_option_environment_name(nearest, known);
    tern_options_complain(options, "warning: unknown option %s in the environment%s%s%s",
                          variable, nearest ? "; did you mean " : "",
                          nearest ? known : "", nearest ? "?" : "");
}

/* The setting that a variable of the environment is for. */
static tern_setting_t *find_by_variable(const tern_options_t *options,
                                        const char           *variable)
{
    char known[TERN_OPTION_NAME_BYTES + 8];

    for (size_t i = 0; i < options->num_settings; i++) {
        tern_option_environment_name(options->settings[i].option->name, known);
        if (strcmp(known, variable) == 0)
            return &options->settings[i];
    }
    return NULL;
}

tern_status_t tern_options_read_environment(tern_options_t *options)
{
    for (char **entry = environ; entry && *entry; entry++) {
        char            variable[TERN_OPTION_NAME_BYTES + 8];
        size_t          name_length = strcspn(*entry, "=");
        tern_setting_t *setting;
        tern_status_t   status = TERN_OK;

        if (strncmp(*entry, "TERN_", 5) != 0 || (*entry)[name_length] != '=' ||
            strncmp(*entry, "TERN_RUN_", 9) == 0 ||     /* tern-run's word to its ranks */
            strncmp(*entry, "TERN_VCLUSTER_", 14) == 0) /* read by vcluster */
            continue;
        snprintf(variable, sizeof(variable), "%.*s", (int)name_length, *entry);
        setting = find_by_variable(options, variable);
        if (setting)
            status = tern_options_assign(options, setting, *entry + name_length + 1,
                                         environment);
        else
            warn_unknown(options, variable);
        if (status != TERN_OK)
            return status;
    }
    return TERN_OK;
}

/* Cut white space off both ends, in place. */
static char *trim(char *text)
{
    size_t length;

    text += strspn(text, " \t\r\n");
    for (length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]);)
        length--;
    text[length] = '\0';
    return text;
}

/* A comment starts at a '#' that begins the line or follows white space. */
static void cut_comment(char *line)
{
    for (char *mark = strchr(line, '#'); mark; mark = strchr(mark + 1, '#'))
        if (mark == line || isspace((unsigned char)mark[-1])) {
            *mark = '\0';
            return;
        }
}

/* One line of a file; it is changed. */
static tern_status_t read_line(tern_options_t *options, char *line, tern_origin_t origin)
{
    char            where[TERN_ORIGIN_BYTES];
    char           *name, *equals;
    tern_setting_t *setting;

    cut_comment(line);
    name = trim(line);
    if (*name == '\0')
        return TERN_OK;
    equals = strchr(name, '=');
    if (!equals) {
        tern_options_complain(options, "%s:%zu: \"%s\" is not of the form name = value",
                              origin.file, origin.line, name);
        return TERN_ERR_USAGE;
    }
    *equals = '\0';
    name    = trim(name);
    setting = tern_options_find(options, name);
    if (!setting) {
        snprintf(where, sizeof(where), "%s:%zu: ", origin.file, origin.line);
        return tern_options_refuse_unknown(options, where, "", name);
    }
    if (strcmp(name, "config") == 0) {
        tern_options_complain(options, "%s:%zu: a file cannot name another file",
                              origin.file, origin.line);
        return TERN_ERR_USAGE;
    }
    return tern_options_assign(options, setting, trim(equals + 1), origin);
}

tern_status_t tern_options_read_file(tern_options_t *options, const char *path)
{
    tern_origin_t origin   = {.kind = TERN_ORIGIN_FILE, .file = path};
    tern_status_t status   = TERN_OK;
    char         *line     = NULL;
    size_t        capacity = 0;
    FILE         *file     = fopen(path, "r");

    if (!file) {
        tern_options_complain(options, "cannot read %s: %s", path, strerror(errno));
        return TERN_ERR_USAGE;
    }
    while (status == TERN_OK && getline(&line, &capacity, file) >= 0) {
        origin.line++;
        status = read_line(options, line, origin);
    }
    if (ferror(file) && status == TERN_OK) {
        tern_options_complain(options, "cannot read %s: %s", path, strerror(errno));
        status = TERN_ERR_USAGE;
    }
    free(line);
    fclose(file);
    return status;
}
