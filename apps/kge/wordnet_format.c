/** \file
 * WordNet's data files, see wordnet_format.h.
 */
#include "wordnet_format.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OFFSET_DIGITS = 8 };

/* The words of a line, one after the other. */
typedef struct words {
    char *rest;
} words_t;

static const char *next_word(words_t *words)
{
    return strtok_r(NULL, " \t\r\n", &words->rest);
}

/* False if the next word is not a number of that base. */
static bool next_number(words_t *words, int base, long *number_p)
{
    const char *word = next_word(words);
    char       *end  = NULL;

    if (word == NULL || !isxdigit((unsigned char)word[0]))
        return false;
    *number_p = strtol(word, &end, base);
    return *end == '\0';
}

/* Compose a synset's name; false if offset or part of speech is malformed. */
static bool name_synset(const char *offset, const char *part_of_speech, char *name)
{
    if (offset == NULL || part_of_speech == NULL)
        return false;
    if (strspn(offset, "0123456789") != OFFSET_DIGITS || offset[OFFSET_DIGITS] != '\0')
        return false;
    if (strlen(part_of_speech) != 1 || strchr("nvasr", part_of_speech[0]) == NULL)
        return false;
    memcpy(name, offset, OFFSET_DIGITS);
    name[OFFSET_DIGITS]     = part_of_speech[0] == 's' ? 'a' : part_of_speech[0];
    name[OFFSET_DIGITS + 1] = '\0';
    return true;
}

static const char *parse_pointer(words_t *words, const char *head,
                                 const kge_wordnet_visitor_t *visitor)
{
    const char *symbol         = next_word(words);
    const char *offset         = next_word(words);
    const char *part_of_speech = next_word(words);
    const char *ends           = next_word(words);
    char        tail[KGE_SYNSET_NAME_BYTES];

    if (ends == NULL)
        return "fewer pointers than the pointer count says";
    if (!name_synset(offset, part_of_speech, tail))
        return "a pointer's target is not an offset and a part of speech";

    const kge_wordnet_relation_t *relation =
        kge_wordnet_relation_find(symbol, head[OFFSET_DIGITS]);

    if (relation == NULL)
        return "unknown pointer symbol";
    visitor->pointer(head, relation, tail, visitor->context);
    return NULL;
}

/* The words of the synset, each with its lex_id. */
static const char *parse_lemmas(words_t *words, const char *synset,
                                const kge_wordnet_visitor_t *visitor)
{
    long num_lemmas = 0;

    if (!next_number(words, 16, &num_lemmas))
        return "the word count is not a hexadecimal number";
    for (long i = 0; i < num_lemmas; i++) {
        const char *word = next_word(words);

        if (next_word(words) == NULL)
            return "fewer words than the word count says";
        if (visitor->word != NULL)
            visitor->word(synset, word, visitor->context);
    }
    return NULL;
}

const char *kge_wordnet_parse(char *line, const kge_wordnet_visitor_t *visitor)
{
    words_t     words        = {NULL};
    long        num_pointers = 0;
    const char *wrong        = NULL;
    char        head[KGE_SYNSET_NAME_BYTES];

    if (line[0] == ' ' || line[0] == '\n' || line[0] == '\0')
        return NULL;
    char *gloss = strstr(line, " | ");

    if (gloss != NULL)
        *gloss = '\0';
    const char *offset         = strtok_r(line, " \t\r\n", &words.rest);
    const char *file_number    = next_word(&words);
    const char *part_of_speech = next_word(&words);

    (void)file_number;
    if (!name_synset(offset, part_of_speech, head))
        return "the line does not start with an offset, a file number and a synset type";
    wrong = parse_lemmas(&words, head, visitor);
    if (wrong == NULL && !next_number(&words, 10, &num_pointers))
        wrong = "the pointer count is not a number";
    for (long i = 0; i < num_pointers && wrong == NULL; i++)
        wrong = parse_pointer(&words, head, visitor);
    return wrong;
}

static tern_status_t read_file(const char *path, const kge_wordnet_visitor_t *visitor,
                               app_complaint_t *complaint)
{
    FILE         *file        = fopen(path, "r");
    char         *line        = NULL;
    size_t        line_bytes  = 0;
    size_t        line_number = 0;
    tern_status_t status      = TERN_OK;

    if (file == NULL)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    while (status == TERN_OK && getline(&line, &line_bytes, file) >= 0) {
        const char *wrong = kge_wordnet_parse(line, visitor);

        line_number++;
        if (wrong != NULL)
            status = app_complain(complaint, TERN_ERR_FORMAT, "%s:%zu: %s", path,
                                  line_number, wrong);
    }
    if (status == TERN_OK && ferror(file))
        status = app_complain(complaint, TERN_ERR_IO, "%s: cannot be read", path);
    free(line);
    fclose(file);
    return status;
}

tern_status_t kge_wordnet_read(const char                  *directory,
                               const kge_wordnet_visitor_t *visitor,
                               app_complaint_t             *complaint)
{
    static const char *const files[] = {"data.noun", "data.verb", "data.adj", "data.adv"};
    tern_status_t            status  = TERN_OK;
    char                     path[4096];

    for (size_t i = 0; i < 4 && status == TERN_OK; i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, files[i]);
        status = read_file(path, visitor, complaint);
    }
    return status;
}
