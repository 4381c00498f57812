/** \file
 * Plural analogies, see analogies.h.
 */
#include "analogies.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { MIN_LETTERS = 3 };

typedef struct plural {
    uint32_t one, many;
} plural_t;

/* False if `word` has no plural among the first words. */
static bool find_plural(const w2v_space_t *space, uint32_t word, size_t max_rank,
                        plural_t *plural)
{
    const char *text   = app_names_text(space->names, word);
    size_t      length = strlen(text);
    char        many[256];

    if (length < MIN_LETTERS || text[length - 1] == 's' || length + 2 > sizeof(many))
        return false;
    memcpy(many, text, length);
    memcpy(many + length, "s", 2);
    plural->one = word;
    return app_names_find(space->names, many, &plural->many) && plural->many < max_rank;
}

static bool is_right(const w2v_space_t *space, plural_t example, plural_t asked,
                     size_t max_rank, float point[])
{
    size_t         dim       = space->dim;
    const uint32_t except[3] = {example.one, example.many, asked.one};

    for (size_t j = 0; j < dim; j++)
        point[j] = space->values[example.many * dim + j] -
                   space->values[example.one * dim + j] +
                   space->values[asked.one * dim + j];
    return w2v_space_num_nearer(space, point, asked.many, max_rank, 3, except) <
           W2V_ANALOGY_TOP;
}

w2v_analogies_t w2v_analogies_ask(const w2v_space_t *space, size_t max_rank)
{
    size_t    num_words = space->num < max_rank ? space->num : max_rank;
    plural_t *plurals   = APP_NEW(plural_t, num_words);
    float    *point     = APP_NEW(float, space->dim);
    size_t    num       = 0;
    size_t    num_right = 0;

    for (uint32_t word = 0; word < num_words; word++)
        num += find_plural(space, word, num_words, &plurals[num]);
    if (num < 2)
        num = 0;
    for (size_t i = 0; i < num; i++)
        num_right +=
            is_right(space, plurals[i], plurals[(i + 1) % num], num_words, point);
    free(plurals);
    free(point);
    return (w2v_analogies_t){num, num > 0 ? (double)num_right / (double)num : 0};
}
