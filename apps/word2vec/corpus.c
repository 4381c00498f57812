/** \file
 * The corpus, see corpus.h.
 *
 * The text is read once: tokens get numbers in order of appearance, and when the vocabulary is known the numbers are
 * replaced by the vocabulary's, and words that are not in it vanish.
 */
#include "corpus.h"

#include "gather.h"
#include "memory.h"
#include "names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Distinct words and how often each occurred. */
typedef struct tally {
    app_names_t *names;
    uint64_t    *counts; /* [capacity] */
    size_t       capacity;
} tally_t;

static uint32_t tally_add(tally_t *tally, const char *text, uint64_t count)
{
    uint32_t word = app_names_add(tally->names, text);

    if (word >= tally->capacity) {
        size_t capacity = 2 * (size_t)word + 1024;

        tally->counts = app_resize(tally->counts, capacity, sizeof(uint64_t));
        memset(tally->counts + tally->capacity, 0,
               (capacity - tally->capacity) * sizeof(uint64_t));
        tally->capacity = capacity;
    }
    tally->counts[word] += count;
    return word;
}

static void tally_fini(tally_t *tally)
{
    app_names_destroy(&tally->names);
    free(tally->counts);
}

/* --- reading --- */

typedef struct reading {
    tally_t      *tally;
    w2v_corpus_t *corpus;
    size_t        capacity;
} reading_t;

static void append(reading_t *reading, uint32_t item)
{
    w2v_corpus_t *corpus = reading->corpus;

    if (corpus->num_items == reading->capacity) {
        reading->capacity = 2 * reading->capacity + 4096;
        corpus->words = app_resize(corpus->words, reading->capacity, sizeof(uint32_t));
    }
    corpus->words[corpus->num_items++] = item;
}

static void take_token(const char *token, void *context)
{
    reading_t          *reading = context;
    const w2v_corpus_t *corpus  = reading->corpus;
    bool                is_open =
        corpus->num_items > 0 && corpus->words[corpus->num_items - 1] != W2V_SENTENCE_END;

    if (token != NULL)
        append(reading, tally_add(reading->tally, token, 1));
    else if (is_open)
        append(reading, W2V_SENTENCE_END);
}

static tern_status_t measure(const w2v_source_t *source, uint64_t sizes[],
                             uint64_t *total_p, app_complaint_t *complaint)
{
    *total_p = 0;
    for (size_t i = 0; i < source->num_paths; i++) {
        struct stat file;

        if (stat(source->paths[i], &file) != 0)
            return app_complain(complaint, TERN_ERR_IO, "%s: %s", source->paths[i],
                                strerror(errno));
        if (!S_ISREG(file.st_mode))
            return app_complain(complaint, TERN_ERR_IO,
                                "%s: not a regular file, so it has no byte ranges",
                                source->paths[i]);
        sizes[i] = (uint64_t)file.st_size;
        *total_p += sizes[i];
    }
    return TERN_OK;
}

/* The part [first, end) of the concatenated files. */
static tern_status_t read_range(const w2v_source_t *source, const uint64_t sizes[],
                                uint64_t first, uint64_t end, reading_t *reading,
                                app_complaint_t *complaint)
{
    uint64_t      file_first = 0;
    tern_status_t status     = TERN_OK;

    for (size_t i = 0; i < source->num_paths && status == TERN_OK; i++) {
        uint64_t file_end = file_first + sizes[i];
        uint64_t from     = first > file_first ? first : file_first;
        uint64_t to       = end < file_end ? end : file_end;

        if (from < to)
            status = w2v_tokens_read(source->paths[i], from - file_first, to - file_first,
                                     source->rules, take_token, reading, complaint);
        file_first = file_end;
    }
    return status;
}

static tern_status_t read_parts(const w2v_source_t *source, const app_team_t *team,
                                size_t num_parts, w2v_corpus_t parts[], tally_t *tally,
                                app_complaint_t *complaint)
{
    uint64_t     *sizes      = APP_NEW(uint64_t, source->num_paths);
    uint64_t      total      = 0;
    size_t        num_ranges = team->num_workers * num_parts;
    tern_status_t status     = measure(source, sizes, &total, complaint);

    for (size_t p = 0; p < num_parts && status == TERN_OK; p++) {
        reading_t reading = {.tally = tally, .corpus = &parts[p]};
        size_t    range   = team->worker * num_parts + p;

        status = read_range(
            source, sizes, (uint64_t)((unsigned __int128)total * range / num_ranges),
            (uint64_t)((unsigned __int128)total * (range + 1) / num_ranges), &reading,
            complaint);
    }
    free(sizes);
    return status;
}

/* --- the vocabulary --- */

/* Lines "count word". */
static char *print_tally(const tally_t *tally, size_t *length_p)
{
    char  *text   = NULL;
    FILE  *stream = open_memstream(&text, length_p);
    size_t num    = app_names_count(tally->names);

    for (uint32_t word = 0; word < num; word++)
        fprintf(stream, "%" PRIu64 " %s\n", tally->counts[word],
                app_names_text(tally->names, word));
    fclose(stream);
    return text;
}

/* Add the lines of a worker to the sums of all. */
static void add_lines(const char *text, size_t length, void *context)
{
    tally_t *sums = context;
    char     word[W2V_MAX_TOKEN + 1];

    for (const char *line = text; line < text + length;) {
        char       *blank  = NULL;
        uint64_t    count  = strtoull(line, &blank, 10);
        const char *end    = strchr(blank, '\n');
        size_t      spoken = (size_t)(end - blank) - 1;

        memcpy(word, blank + 1, spoken);
        word[spoken] = '\0';
        tally_add(sums, word, count);
        line = end + 1;
    }
}

static tern_status_t sum_tallies(const app_team_t *team, const tally_t *own,
                                 tally_t *sums)
{
    size_t        length = 0;
    char         *text   = print_tally(own, &length);
    tern_status_t status = w2v_gather(team, text, length, add_lines, sums);

    free(text);
    return status;
}

static w2v_vocabulary_t *choose_words(const w2v_source_t *source, const tally_t *sums)
{
    size_t            num   = app_names_count(sums->names);
    w2v_counted_t    *words = APP_NEW(w2v_counted_t, num);
    w2v_vocabulary_t *vocabulary;

    for (uint32_t i = 0; i < num; i++)
        words[i] = (w2v_counted_t){app_names_text(sums->names, i), sums->counts[i]};
    vocabulary =
        w2v_vocabulary_create(num, words, source->min_count, source->max_vocabulary);
    free(words);
    return vocabulary;
}

/* Replace numbers of appearance by numbers of the vocabulary. */
static void renumber(w2v_corpus_t *corpus, const uint32_t numbers[])
{
    size_t num_kept = 0;

    for (size_t i = 0; i < corpus->num_items; i++) {
        uint32_t item   = corpus->words[i];
        bool     is_end = item == W2V_SENTENCE_END;
        uint32_t number = is_end ? item : numbers[item];

        if (!is_end && number == W2V_SENTENCE_END)
            continue; /* too rare */
        corpus->words[num_kept++] = number;
        corpus->num_words += !is_end;
    }
    corpus->num_items = num_kept;
}

static void renumber_parts(size_t num_parts, w2v_corpus_t parts[], const tally_t *own,
                           const w2v_vocabulary_t *vocabulary)
{
    size_t    num     = app_names_count(own->names);
    uint32_t *numbers = APP_NEW(uint32_t, num);

    for (uint32_t i = 0; i < num; i++)
        if (!w2v_vocabulary_find(vocabulary, app_names_text(own->names, i), &numbers[i]))
            numbers[i] = W2V_SENTENCE_END;
    for (size_t p = 0; p < num_parts; p++)
        renumber(&parts[p], numbers);
    free(numbers);
}

/* Workers that could not read take part in the sums nevertheless, so that nobody waits for them. */
tern_status_t w2v_corpus_load(const w2v_source_t *source, const app_team_t *team,
                              size_t num_parts, w2v_corpus_t parts[],
                              w2v_vocabulary_t **vocabulary_p, app_complaint_t *complaint)
{
    tally_t       own        = {.names = app_names_create()};
    tally_t       sums       = {.names = app_names_create()};
    tern_status_t was_read   = TERN_OK;
    tern_status_t was_summed = TERN_OK;

    memset(parts, 0, num_parts * sizeof(parts[0]));
    was_read   = read_parts(source, team, num_parts, parts, &own, complaint);
    was_summed = sum_tallies(team, &own, &sums);
    if (was_read == TERN_OK && was_summed == TERN_OK) {
        *vocabulary_p = choose_words(source, &sums);
        renumber_parts(num_parts, parts, &own, *vocabulary_p);
        if (w2v_vocabulary_size(*vocabulary_p) < 2)
            was_read = app_complain(complaint, TERN_ERR_FORMAT,
                                    "%s: fewer than 2 words occur %" PRIu64 " times",
                                    source->paths[0], source->min_count);
    }
    tally_fini(&own);
    tally_fini(&sums);
    return was_summed != TERN_OK ? was_summed : was_read;
}

void w2v_corpus_fini(w2v_corpus_t *corpus)
{
    free(corpus->words);
    *corpus = (w2v_corpus_t){.words = NULL};
}
