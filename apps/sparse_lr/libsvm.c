/** \file
 * Examples in libsvm's format, see formats.h.
 */
#include "formats.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t";

int lr_label_of(const char *text)
{
    char  *end    = NULL;
    double number = strtod(text, &end);

    if (end == text || *end != '\0')
        return 0;
    if (number == 1)
        return 1;
    return number == -1 || number == 0 ? -1 : 0;
}

static tern_status_t parse_entry(const char *text, lr_examples_t *examples,
                                 app_complaint_t *complaint)
{
    char              *end   = NULL;
    const char        *rest  = strchr(text, ':');
    unsigned long long index = 0;
    float              value = 0;

    errno = 0;
    index = strtoull(text, &end, 10);
    if (rest == NULL || text[0] < '0' || text[0] > '9' || end != rest)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "expected index:value, found \"%s\"", text);
    if (errno != 0 || index > LR_MAX_KEY)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "the index in \"%s\" is above %" PRIu64, text, LR_MAX_KEY);
    value = strtof(rest + 1, &end);
    if (end == rest + 1 || *end != '\0')
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "the value in \"%s\" is no number", text);
    if (!isfinite(value))
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "the value in \"%s\" is not finite", text);
    if (value != 0)
        lr_examples_add_entry(examples, index, value);
    return TERN_OK;
}

static tern_status_t parse(char *text, int hash_bits, lr_examples_t *examples,
                           app_complaint_t *complaint)
{
    char      *rest = NULL, *comment = strchr(text, '#'), *word = NULL;
    int        label    = 0;
    tern_key_t repeated = 0;

    (void)hash_bits;
    if (comment != NULL)
        *comment = '\0';
    word = strtok_r(text, blanks, &rest);
    if (word == NULL)
        return TERN_OK;
    label = lr_label_of(word);
    if (label == 0)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "the label \"%s\" is none of +1, 1, 0 and -1", word);
    while ((word = strtok_r(NULL, blanks, &rest)) != NULL) {
        tern_status_t status = parse_entry(word, examples, complaint);

        if (status != TERN_OK)
            return status;
    }
    if (!lr_examples_sort_entries(examples, &repeated))
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "the index %" PRIu64 " comes twice", repeated);
    lr_examples_add_label(examples, label);
    return TERN_OK;
}

const lr_format_t lr_format_libsvm = {"libsvm", parse};
