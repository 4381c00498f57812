/** \file
 * WordNet's format, relation sets, the k-core, and what the two splits promise.
 */
#include "kge/graph.h"
#include "kge/wordnet_format.h"
#include "support/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a line contains, as text. */
static void append(const char *head, const kge_wordnet_relation_t *relation,
                   const char *tail, void *context)
{
    char *text = context;

    sprintf(text + strlen(text), "%s %s %s;", head, relation->name, tail);
}

static const char *parse(const char *line, char *found)
{
    char copy[512];

    found[0] = '\0';
    snprintf(copy, sizeof(copy), "%s", line);
    return kge_wordnet_parse(
        copy, &(kge_wordnet_visitor_t){.pointer = append, .context = found});
}

static void pointers_become_triples(void)
{
    char found[512];

    CU_ASSERT_PTR_NULL(
        parse("02084071 05 n 03 dog 0 domestic_dog 0 Canis_familiaris 0 002 "
              "@ 02083346 n 0000 #m 07994941 n 0000 | a member @ of ~ it\n",
              found));
    CU_ASSERT_STRING_EQUAL(found, "02084071n hypernym 02083346n;"
                                  "02084071n member_holonym 07994941n;");
}

static void append_word(const char *synset, const char *word, void *context)
{
    char *text = context;

    sprintf(text + strlen(text), "%s %s;", synset, word);
}

static void the_words_of_a_synset_are_read(void)
{
    char line[]     = "02084071 05 n 02 dog 0 domestic_dog 0 001 @ 02083346 n 0000 | x\n";
    char found[512] = "";

    CU_ASSERT_PTR_NULL(kge_wordnet_parse(
        line, &(kge_wordnet_visitor_t){
                  .pointer = append, .word = append_word, .context = found}));
    CU_ASSERT_STRING_EQUAL(found, "02084071n dog;02084071n domestic_dog;"
                                  "02084071n hypernym 02083346n;");
}

static void word_counts_are_hexadecimal(void)
{
    char found[512];

    CU_ASSERT_PTR_NULL(
        parse("00000001 05 n 0a a 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j 0 001 "
              "~ 00000002 n 0000 | x\n",
              found));
    CU_ASSERT_STRING_EQUAL(found, "00000001n hyponym 00000002n;");
}

static void verbs_have_frames_and_satellites_are_adjectives(void)
{
    char found[512];

    CU_ASSERT_PTR_NULL(
        parse("00001740 29 v 01 breathe 0 001 & 00002325 s 0000 02 + 02 00 + 08 00 | x\n",
              found));
    CU_ASSERT_STRING_EQUAL(found, "00001740v similar_to 00002325a;");
    CU_ASSERT_PTR_NULL(
        parse("  1 This software and database is being provided\n", found));
    CU_ASSERT_STRING_EQUAL(found, "");
}

static void the_backslash_depends_on_the_part_of_speech(void)
{
    CU_ASSERT_STRING_EQUAL(kge_wordnet_relation_find("\\", 'a')->name, "pertainym");
    CU_ASSERT_STRING_EQUAL(kge_wordnet_relation_find("\\", 'r')->name,
                           "derived_from_adj");
    CU_ASSERT_PTR_NULL(kge_wordnet_relation_find("?", 'n'));
}

static void malformed_lines_are_refused(void)
{
    char found[512];

    CU_ASSERT_PTR_NOT_NULL(parse("1740 03 n 01 entity 0 000 | x\n", found));
    CU_ASSERT_PTR_NOT_NULL(parse("00001740 03 q 01 entity 0 000 | x\n", found));
    CU_ASSERT_PTR_NOT_NULL(parse("00001740 03 n zz entity 0 000 | x\n", found));
    CU_ASSERT_PTR_NOT_NULL(parse("00001740 03 n 05 entity 0 | x\n", found));
    CU_ASSERT_PTR_NOT_NULL(
        parse("00001740 03 n 01 entity 0 002 ~ 00001930 n 0000\n", found));
    CU_ASSERT_PTR_NOT_NULL(
        parse("00001740 03 n 01 entity 0 001 ? 00001930 n 0000\n", found));
    CU_ASSERT_PTR_NOT_NULL(parse("00001740 03 n 01 entity 0 001 ~ 193 n 0000\n", found));
}

static void write_text(const char *directory, const char *name, const char *text)
{
    char  path[256];
    FILE *file = NULL;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void remove_files(const char *directory, const char *const names[], size_t num)
{
    char path[256];

    for (size_t i = 0; i < num; i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
}

static void a_malformed_line_is_named_with_its_file(void)
{
    static const char *const names[] = {"data.noun", "data.verb", "data.adj", "data.adv"};
    char                     directory[] = "/tmp/tern-wordnet-XXXXXX";
    kge_graph_t              graph;
    app_complaint_t          complaint = {""};

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    for (size_t i = 0; i < 4; i++)
        write_text(directory, names[i], "00000001 05 n 01 a 0 000 | x\n");
    kge_graph_init(&graph);
    CU_ASSERT_EQUAL(
        kge_graph_read_wordnet(&graph, directory, KGE_RELATIONS_ALL, &complaint),
        TERN_OK);
    write_text(directory, "data.adj", "  1 licence\n00000001 00 a 01 a 0 007 | x\n");
    CU_ASSERT_EQUAL(
        kge_graph_read_wordnet(&graph, directory, KGE_RELATIONS_ALL, &complaint),
        TERN_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, "/data.adj:2: fewer pointers"));
    kge_graph_fini(&graph);
    remove_files(directory, names, 4);
}

/* A ring of `num` entities, each triple with its inverse, and a tail that hangs off entity 0. */
static void make_ring(kge_graph_t *graph, int num)
{
    char     name[16];
    uint32_t next = app_names_add(graph->relations, "next");
    uint32_t last = app_names_add(graph->relations, "previous");

    for (int i = 0; i <= num; i++) {
        snprintf(name, sizeof(name), "e%d", i);
        app_names_add(graph->entities, name);
    }
    for (uint32_t i = 0; i < (uint32_t)num; i++) {
        uint32_t j = (i + 1) % (uint32_t)num;

        kge_triples_append(&graph->triples, (kge_triple_t){i, next, j});
        kge_triples_append(&graph->triples, (kge_triple_t){j, last, i});
    }
    kge_triples_append(&graph->triples, (kge_triple_t){0, next, (uint32_t)num});
    kge_triples_sort_unique(&graph->triples);
}

static void the_core_drops_what_hangs_off(void)
{
    kge_graph_t graph;

    kge_graph_init(&graph);
    make_ring(&graph, 10);
    CU_ASSERT_EQUAL(kge_graph_count_entities(&graph), 11);
    kge_graph_keep_core(&graph, 4);
    CU_ASSERT_EQUAL(kge_graph_count_entities(&graph), 10);
    CU_ASSERT_EQUAL(graph.triples.num, 20);
    kge_graph_keep_core(&graph, 5);
    CU_ASSERT_EQUAL(graph.triples.num, 0);
    kge_graph_fini(&graph);
}

static void no_pair_crosses_the_pair_split(void)
{
    size_t num[KGE_NUM_PARTS] = {0};
    char   a[16], b[16];

    for (int i = 0; i < 2000; i++) {
        snprintf(a, sizeof(a), "%d", i);
        snprintf(b, sizeof(b), "%d", i * 31 % 977);
        kge_part_t part = kge_split_part(KGE_SPLIT_PAIR, 1, a, "r", b);

        CU_ASSERT_EQUAL(kge_split_part(KGE_SPLIT_PAIR, 1, b, "inverse", a), part);
        num[part]++;
    }
    CU_ASSERT(num[KGE_VALID] > 30 && num[KGE_VALID] < 90);
    CU_ASSERT(num[KGE_TEST] > 30 && num[KGE_TEST] < 90);
}

static void the_triple_split_separates_inverses(void)
{
    size_t num_apart = 0;
    char   a[16], b[16];

    for (int i = 0; i < 2000; i++) {
        snprintf(a, sizeof(a), "%d", i);
        snprintf(b, sizeof(b), "%d", i * 31 % 977);
        num_apart += kge_split_part(KGE_SPLIT_TRIPLE, 1, a, "r", b) !=
                     kge_split_part(KGE_SPLIT_TRIPLE, 1, b, "inverse", a);
    }
    CU_ASSERT(num_apart > 100);
}

static void a_split_depends_on_its_seed_alone(void)
{
    size_t num_moved = 0;
    char   a[16];

    for (int i = 0; i < 1000; i++) {
        snprintf(a, sizeof(a), "%d", i);
        CU_ASSERT_EQUAL(kge_split_part(KGE_SPLIT_TRIPLE, 1, a, "r", "b"),
                        kge_split_part(KGE_SPLIT_TRIPLE, 1, a, "r", "b"));
        num_moved += kge_split_part(KGE_SPLIT_TRIPLE, 1, a, "r", "b") !=
                     kge_split_part(KGE_SPLIT_TRIPLE, 2, a, "r", "b");
    }
    CU_ASSERT(num_moved > 50);
}

static size_t count_lines(const char *directory, const char *name)
{
    char   path[256];
    FILE  *file = NULL;
    size_t num  = 0;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (int c = getc(file); c != EOF; c = getc(file))
        num += c == '\n';
    fclose(file);
    return num;
}

static void a_written_split_contains_every_triple(void)
{
    static const char *const names[]     = {"train.tsv", "valid.tsv", "test.tsv"};
    char                     directory[] = "/tmp/tern-wordnet-XXXXXX";
    char                     nested[64];
    kge_graph_t              graph;
    app_complaint_t          complaint = {""};
    kge_split_counts_t       counts;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    snprintf(nested, sizeof(nested), "%s/deep", directory);
    kge_graph_init(&graph);
    make_ring(&graph, 500);
    CU_ASSERT_EQUAL(
        kge_graph_write_split(&graph, KGE_SPLIT_PAIR, 1, nested, &counts, &complaint),
        TERN_OK);
    for (int part = 0; part < KGE_NUM_PARTS; part++)
        CU_ASSERT_EQUAL(count_lines(nested, names[part]), counts.num[part]);
    CU_ASSERT_EQUAL(counts.num[KGE_TRAIN] + counts.num[KGE_VALID] + counts.num[KGE_TEST] +
                        counts.num_dropped,
                    graph.triples.num);
    kge_graph_fini(&graph);
    remove_files(nested, names, 3);
    rmdir(directory);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(pointers_become_triples),
        FACT(the_words_of_a_synset_are_read),
        FACT(word_counts_are_hexadecimal),
        FACT(verbs_have_frames_and_satellites_are_adjectives),
        FACT(the_backslash_depends_on_the_part_of_speech),
        FACT(malformed_lines_are_refused),
        FACT(a_malformed_line_is_named_with_its_file),
        FACT(the_core_drops_what_hangs_off),
        FACT(no_pair_crosses_the_pair_split),
        FACT(the_triple_split_separates_inverses),
        FACT(a_split_depends_on_its_seed_alone),
        FACT(a_written_split_contains_every_triple),
    };

    return facts_run("kge/wordnet", facts, sizeof(facts) / sizeof(facts[0]));
}
