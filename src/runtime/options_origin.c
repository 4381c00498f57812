/** \file
 * Names of options in the environment, and origins in words.
 */
#include <ctype.h>
#include <string.h>

#include "runtime/options.h"

void tern_option_environment_name(const char *name,
                                  char        variable[TERN_OPTION_NAME_BYTES + 8])
{
    char *to = stpcpy(variable, "TERN_");

    for (; *name; name++)
        *to++ = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
    *to = '\0';
}

void tern_setting_describe_origin(const tern_setting_t *setting,
                                  char                  text[TERN_ORIGIN_BYTES])
{
    char variable[TERN_OPTION_NAME_BYTES + 8];

    switch (setting->origin.kind) {
    case TERN_ORIGIN_DEFAULT:
        strcpy(text, "default");
        break;
    case TERN_ORIGIN_FILE:
        snprintf(text, TERN_ORIGIN_BYTES, "%s:%zu", setting->origin.file,
                 setting->origin.line);
        break;
    case TERN_ORIGIN_ENVIRONMENT:
        tern_option_environment_name(setting->option->name, variable);
        snprintf(text, TERN_ORIGIN_BYTES, "environment %s", variable);
        break;
    case TERN_ORIGIN_COMMAND_LINE:
        strcpy(text, "command line");
        break;
    }
}
