/** \file
 * The option registry: an array of settings, each an option with its value and origin.
 *
 * The sources are read from the strongest to the weakest, as the command line and the environment
 * name the file; a value is therefore kept when a weaker source comes with another.
 */
#include "runtime/options.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/suggest.h"

/* The number that the launcher gave this process: known before MPI is started. */
static bool is_first_process(void)
{
    static const char *const variables[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK",
                                            "PMI_RANK", "SLURM_PROCID"};

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *rank = getenv(variables[i]);

        if (rank)
            return strcmp(rank, "0") == 0;
    }
    return true;
}

tern_status_t tern_options_create(const char *program, const char *summary,
                                  tern_options_t **options_p)
{
    tern_options_t *options;
    tern_status_t   status;

    if (!program || !summary || !options_p) {
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR,
                 "options need a program name, a summary and a place for the result");
        return TERN_ERR_ARG;
    }
    options = calloc(1, sizeof(*options));
    if (!options)
        return TERN_ERR_NO_MEMORY;
    options->program    = program;
    options->summary    = summary;
    options->is_speaker = is_first_process();
    status = tern_options_add(options, tern_num_library_options, tern_library_options);
    if (status != TERN_OK) {
        tern_options_destroy(&options);
        return status;
    }
    options->num_library_settings = tern_num_library_options;
    *options_p                    = options;
    return TERN_OK;
}

void tern_options_destroy(tern_options_t **options_p)
{
    tern_options_t *options = *options_p;

    if (!options)
        return;
    while (options->texts) {
        tern_option_text_t *text = options->texts;

        options->texts = text->next;
        free(text);
    }
    free(options->operand_list);
    free(options->settings);
    free(options);
    *options_p = NULL;
}

tern_setting_t *tern_options_find(const tern_options_t *options, const char *name)
{
    for (size_t i = 0; i < options->num_settings; i++)
        if (strcmp(options->settings[i].option->name, name) == 0)
            return &options->settings[i];
    return NULL;
}

const char *const tern_answer_names[TERN_NUM_ANSWERS] = {
    [TERN_ANSWER_HELP]    = "help",
    [TERN_ANSWER_VERSION] = "version",
    [TERN_ANSWER_CONFIG]  = "print-config",
};

static bool is_answer(const char *name)
{
    for (int i = TERN_ANSWER_NONE + 1; i < TERN_NUM_ANSWERS; i++)
        if (strcmp(name, tern_answer_names[i]) == 0)
            return true;
    return false;
}

const char *tern_options_suggest(const tern_options_t *options, const char *name,
                                 bool with_answers)
{
    tern_suggestion_t suggestion;

    tern_suggestion_init(&suggestion, name);
    for (size_t i = 0; i < options->num_settings; i++)
        tern_suggestion_offer(&suggestion, options->settings[i].option->name);
    for (int i = TERN_ANSWER_NONE + 1; with_answers && i < TERN_NUM_ANSWERS; i++)
        tern_suggestion_offer(&suggestion, tern_answer_names[i]);
    return suggestion.nearest;
}

/* Append an option with its default; there is room. */
static tern_status_t add_option(tern_options_t *options, const tern_option_t *option)
{
    tern_setting_t setting = {.option = option};
    char           error[TERN_OPTION_ERROR_BYTES];

    if (!option->name || strlen(option->name) >= TERN_OPTION_NAME_BYTES) {
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "an option has no name or a long one");
        return TERN_ERR_ARG;
    }
    if (tern_options_find(options, option->name) || is_answer(option->name)) {
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "option %s is there already",
                 option->name);
        return TERN_ERR_ARG;
    }
    if (!tern_option_value_parse(option, option->default_value, &setting.value, error)) {
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "default of option %s: %s",
                 option->name, error);
        return TERN_ERR_ARG;
    }
    options->settings[options->num_settings++] = setting;
    return TERN_OK;
}

tern_status_t tern_options_add(tern_options_t *options, size_t num_options,
                               const tern_option_t list[])
{
    size_t          num_before = options->num_settings;
    tern_status_t   status     = TERN_OK;
    tern_setting_t *settings;

    settings = realloc(options->settings, (num_before + num_options) * sizeof(*settings));
    if (!settings)
        return TERN_ERR_NO_MEMORY;
    options->settings = settings;
    for (size_t i = 0; i < num_options && status == TERN_OK; i++)
        status = add_option(options, &list[i]);
    if (status != TERN_OK)
        options->num_settings = num_before;
    return status;
}

void tern_options_set_usage(tern_options_t *options, const char *operands,
                            const char *epilogue)
{
    options->operands = operands;
    options->epilogue = epilogue;
}

void tern_options_complain(const tern_options_t *options, const char *format, ...)
{
    char    text[TERN_ORIGIN_BYTES + TERN_OPTION_ERROR_BYTES];
    va_list arguments;

    if (!options->is_speaker)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s: %s\n", options->program, text);
}

const char *tern_options_keep(tern_options_t *options, const char *text)
{
    size_t              bytes = strlen(text) + 1;
    tern_option_text_t *kept  = malloc(sizeof(*kept) + bytes);

    if (!kept)
        return NULL;
    kept->next     = options->texts;
    options->texts = kept;
    return memcpy(kept->bytes, text, bytes);
}

/* Refuse a value in the words in which it was given. */
static tern_status_t refuse(const tern_options_t *options, const tern_option_t *option,
                            const char *text, tern_origin_t origin, const char *error)
{
    char variable[TERN_OPTION_NAME_BYTES + 8];

    switch (origin.kind) {
    case TERN_ORIGIN_FILE:
        tern_options_complain(options, "%s:%zu: %s = %s: %s", origin.file, origin.line,
                              option->name, text, error);
        break;
    case TERN_ORIGIN_ENVIRONMENT:
        tern_option_environment_name(option->name, variable);
        tern_options_complain(options, "%s=%s: %s", variable, text, error);
        break;
    default:
        tern_options_complain(options, "--%s %s: %s", option->name, text, error);
    }
    return TERN_ERR_USAGE;
}

tern_status_t tern_options_assign(tern_options_t *options, tern_setting_t *setting,
                                  const char *text, tern_origin_t origin)
{
    tern_option_value_t value;
    char                error[TERN_OPTION_ERROR_BYTES];
    const char         *kept = tern_options_keep(options, text);

    if (!kept)
        return TERN_ERR_NO_MEMORY;
    if (!tern_option_value_parse(setting->option, kept, &value, error))
        return refuse(options, setting->option, text, origin, error);
    if (origin.kind >= setting->origin.kind) {
        setting->value  = value;
        setting->origin = origin;
    }
    return TERN_OK;
}

tern_status_t tern_options_refuse_unknown(const tern_options_t *options,
                                          const char *where, const char *dashes,
                                          const char *name)
{
    const char *nearest = tern_options_suggest(options, name, dashes[0] == '-');

    if (nearest)
        tern_options_complain(options, "%sunknown option %s%s; did you mean %s%s?", where,
                              dashes, name, dashes, nearest);
    else
        tern_options_complain(options, "%sunknown option %s%s; --help lists them", where,
                              dashes, name);
    return TERN_ERR_USAGE;
}

tern_status_t tern_options_set(tern_options_t *options, const char *name,
                               const char *value)
{
    tern_setting_t *setting = tern_options_find(options, name);

    if (!setting)
        return tern_options_refuse_unknown(options, "", "--", name);
    return tern_options_assign(options, setting, value,
                               (tern_origin_t){.kind = TERN_ORIGIN_COMMAND_LINE});
}

static const tern_setting_t *find_typed(const tern_options_t *options, const char *name,
                                        tern_option_type_t type)
{
    const tern_setting_t *setting = tern_options_find(options, name);

    assert(setting && setting->option->type == type);
    (void)type;
    return setting;
}

bool tern_option_flag(const tern_options_t *options, const char *name)
{
    return find_typed(options, name, TERN_OPTION_FLAG)->value.flag;
}

int64_t tern_option_int(const tern_options_t *options, const char *name)
{
    return find_typed(options, name, TERN_OPTION_INT)->value.integer;
}

double tern_option_real(const tern_options_t *options, const char *name)
{
    return find_typed(options, name, TERN_OPTION_REAL)->value.real;
}

const char *tern_option_string(const tern_options_t *options, const char *name)
{
    const tern_setting_t *setting = tern_options_find(options, name);

    assert(setting && (setting->option->type == TERN_OPTION_STRING ||
                       setting->option->type == TERN_OPTION_CHOICE));
    return setting->value.text;
}

bool tern_option_is_set(const tern_options_t *options, const char *name)
{
    const tern_setting_t *setting = tern_options_find(options, name);

    assert(setting);
    return setting->origin.kind != TERN_ORIGIN_DEFAULT;
}

size_t tern_options_num_operands(const tern_options_t *options)
{
    return options->num_operands;
}

const char *tern_options_operand(const tern_options_t *options, size_t index)
{
    assert(index < options->num_operands);
    return options->operand_list[index];
}

void tern_options_visit(const tern_options_t *options, tern_option_visit_fn *visit,
                        void *context)
{
    char origin[TERN_ORIGIN_BYTES];

    for (size_t i = 0; i < options->num_settings; i++) {
        const tern_setting_t *setting = &options->settings[i];

        tern_setting_describe_origin(setting, origin);
        visit(setting->option->name, setting->value.text ? setting->value.text : "",
              origin, context);
    }
}
