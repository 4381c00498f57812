/** \file
 * One line of a WordNet data file, see wordnet_format.h.
 */
#include "wordnet_format.h"

#include <ctype.h>
#include <stdbool.h>
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
                                 kge_wordnet_visit_fn *visit, void *context)
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
    visit(head, relation, tail, context);
    return NULL;
}

static const char *skip_lemmas(words_t *words)
{
    long num_lemmas = 0;

    if (!next_number(words, 16, &num_lemmas))
        return "the word count is not a hexadecimal number";
    for (long i = 0; i < 2 * num_lemmas; i++) /* word and lex_id */
        if (next_word(words) == NULL)
            return "fewer words than the word count says";
    return NULL;
}

const char *kge_wordnet_parse(char *line, kge_wordnet_visit_fn *visit, void *context)
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
    wrong = skip_lemmas(&words);
    if (wrong == NULL && !next_number(&words, 10, &num_pointers))
        wrong = "the pointer count is not a number";
    for (long i = 0; i < num_pointers && wrong == NULL; i++)
        wrong = parse_pointer(&words, head, visit, context);
    return wrong;
}
