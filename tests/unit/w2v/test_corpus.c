/** \file
 * Text by byte ranges, and the vocabulary.
 */
#include "support/facts.h"
#include "word2vec/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/w2v-corpus-XXXXXX";

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
}

/* The tokens of a file read in so many ranges, with blanks between, or bars at ends of sentences if asked for. */
typedef struct transcript {
    char text[4096];
    bool has_ends;
} transcript_t;

static void note(const char *token, void *context)
{
    transcript_t *transcript = context;

    if (token != NULL)
        sprintf(transcript->text + strlen(transcript->text), "%s ", token);
    else if (transcript->has_ends)
        strcat(transcript->text, "| ");
}

static transcript_t read_in(size_t num_ranges, size_t bytes, w2v_token_rules_t rules,
                            bool has_ends)
{
    transcript_t    transcript = {"", has_ends};
    app_complaint_t complaint;

    for (size_t r = 0; r < num_ranges; r++)
        CU_ASSERT_EQUAL(w2v_tokens_read(path, bytes * r / num_ranges,
                                        bytes * (r + 1) / num_ranges, rules, note,
                                        &transcript, &complaint),
                        TERN_OK);
    return transcript;
}

static const char story[] = "The  cat's\tkittens: 3 tabbies,\n\nand ONE black-and-white\n"
                            "tom\xc3\xa9 x yz.\r\n \n last";

static void any_number_of_ranges_gives_the_same_tokens(void)
{
    for (int kind = 0; kind < 2; kind++) {
        w2v_token_rules_t rules = {(w2v_token_kind_t)kind, W2V_SENTENCE_NONE};
        transcript_t      whole;

        write_text(story);
        whole = read_in(1, strlen(story), rules, false);
        for (size_t n = 2; n <= strlen(story) + 3; n++)
            CU_ASSERT_STRING_EQUAL(read_in(n, strlen(story), rules, false).text,
                                   whole.text);
    }
}

static void tokens_follow_the_rules(void)
{
    w2v_token_rules_t words = {W2V_TOKENS_WORDS, W2V_SENTENCE_PARAGRAPH};
    w2v_token_rules_t lines = {W2V_TOKENS_WHITESPACE, W2V_SENTENCE_LINE};

    write_text(story);
    CU_ASSERT_STRING_EQUAL(read_in(1, strlen(story), words, true).text,
                           "the cat s kittens tabbies | and one black and white tom x yz "
                           "| last | ");
    CU_ASSERT_STRING_EQUAL(read_in(1, strlen(story), lines, true).text,
                           "The cat's kittens: 3 tabbies, | | and ONE black-and-white | "
                           "tom\xc3\xa9 x yz. | | last | ");
}

static void long_tokens_are_cut(void)
{
    char              text[W2V_MAX_TOKEN + 60];
    w2v_token_rules_t rules = {W2V_TOKENS_WORDS, W2V_SENTENCE_NONE};
    transcript_t      found;

    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    write_text(text);
    found = read_in(3, strlen(text), rules, false);
    CU_ASSERT_EQUAL(strlen(found.text), W2V_MAX_TOKEN + 1);
}

static w2v_source_t source_of(const char *const *paths, uint64_t min_count)
{
    return (w2v_source_t){.num_paths = 1, .paths = paths, .min_count = min_count};
}

static void the_vocabulary_is_sorted_and_rare_words_vanish(void)
{
    const char *const paths[]    = {path};
    w2v_source_t      source     = source_of(paths, 2);
    app_team_t        alone      = app_team_alone();
    w2v_vocabulary_t *vocabulary = NULL;
    w2v_corpus_t      corpus;
    app_complaint_t   complaint;
    const uint32_t expected[] = {1, 0, W2V_SENTENCE_END, 0, 2, 1, 2, 0, W2V_SENTENCE_END};

    write_text("b a once\n\na c b c a");
    CU_ASSERT_EQUAL(w2v_corpus_load(&source, &alone, 1, &corpus, &vocabulary, &complaint),
                    TERN_OK);
    CU_ASSERT_EQUAL(w2v_vocabulary_size(vocabulary), 3);
    CU_ASSERT_STRING_EQUAL(w2v_vocabulary_text(vocabulary, 0), "a");
    CU_ASSERT_EQUAL(w2v_vocabulary_counts(vocabulary)[0], 3);
    CU_ASSERT_EQUAL(w2v_vocabulary_total(vocabulary), 7);
    CU_ASSERT_EQUAL(corpus.num_words, 7);
    CU_ASSERT_EQUAL(corpus.num_items, 9);
    CU_ASSERT(memcmp(corpus.words, expected, sizeof(expected)) == 0);
    w2v_corpus_fini(&corpus);
    w2v_vocabulary_destroy(&vocabulary);
}

static void parts_together_have_every_word(void)
{
    enum { NUM_PARTS = 7 };
    const char *const paths[]    = {path};
    w2v_source_t      source     = source_of(paths, 1);
    app_team_t        alone      = app_team_alone();
    w2v_vocabulary_t *vocabulary = NULL;
    w2v_corpus_t      parts[NUM_PARTS];
    app_complaint_t   complaint;
    uint64_t          num_words = 0;

    write_text(story);
    CU_ASSERT_EQUAL(
        w2v_corpus_load(&source, &alone, NUM_PARTS, parts, &vocabulary, &complaint),
        TERN_OK);
    for (int p = 0; p < NUM_PARTS; p++) {
        num_words += parts[p].num_words;
        w2v_corpus_fini(&parts[p]);
    }
    CU_ASSERT_EQUAL(num_words, 14);
    CU_ASSERT_EQUAL(w2v_vocabulary_total(vocabulary), 14);
    w2v_vocabulary_destroy(&vocabulary);
}

static void files_that_are_not_there_are_named(void)
{
    const char *const paths[]    = {"/nowhere/text"};
    w2v_source_t      source     = source_of(paths, 1);
    app_team_t        alone      = app_team_alone();
    w2v_vocabulary_t *vocabulary = NULL;
    w2v_corpus_t      corpus;
    app_complaint_t   complaint;

    CU_ASSERT_EQUAL(w2v_corpus_load(&source, &alone, 1, &corpus, &vocabulary, &complaint),
                    TERN_ERR_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, "/nowhere/text"));
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(any_number_of_ranges_gives_the_same_tokens),
        FACT(tokens_follow_the_rules),
        FACT(long_tokens_are_cut),
        FACT(the_vocabulary_is_sorted_and_rare_words_vanish),
        FACT(parts_together_have_every_word),
        FACT(files_that_are_not_there_are_named),
    };
    int file = mkstemp(path);
    int code = facts_run("w2v/corpus", facts, sizeof(facts) / sizeof(facts[0]));

    close(file);
    unlink(path);
    return code;
}
