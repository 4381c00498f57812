/** \file
 * The answers to --help, --version and --print-config.
 */
#include <string.h>

#include "runtime/options.h"
#include "tern/info.h"

#define HELP_COLUMN 32 /* where the help of an option begins */
#define LINE_WIDTH  90

/* What stands for the value: the choices, the unit, or a word for the type. */
static const char *value_word(const tern_option_t *option)
{
    if (option->type == TERN_OPTION_CHOICE)
        return option->choices;
    if (option->unit)
        return option->unit;
    switch (option->type) {
    case TERN_OPTION_INT:
        return "integer";
    case TERN_OPTION_REAL:
        return "number";
    default:
        return "text";
    }
}

/* "help (default 20 epochs; 1 to 1000)". */
static void describe(const tern_option_t *option, char text[], size_t bytes)
{
    int length = snprintf(text, bytes, "%s", option->help);

    if (!option->default_value || (size_t)length >= bytes)
        return;
    length += snprintf(text + length, bytes - (size_t)length, " (default %s%s%s",
                       option->default_value, option->unit ? " " : "",
                       option->unit ? option->unit : "");
    if ((size_t)length >= bytes)
        return;
    if (option->min == 0 && option->max == 0)
        snprintf(text + length, bytes - (size_t)length, ")");
    else if (option->max >= TERN_OPTION_UNBOUNDED)
        snprintf(text + length, bytes - (size_t)length, "; at least %.6g)", option->min);
    else
        snprintf(text + length, bytes - (size_t)length, "; %.6g to %.6g)", option->min,
                 option->max);
}

/* Print words from HELP_COLUMN on; `column` is where the line stands now. */
static void print_wrapped(char *text, int column, FILE *stream)
{
    bool is_first = true;

    for (char *word; (word = strsep(&text, " ")) != NULL;) {
        if (column > HELP_COLUMN && column + 1 + (int)strlen(word) > LINE_WIDTH)
            column = fprintf(stream, "\n") - 1;
        if (column < HELP_COLUMN || is_first)
            column += fprintf(stream, "%*s", HELP_COLUMN - column, "");
        else
            column += fprintf(stream, " ");
        column += fprintf(stream, "%s", word);
        is_first = false;
    }
    fprintf(stream, "\n");
}

static void print_option(const tern_option_t *option, FILE *stream)
{
    char text[1024];
    int  column;

    if (option->type == TERN_OPTION_FLAG)
        column = fprintf(stream, "  --[no-]%s", option->name);
    else
        column = fprintf(stream, "  --%s <%s>", option->name, value_word(option));
    if (column >= HELP_COLUMN)
        column = fprintf(stream, "\n") - 1;
    describe(option, text, sizeof(text));
    print_wrapped(text, column, stream);
}

static void print_options(const tern_setting_t settings[], size_t num_settings,
                          const char *title, FILE *stream)
{
    if (num_settings == 0)
        return;
    fprintf(stream, "\n%s\n", title);
    for (size_t i = 0; i < num_settings; i++)
        print_option(settings[i].option, stream);
}

void tern_options_print_help(const tern_options_t *options, FILE *stream)
{
    size_t num_library = options->num_library_settings;

    fprintf(stream, "Usage: %s [options]%s%s\n%s\n", options->program,
            options->operands ? " " : "", options->operands ? options->operands : "",
            options->summary);
    print_options(options->settings + num_library, options->num_settings - num_library,
                  "Options:", stream);
    print_options(options->settings, num_library,
                  "Options of every Tern program:", stream);
    fprintf(stream, "  %-*s%s\n", HELP_COLUMN - 2, "--print-config",
            "print every option with its value and origin, and exit");
    fprintf(stream, "  %-*s%s\n", HELP_COLUMN - 2, "--help, --version",
            "print this or the version, and exit");
    fprintf(
        stream,
        "\nEvery option can also be set in the environment, as TERN_ and its name in "
        "capitals\n(TERN_SERVERS_PER_NODE=2), or in a file (--config FILE or "
        "TERN_CONFIG; lines\n\"name = value\", # begins a comment). The command line "
        "wins over the environment, the\nenvironment over the file. Integers take the "
        "suffixes k, M, G, Ki, Mi, Gi.\n"
        "\nExit codes: 0 success; 1 failure; 2 wrong usage; 128 + n stopped by signal "
        "n.\n");
    if (options->epilogue)
        fprintf(stream, "\n%s\n", options->epilogue);
}

void tern_options_print_version(const tern_options_t *options, FILE *stream)
{
    fprintf(stream, "%s (Tern) %s\n", options->program, tern_version());
}

/* The output can be used as a file: what has no value, and the name of the file itself, is a
 * comment there. */
static void print_setting(const char *name, const char *value, const char *origin,
                          void *context)
{
    bool is_comment = value[0] == '\0' || strcmp(name, "config") == 0;

    fprintf(context, "%s%s = %s%s# origin: %s\n", is_comment ? "# " : "", name, value,
            value[0] ? "  " : " ", origin);
}

void tern_options_print_config(const tern_options_t *options, FILE *stream)
{
    tern_options_visit(options, print_setting, stream);
}
