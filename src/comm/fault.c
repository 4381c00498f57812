#include "comm/fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tern/random.h"

/* One "name:number" from `text`; returns what follows it, NULL if it is malformed. */
static const char *parse_part(tern_fault_t *fault, const char *text)
{
    const char *colon = strchr(text, ':');
    size_t      length;
    char       *end;
    double      number;

    if (colon == NULL)
        return NULL;
    length = (size_t)(colon - text);
    number = strtod(colon + 1, &end);
    if (end == colon + 1 || (*end != ',' && *end != '\0'))
        return NULL;
    if (length == 4 && strncmp(text, "seed", length) == 0)
        fault->seed = (uint64_t)number;
    else if (number < 0 || number > 1)
        return NULL;
    else if (length == 4 && strncmp(text, "drop", length) == 0)
        fault->drop = number;
    else if (length == 9 && strncmp(text, "duplicate", length) == 0)
        fault->duplicate = number;
    else if (length == 5 && strncmp(text, "delay", length) == 0)
        fault->delay = number;
    else
        return NULL;
    return *end == ',' ? end + 1 : end;
}

tern_status_t tern_fault_parse(tern_fault_t *fault, const char *specification, int rank)
{
    *fault = (tern_fault_t){.seed = 1, .stream = (uint64_t)rank};
    if (specification == NULL)
        return TERN_OK;
    for (const char *text = specification; *text != '\0';) {
        const char *next = parse_part(fault, text);

        if (next == NULL) {
            tern_log(TERN_LOG_COMM, TERN_LOG_ERROR,
                     "bad message fault '%s': want drop:P, duplicate:P, delay:P with 0 "
                     "<= P <= 1, "
                     "or seed:N, separated by commas",
                     text);
            return TERN_ERR_USAGE;
        }
        text = next;
    }
    return TERN_OK;
}

tern_fault_kind_t tern_fault_draw(tern_fault_t *fault, tern_message_kind_t kind)
{
    double u;

    if (!tern_fault_is_active(fault) || !tern_message_is_sent_again(kind))
        return TERN_FAULT_NONE;
    u = tern_random_unit(fault->seed, fault->stream, fault->counter++);
    if (u < fault->drop)
        return TERN_FAULT_DROP;
    if (u < fault->drop + fault->duplicate)
        return TERN_FAULT_DUPLICATE;
    if (u < fault->drop + fault->duplicate + fault->delay)
        return TERN_FAULT_DELAY;
    return TERN_FAULT_NONE;
}
