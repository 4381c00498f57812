/** \file
 * Examples as tab-separated integers and categories, see formats.h.
 */
#include "formats.h"

#include "tern/random.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NUM_INTEGERS   = 13,
    NUM_CATEGORIES = 26,
    NUM_FIELDS     = NUM_INTEGERS + NUM_CATEGORIES
};

static tern_key_t key_of(size_t field, const char *value, int hash_bits)
{
    uint64_t hash = 0xcbf29ce484222325u + field;

    for (; *value != '\0'; value++)
        hash = (hash ^ (uint64_t)(unsigned char)*value) * 0x100000001b3u;
    hash = tern_random_mix(tern_random_mix(hash)) >> (64 - hash_bits);
    return hash > LR_MAX_KEY ? LR_MAX_KEY : hash;
}

/* Counts spread over powers of ten: neighbours become one feature. */
static tern_status_t bucket_of(const char *text, char bucket[], size_t bucket_bytes,
                               app_complaint_t *complaint)
{
    char     *end    = NULL;
    long long number = 0;

    errno  = 0;
    number = strtoll(text, &end, 10);
    if (*end != '\0' || errno != 0)
        return app_complain(complaint, TERN_ERR_FORMAT, "\"%s\" is no integer", text);
    if (number > 2) {
        double size = log((double)number);

        number = (long long)(size * size) + 2;
    }
    snprintf(bucket, bucket_bytes, "%lld", number);
    return TERN_OK;
}

static tern_status_t parse_field(size_t field, const char *text, int hash_bits,
                                 lr_examples_t *examples, app_complaint_t *complaint)
{
    char          bucket[32];
    tern_status_t status = TERN_OK;

    if (text[0] == '\0')
        return TERN_OK;
    if (field < NUM_INTEGERS) {
        status = bucket_of(text, bucket, sizeof(bucket), complaint);
        text   = bucket;
    }
    if (status == TERN_OK)
        lr_examples_add_entry(examples, key_of(field, text, hash_bits), 1);
    return status;
}

static tern_status_t parse(char *text, int hash_bits, lr_examples_t *examples,
                           app_complaint_t *complaint)
{
    char  *rest = text, *word = strsep(&rest, "\t");
    int    label = lr_label_of(word);
    size_t field = 0;

    if (rest == NULL && word[0] == '\0')
        return TERN_OK;
    if (label == 0)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "the label \"%s\" is neither 0 nor 1", word);
    while ((word = strsep(&rest, "\t")) != NULL) {
        tern_status_t status =
            field < NUM_FIELDS ? parse_field(field, word, hash_bits, examples, complaint)
                               : TERN_OK;

        if (status != TERN_OK)
            return status;
        field++;
    }
    if (field != NUM_FIELDS)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "expected a label and %d fields, found %zu", NUM_FIELDS,
                            field);
    lr_examples_merge_entries(examples); /* of few bits, hashes of two fields may meet */
    lr_examples_add_label(examples, label);
    return TERN_OK;
}

const lr_format_t lr_format_criteo = {"criteo", parse};
