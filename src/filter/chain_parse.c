/** \file
 * text = filter {"," filter}; filter = name [":" number] [":" word].
 */
#include "filter/chain_parse.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What error messages are about. */
typedef struct parser {
    const char                   *where;
    const tern_filter_registry_t *registry;
    tern_chain_t                 *chain;
} parser_t;

__attribute__((format(printf, 2, 3))) static tern_status_t refuse(const parser_t *parser,
                                                                  const char *format, ...)
{
    char    why[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    tern_log(TERN_LOG_FILTER, TERN_LOG_ERROR, "%s: %s", parser->where, why);
    return TERN_ERR_ARG;
}

static tern_status_t refuse_unknown(const parser_t *parser, const char *name)
{
    const char *nearest = tern_filter_registry_nearest(parser->registry, name);

    return nearest != NULL ? refuse(parser, "there is no filter '%s'; did you mean '%s'?",
                                    name, nearest)
                           : refuse(parser, "there is no filter '%s'", name);
}

static const char *name_of(const tern_filter_step_t *step)
{
    return step->own != NULL ? step->own->name : step->ops->name;
}

static tern_status_t refuse_number(const parser_t *parser, const tern_filter_step_t *step,
                                   const char *text)
{
    const tern_filter_number_t *number = &step->ops->number;
    const char                 *kind   = number->is_whole ? "whole number" : "number";

    return isinf(number->most)
               ? refuse(parser, "filter '%s': %s '%s' is not a %s of at least %g",
                        name_of(step), number->meaning, text, kind, number->least)
               : refuse(parser, "filter '%s': %s '%s' is not a %s from %g to %g",
                        name_of(step), number->meaning, text, kind, number->least,
                        number->most);
}

bool tern_filter_accepts(const tern_filter_step_t *step, double value)
{
    const tern_filter_number_t *number = &step->ops->number;

    return isfinite(value) && value >= number->least && value <= number->most &&
           (!number->is_whole || value == floor(value));
}

/* One parameter: the word, or else the number. */
static tern_status_t parse_parameter(const parser_t *parser, tern_filter_step_t *step,
                                     const char *text, bool *has_number)
{
    const tern_filter_ops_t *ops = step->ops;
    char                    *end;

    if (ops->word != NULL && strcmp(text, ops->word) == 0) {
        if (ops->word_is_for_pushes && parser->chain->is_for_pulls)
            return refuse(parser, "filter '%s': '%s' is for pushes only", name_of(step),
                          text);
        step->has_word = true;
        return TERN_OK;
    }
    if (ops->number.meaning == NULL || *has_number)
        return ops->word != NULL
                   ? refuse(parser,
                            "filter '%s': bad parameter '%s', only '%s' may follow",
                            name_of(step), text, ops->word)
                   : refuse(parser, "filter '%s' takes no parameter '%s'", name_of(step),
                            text);
    step->number = strtod(text, &end);
    *has_number  = true;
    return end == text || *end != '\0' || !tern_filter_accepts(step, step->number)
               ? refuse_number(parser, step, text)
               : TERN_OK;
}

static tern_status_t parse_parameters(const parser_t *parser, tern_filter_step_t *step,
                                      char *text)
{
    bool  has_number = false;
    char *parameter;

    step->number = step->ops->number.otherwise;
    while ((parameter = strsep(&text, ":")) != NULL) {
        tern_status_t status = parse_parameter(parser, step, parameter, &has_number);

        if (status != TERN_OK)
            return status;
    }
    if (step->ops->number.is_required && !has_number)
        return refuse(parser, "filter '%s' wants its %s: %s:NUMBER", name_of(step),
                      step->ops->number.meaning, name_of(step));
    return TERN_OK;
}

/* May this step follow those before it? */
static tern_status_t check_place(const parser_t *parser, const tern_filter_step_t *step)
{
    const tern_chain_t *chain = parser->chain;

    if (chain->is_for_pulls && !step->ops->is_for_pulls)
        return refuse(parser,
                      "filter '%s' chooses what is pushed; pulls have no use for it",
                      name_of(step));
    for (uint32_t s = 0; s < chain->num_steps; s++) {
        const tern_filter_step_t *other = &chain->steps[s];

        if (strcmp(name_of(other), name_of(step)) == 0)
            return refuse(parser, "filter '%s' is there twice", name_of(step));
        if (step->ops->stage == TERN_STAGE_KEYS || other->ops->stage == TERN_STAGE_KEYS)
            continue;
        if (step->ops->stage < other->ops->stage)
            return refuse(parser, "filter '%s' must stand before '%s'", name_of(step),
                          name_of(other));
        if (step->ops->stage == other->ops->stage &&
            step->ops->stage == TERN_STAGE_VALUES)
            return refuse(parser, "'%s' and '%s' both write values in fewer bytes",
                          name_of(other), name_of(step));
    }
    return TERN_OK;
}

static tern_status_t parse_filter(const parser_t *parser, char *text)
{
    tern_chain_t       *chain = parser->chain;
    tern_filter_step_t *step  = &chain->steps[chain->num_steps];
    char               *name  = strsep(&text, ":");
    tern_status_t       status;

    if (chain->num_steps == TERN_MAX_FILTERS)
        return refuse(parser, "more than %u filters", TERN_MAX_FILTERS);
    step->ops = tern_filter_registry_find(parser->registry, name, &step->own);
    if (step->ops == NULL)
        return refuse_unknown(parser, name);
    if (step->ops->missing_library != NULL) {
        refuse(parser,
               "filter '%s' is not in this build, which configure made without %s", name,
               step->ops->missing_library);
        return TERN_ERR_UNSUPPORTED;
    }
    status = parse_parameters(parser, step, text);
    if (status == TERN_OK)
        status = check_place(parser, step);
    if (status == TERN_OK)
        chain->num_steps++;
    return status;
}

tern_status_t tern_chain_parse(tern_chain_t                 *chain,
                               const tern_filter_registry_t *registry, const char *where,
                               const char *text)
{
    parser_t parser = {where, registry, chain};
    char     copy[TERN_FILTER_TEXT_BYTES];
    char    *rest = copy, *filter;

    if (strlen(text) >= sizeof copy)
        return refuse(&parser, "the text is longer than %zu characters", sizeof copy - 1);
    strcpy(copy, text);
    while ((filter = strsep(&rest, ",")) != NULL) {
        tern_status_t status = parse_filter(&parser, filter);

        if (status != TERN_OK)
            return status;
    }
    return TERN_OK;
}
