/** \file
 * Options end at the first word that is none: the program. To find it, the number of words that follow each
 * option of mpirun must be known; options that are not in the list can be handed over word by word with --pass.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "help.h"
#include "options.h"

enum { MAX_NAME = 63, MAX_GRACE_SECONDS = 3600 };

static run_parsed_t refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

static run_parsed_t refuse(const char *format, ...)
{
    va_list arguments;

    fputs("tern-run: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return RUN_REFUSED;
}

static run_parsed_t refuse_unknown(const char *word, const char *name)
{
    const char *nearest = run_option_nearest(name);

    if (nearest)
        return refuse("unknown option %s; did you mean --%s?", word, nearest);
    return refuse(
        "unknown option %s; tern-run --help lists what there is, and --pass hands "
        "any word to mpirun",
        word);
}

static run_parsed_t set_transport(run_settings_t *settings, const char *value)
{
    static const char *const choices[] = {"auto", "ob1", "ucx"};

    for (int choice = RUN_AUTO; choice <= RUN_UCX; choice++)
        if (strcmp(value, choices[choice]) == 0) {
            settings->transport = (run_choice_t)choice;
            return RUN_PARSED;
        }
    return refuse("--transport is auto, ob1 or ucx, not \"%s\"", value);
}

static run_parsed_t set_grace(run_settings_t *settings, const char *value)
{
    char *end     = NULL;
    long  seconds = strtol(value, &end, 10);

    if (end == value || *end || seconds < 0 || seconds > MAX_GRACE_SECONDS)
        return refuse("--grace-seconds is a number from 0 to %d, not \"%s\"",
                      MAX_GRACE_SECONDS, value);
    settings->grace_seconds = (int)seconds;
    return RUN_PARSED;
}

static run_parsed_t answer(bool is_help)
{
    if (is_help)
        run_help_print();
    else
        puts("tern-run " PACKAGE_VERSION);
    return RUN_ANSWERED;
}

static run_parsed_t set_own(run_settings_t *settings, const char *name, char *value)
{
    if (strcmp(name, "transport") == 0)
        return set_transport(settings, value);
    if (strcmp(name, "grace-seconds") == 0)
        return set_grace(settings, value);
    if (strcmp(name, "interface") == 0)
        settings->interface = value;
    else if (strcmp(name, "mpirun") == 0)
        settings->mpirun = value;
    else if (strcmp(name, "pass") == 0)
        settings->words[settings->num_words++] = value;
    else if (strcmp(name, "tolerate-crashes") == 0)
        settings->tolerate_crashes = true;
    else
        return answer(strcmp(name, "help") == 0);
    return RUN_PARSED;
}

/* One option and its values, which begin at `next`. "--name=value" is for tern-run's own. */
static run_parsed_t take_option(run_settings_t *settings, char *word, char *next[],
                                int *num_taken)
{
    const char         *bare   = word + strspn(word, "-");
    char               *equals = strchr(word, '=');
    const run_option_t *option;
    char                name[MAX_NAME + 1];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(bare, "="), bare);
    option = run_option_find(strcmp(word, "-h") == 0 ? "help" : name);
    if (!option || (equals && (!option->is_own || option->num_values == 0)))
        return refuse_unknown(word, name);
    if (option->is_own && equals)
        return set_own(settings, option->name, equals + 1);
    for (int i = 0; i < option->num_values; i++)
        if (!next[i])
            return refuse("%s needs %d value%s", word, option->num_values,
                          option->num_values == 1 ? "" : "s");
    *num_taken = option->num_values;
    if (option->is_own)
        return set_own(settings, option->name, next[0]);
    settings->words[settings->num_words++] = word;
    for (int i = 0; i < option->num_values; i++)
        settings->words[settings->num_words++] = next[i];
    return RUN_PARSED;
}

/* mpirun would take a lone colon for the end of one program and the beginning of another. */
static run_parsed_t check_program(char *program[])
{
    if (!program[0])
        return refuse("no program; tern-run --help says more");
    for (; *program; program++)
        if (strcmp(*program, ":") == 0)
            return refuse("\":\": tern-run starts one program, with roles by --roles");
    return RUN_PARSED;
}

run_parsed_t run_settings_parse(run_settings_t *settings, int argc, char *argv[])
{
    int i = 1;

    *settings       = (run_settings_t){.grace_seconds = 5, .mpirun = "mpirun"};
    settings->words = calloc((size_t)argc + 1, sizeof *settings->words);
    if (!settings->words)
        return refuse("no memory");
    for (; i < argc && argv[i][0] == '-'; i++) {
        int          num_taken = 0;
        run_parsed_t parsed;

        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        parsed = take_option(settings, argv[i], argv + i + 1, &num_taken);
        if (parsed != RUN_PARSED)
            return parsed;
        i += num_taken;
    }
    settings->program = argv + i;
    return check_program(settings->program);
}

void run_settings_free(run_settings_t *settings)
{
    free(settings->words);
}
