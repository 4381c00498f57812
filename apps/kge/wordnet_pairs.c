/** \file
 * Pairs of words from WordNet, see wordnet_pairs.h.
 *
 * Lists of facts are kept as sorted triples: (synset, MEMBER, word) and (synset, HYPERNYM, synset) while reading, then
 * (left, kind, right) for the pairs, words being their ranks.
 */
#include "wordnet_pairs.h"

#include "memory.h"
#include "names.h"
#include "tern/random.h"
#include "triples.h"
#include "wordnet_format.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MEMBER = 0, HYPERNYM = 1 };
enum { SYNONYMS = 0, HYPERNYMS = 1, NUM_KINDS = 2 };
enum { SAME_LETTERS = 4, MAX_WORD = 255, MAX_TRIES = 1000 };

typedef struct thesaurus {
    app_names_t  *vocabulary; /* numbered by rank */
    app_names_t  *synsets;
    kge_triples_t facts;            /* about synsets */
    kge_triples_t pairs[NUM_KINDS]; /* head left, tail right */
} thesaurus_t;

/* --- reading --- */

static tern_status_t read_vocabulary(const kge_pairs_recipe_t *recipe, app_names_t *words,
                                     app_complaint_t *complaint)
{
    FILE         *file       = fopen(recipe->vocabulary, "r");
    char         *line       = NULL;
    size_t        line_bytes = 0;
    tern_status_t status     = TERN_OK;

    if (file == NULL)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", recipe->vocabulary,
                            strerror(errno));
    while (app_names_count(words) < recipe->max_rank &&
           getline(&line, &line_bytes, file) >= 0) {
        line[strcspn(line, " \t\r\n")] = '\0';
        app_names_add(words, line);
    }
    if (app_names_count(words) == 0)
        status = app_complain(complaint, TERN_ERR_FORMAT, "%s:1: there is no word",
                              recipe->vocabulary);
    free(line);
    fclose(file);
    return status;
}

/* Words are in lower case in the vocabulary; adjectives may carry a marker, "galore(ip)". */
static void take_word(const char *synset, const char *word, void *context)
{
    thesaurus_t *thesaurus = context;
    char         text[MAX_WORD + 1];
    size_t       length = strcspn(word, "(");
    kge_triple_t fact   = {.head     = app_names_add(thesaurus->synsets, synset),
                           .relation = MEMBER};

    if (length > MAX_WORD)
        return;
    for (size_t i = 0; i < length; i++)
        text[i] = (char)tolower((unsigned char)word[i]);
    text[length] = '\0';
    if (app_names_find(thesaurus->vocabulary, text, &fact.tail))
        kge_triples_append(&thesaurus->facts, fact);
}

static void take_pointer(const char *head, const kge_wordnet_relation_t *relation,
                         const char *tail, void *context)
{
    thesaurus_t *thesaurus = context;
    kge_triple_t fact      = {.head     = app_names_add(thesaurus->synsets, head),
                              .relation = HYPERNYM,
                              .tail     = app_names_add(thesaurus->synsets, tail)};

    if (strcmp(relation->name, "hypernym") == 0)
        kge_triples_append(&thesaurus->facts, fact);
}

/* --- related words --- */

/* Facts of a synset, sorted: its members, then its hypernyms. */
typedef struct synset {
    const kge_triple_t *members, *hypernyms;
    size_t              num_members, num_hypernyms;
} synset_t;

static synset_t *index_synsets(const thesaurus_t *thesaurus)
{
    synset_t *synsets = APP_NEW(synset_t, app_names_count(thesaurus->synsets));

    for (size_t i = 0; i < thesaurus->facts.num; i++) {
        const kge_triple_t *fact   = &thesaurus->facts.items[i];
        synset_t           *synset = &synsets[fact->head];

        if (fact->relation == MEMBER && synset->num_members++ == 0)
            synset->members = fact;
        if (fact->relation == HYPERNYM && synset->num_hypernyms++ == 0)
            synset->hypernyms = fact;
    }
    return synsets;
}

static bool look_alike(const app_names_t *vocabulary, uint32_t a, uint32_t b)
{
    return strncmp(app_names_text(vocabulary, a), app_names_text(vocabulary, b),
                   SAME_LETTERS) == 0;
}

static void add_pair(thesaurus_t *thesaurus, int kind, uint32_t left, uint32_t right)
{
    if (left != right && !look_alike(thesaurus->vocabulary, left, right))
        kge_triples_append(&thesaurus->pairs[kind],
                           (kge_triple_t){.head = left, .tail = right});
}

static void add_pairs_of(thesaurus_t *thesaurus, const synset_t *synset,
                         const synset_t synsets[])
{
    for (size_t i = 0; i < synset->num_members; i++) {
        uint32_t left = synset->members[i].tail;

        for (size_t j = i + 1; j < synset->num_members; j++)
            add_pair(thesaurus, SYNONYMS, left, synset->members[j].tail);
        for (size_t h = 0; h < synset->num_hypernyms; h++) {
            const synset_t *above = &synsets[synset->hypernyms[h].tail];

            for (size_t j = 0; j < above->num_members; j++)
                add_pair(thesaurus, HYPERNYMS, left, above->members[j].tail);
        }
    }
}

static void find_pairs(thesaurus_t *thesaurus)
{
    synset_t *synsets = NULL;

    kge_triples_sort_unique(&thesaurus->facts);
    synsets = index_synsets(thesaurus);
    for (size_t s = 0; s < app_names_count(thesaurus->synsets); s++)
        add_pairs_of(thesaurus, &synsets[s], synsets);
    for (int kind = 0; kind < NUM_KINDS; kind++)
        kge_triples_sort_unique(&thesaurus->pairs[kind]);
    free(synsets);
}

/* --- unrelated words --- */

static int compare_pairs(const void *a, const void *b)
{
    const kge_triple_t *x = a, *y = b;

    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    return x->tail < y->tail ? -1 : x->tail > y->tail;
}

static bool has_pair(const kge_triples_t *pairs, uint32_t left, uint32_t right)
{
    kge_triple_t pair = {.head = left, .tail = right};

    return bsearch(&pair, pairs->items, pairs->num, sizeof(pair), compare_pairs) != NULL;
}

static bool is_unrelated(const thesaurus_t *thesaurus, uint32_t a, uint32_t b)
{
    if (a == b || look_alike(thesaurus->vocabulary, a, b))
        return false;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        if (has_pair(&thesaurus->pairs[kind], a, b) ||
            has_pair(&thesaurus->pairs[kind], b, a))
            return false;
    return true;
}

/* A word of a rank within 25 % of right's. False if there is none, as among the few most frequent words. */
static bool find_other(const thesaurus_t *thesaurus, uint64_t seed, size_t ordinal,
                       const kge_triple_t *pair, uint32_t *other_p)
{
    double num  = (double)app_names_count(thesaurus->vocabulary);
    double rank = pair->tail + 1.0;

    for (uint64_t i = 0; i < MAX_TRIES; i++) {
        double drawn = rank * (0.75 + 0.5 * tern_random_unit(seed, ordinal, i));

        *other_p = (uint32_t)drawn - (drawn >= 1);
        if (drawn < num + 1 && is_unrelated(thesaurus, pair->head, *other_p))
            return true;
    }
    return false;
}

static tern_status_t write_pairs(const thesaurus_t *thesaurus, int kind, uint64_t seed,
                                 const char *path, size_t *num_p,
                                 app_complaint_t *complaint)
{
    const kge_triples_t *pairs = &thesaurus->pairs[kind];
    FILE                *file  = fopen(path, "w");

    if (file == NULL)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    *num_p = 0;
    for (size_t i = 0; i < pairs->num; i++) {
        const kge_triple_t *pair  = &pairs->items[i];
        const char         *left  = app_names_text(thesaurus->vocabulary, pair->head);
        uint32_t            other = 0;

        if (!find_other(thesaurus, seed + (uint64_t)kind, i, pair, &other))
            continue;
        fprintf(file, "%s\t%s\t1\n", left,
                app_names_text(thesaurus->vocabulary, pair->tail));
        fprintf(file, "%s\t%s\t0\n", left, app_names_text(thesaurus->vocabulary, other));
        ++*num_p;
    }
    if (fclose(file) != 0)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    return TERN_OK;
}

static tern_status_t write_all(const thesaurus_t        *thesaurus,
                               const kge_pairs_recipe_t *recipe,
                               kge_pairs_counts_t *counts, app_complaint_t *complaint)
{
    static const char *const names[NUM_KINDS] = {"synonyms.tsv", "hypernyms.tsv"};
    size_t       *nums[NUM_KINDS] = {&counts->num_synonyms, &counts->num_hypernyms};
    tern_status_t status          = TERN_OK;
    char          path[4096];

    if (mkdir(recipe->output, 0777) != 0 && errno != EEXIST)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", recipe->output,
                            strerror(errno));
    for (int kind = 0; kind < NUM_KINDS && status == TERN_OK; kind++) {
        snprintf(path, sizeof(path), "%s/%s", recipe->output, names[kind]);
        status = write_pairs(thesaurus, kind, recipe->seed, path, nums[kind], complaint);
    }
    return status;
}

tern_status_t kge_wordnet_pairs_write(const kge_pairs_recipe_t *recipe,
                                      kge_pairs_counts_t       *counts,
                                      app_complaint_t          *complaint)
{
    thesaurus_t                 thesaurus = {.vocabulary = app_names_create(),
                                             .synsets    = app_names_create()};
    const kge_wordnet_visitor_t visitor   = {take_pointer, take_word, &thesaurus};
    tern_status_t status = read_vocabulary(recipe, thesaurus.vocabulary, complaint);

    if (status == TERN_OK)
        status = kge_wordnet_read(recipe->wordnet, &visitor, complaint);
    if (status == TERN_OK) {
        counts->num_words = app_names_count(thesaurus.vocabulary);
        find_pairs(&thesaurus);
        status = write_all(&thesaurus, recipe, counts, complaint);
    }
    app_names_destroy(&thesaurus.vocabulary);
    app_names_destroy(&thesaurus.synsets);
    kge_triples_fini(&thesaurus.facts);
    for (int kind = 0; kind < NUM_KINDS; kind++)
        kge_triples_fini(&thesaurus.pairs[kind]);
    return status;
}
