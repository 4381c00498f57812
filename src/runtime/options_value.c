/** \file
 * From the text that a user wrote to a value of the option's type, or to the reason why not.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/options.h"
#include "base/suggest.h"

static bool parse_flag(const char *text, bool *flag, char error[])
{
    static const char *const words[] = {"no",  "yes", "false", "true",
                                        "off", "on",  "0",     "1"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(text, words[i]) == 0) {
            *flag = i % 2 == 1;
            return true;
        }
    snprintf(error, TERN_OPTION_ERROR_BYTES, "neither yes nor no");
    return false;
}

/* What a suffix multiplies with, 0 if there is no such suffix. */
static int64_t suffix_factor(const char *suffix)
{
    static const struct {
        const char *suffix;
        int64_t     factor;
    } factors[] = {
        {"", 1},         {"k", 1000},     {"M", 1000000},  {"G", 1000000000},
        {"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30},
    };

    for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
        if (strcmp(suffix, factors[i].suffix) == 0)
            return factors[i].factor;
    return 0;
}

static bool parse_integer(const char *text, int64_t *integer, char error[])
{
    char     *end;
    long long number;
    int64_t   factor;

    errno  = 0;
    number = strtoll(text, &end, 10);
    factor = suffix_factor(end);
    if (end == text || factor == 0) {
        snprintf(error, TERN_OPTION_ERROR_BYTES,
                 "not an integer (digits, then k, M, G, Ki, Mi or Gi if you like)");
        return false;
    }
    if (errno == ERANGE || __builtin_mul_overflow(number, factor, integer)) {
        snprintf(error, TERN_OPTION_ERROR_BYTES, "does not fit in 64 bits");
        return false;
    }
    return true;
}

static bool parse_real(const char *text, double *real, char error[])
{
    char *end;

    *real = strtod(text, &end);
    if (end == text || *end != '\0' || isnan(*real)) {
        snprintf(error, TERN_OPTION_ERROR_BYTES, "not a number");
        return false;
    }
    return true;
}

static bool is_in_bounds(const tern_option_t *option, double number, char error[])
{
    if (option->min == 0 && option->max == 0)
        return true;
    if (number >= option->min && number <= option->max)
        return true;
    if (option->max >= TERN_OPTION_UNBOUNDED)
        snprintf(error, TERN_OPTION_ERROR_BYTES, "must be at least %.12g", option->min);
    else
        snprintf(error, TERN_OPTION_ERROR_BYTES, "must be between %.12g and %.12g",
                 option->min, option->max);
    return false;
}

static bool parse_choice(const char *choices, const char *text, char error[])
{
    char              words[TERN_OPTION_ERROR_BYTES / 2];
    char             *rest = words;
    tern_suggestion_t suggestion;

    tern_suggestion_init(&suggestion, text);
    snprintf(words, sizeof(words), "%s", choices);
    for (char *word; (word = strsep(&rest, "|")) != NULL;) {
        if (strcmp(word, text) == 0)
            return true;
        tern_suggestion_offer(&suggestion, word);
    }
    if (suggestion.nearest)
        snprintf(error, TERN_OPTION_ERROR_BYTES, "not one of %s; did you mean %s?",
                 choices, suggestion.nearest);
    else
        snprintf(error, TERN_OPTION_ERROR_BYTES, "not one of %s", choices);
    return false;
}

bool tern_option_value_parse(const tern_option_t *option, const char *text,
                             tern_option_value_t *value,
                             char                 error[TERN_OPTION_ERROR_BYTES])
{
    *value = (tern_option_value_t){.text = text};
    if (!text) {
        snprintf(error, TERN_OPTION_ERROR_BYTES, "no value");
        return option->type == TERN_OPTION_STRING;
    }
    switch (option->type) {
    case TERN_OPTION_FLAG:
        return parse_flag(text, &value->flag, error);
    case TERN_OPTION_INT:
        return parse_integer(text, &value->integer, error) &&
               is_in_bounds(option, (double)value->integer, error);
    case TERN_OPTION_REAL:
        return parse_real(text, &value->real, error) &&
               is_in_bounds(option, value->real, error);
    case TERN_OPTION_CHOICE:
        return parse_choice(option->choices, text, error);
    case TERN_OPTION_STRING:
        return true;
    }
    return false;
}
