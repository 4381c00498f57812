/** \file
 * Reading all sources in order, from the strongest to the weakest, and answering what the user asked.
 */
#include "base/log.h"
#include "runtime/options.h"

static void answer(const tern_options_t *options, tern_options_answer_t question)
{
    if (!options->is_speaker)
        return;
    switch (question) {
    case TERN_ANSWER_HELP:
        tern_options_print_help(options, stdout);
        break;
    case TERN_ANSWER_VERSION:
        tern_options_print_version(options, stdout);
        break;
    case TERN_ANSWER_CONFIG:
        tern_options_print_config(options, stdout);
        break;
    default:
        break;
    }
    fflush(stdout);
}

/* Levels take effect here, so that what happens before tern_init() is logged as asked for. */
static tern_status_t apply_log_levels(const tern_options_t *options)
{
    const tern_setting_t *setting = tern_options_find(options, "log");
    char                  origin[TERN_ORIGIN_BYTES];

    if (!setting->value.text || tern_log_configure(setting->value.text))
        return TERN_OK;
    tern_setting_describe_origin(setting, origin);
    tern_options_complain(options,
                          "log = %s (%s): not of the form comm:trace,store:debug",
                          setting->value.text, origin);
    return TERN_ERR_USAGE;
}

tern_status_t tern_options_parse(tern_options_t *options, int argc, char *argv[])
{
    tern_options_answer_t question = TERN_ANSWER_NONE;
    const char           *path;
    tern_status_t         status;

    status = tern_options_read_command_line(options, argc, argv, &question);
    if (status == TERN_OK &&
        (question == TERN_ANSWER_NONE || question == TERN_ANSWER_CONFIG)) {
        status = tern_options_read_environment(options);
        path   = tern_option_string(options, "config");
        if (status == TERN_OK && path)
            status = tern_options_read_file(options, path);
        if (status == TERN_OK)
            status = apply_log_levels(options);
    }
    if (status != TERN_OK || question == TERN_ANSWER_NONE)
        return status;
    answer(options, question);
    return TERN_DONE;
}
