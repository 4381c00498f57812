/** \file
 * Vectors in files, and how they are judged.
 */
#include "common/memory.h"
#include "support/facts.h"
#include "tern/random.h"
#include "word2vec/analogies.h"
#include "word2vec/format.h"
#include "word2vec/pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/w2v-vectors-XXXXXX";

static w2v_vectors_t make_vectors(size_t num, size_t dim, const char *const names[])
{
    w2v_vectors_t vectors = {num, dim, app_names_create(), APP_NEW(float, num *dim)};
    char          name[16];

    for (size_t i = 0; i < num; i++) {
        snprintf(name, sizeof(name), "w%zu", i);
        app_names_add(vectors.names, names != NULL ? names[i] : name);
        for (size_t j = 0; j < dim; j++)
            vectors.values[i * dim + j] = (float)tern_random_normal(2, i, j);
    }
    return vectors;
}

static void round_trip(w2v_format_t format, double tolerance)
{
    w2v_vectors_t   written = make_vectors(300, 7, NULL);
    w2v_vectors_t   read    = {.num = 0};
    app_complaint_t complaint;
    double          worst = 0;
    uint32_t        word  = 0;

    CU_ASSERT_EQUAL(w2v_format_write(&written, format, path, &complaint), TERN_OK);
    CU_ASSERT_EQUAL_FATAL(w2v_format_read(path, &read, &complaint), TERN_OK);
    CU_ASSERT_EQUAL_FATAL(read.num, 300);
    CU_ASSERT_EQUAL_FATAL(read.dim, 7);
    for (size_t i = 0; i < 300 * 7; i++)
        worst = fmax(worst, fabs((double)(read.values[i] - written.values[i])));
    CU_ASSERT(worst <= tolerance);
    CU_ASSERT(app_names_find(read.names, "w299", &word) && word == 299);
    w2v_vectors_fini(&written);
    w2v_vectors_fini(&read);
}

static void both_formats_are_read_as_they_were_written(void)
{
    round_trip(W2V_FORMAT_BINARY, 0);
    round_trip(W2V_FORMAT_TEXT, 1e-5);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
}

static void malformed_vectors_are_named(void)
{
    w2v_vectors_t   vectors;
    app_complaint_t complaint;

    write_file("2 3\na 1 2 3\nb 1 2\n");
    CU_ASSERT_EQUAL(w2v_format_read(path, &vectors, &complaint), TERN_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, "vector 2 of 2: too few values"));
    write_file("two words\n");
    CU_ASSERT_EQUAL(w2v_format_read(path, &vectors, &complaint), TERN_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, ":1: expected the number of words"));
}

static void the_area_is_the_share_of_pairs_in_order(void)
{
    w2v_vectors_t   vectors = make_vectors(40, 5, NULL);
    FILE           *file    = fopen(path, "w");
    w2v_pairs_t     pairs;
    w2v_space_t     space;
    app_complaint_t complaint;
    double          in_order = 0, num = 0;

    for (int i = 0; i < 39; i++)
        fprintf(file, "w%d w%d %d\n", i, i + 1, i % 3 == 0);
    fprintf(file, "w0 nobody 1\n");
    fclose(file);
    w2v_space_init(&space, &vectors);
    CU_ASSERT_EQUAL(w2v_pairs_read(path, vectors.names, &pairs, &complaint), TERN_OK);
    CU_ASSERT_EQUAL(pairs.num, 39);
    CU_ASSERT_EQUAL(pairs.num_unknown, 1);
    for (uint32_t i = 0; i < 39; i += 3)
        for (uint32_t j = 0; j < 39; j++)
            if (j % 3 != 0) {
                in_order += w2v_space_cosine(&space, i, i + 1) >
                            w2v_space_cosine(&space, j, j + 1);
                num++;
            }
    CU_ASSERT_DOUBLE_EQUAL(w2v_pairs_auc(&pairs, W2V_HALF_BOTH, &space), in_order / num,
                           1e-12);
    w2v_pairs_fini(&pairs);
    w2v_space_fini(&space);
    w2v_vectors_fini(&vectors);
}

static void malformed_pairs_are_named(void)
{
    app_names_t    *names = app_names_create();
    w2v_pairs_t     pairs;
    app_complaint_t complaint;

    write_file("a b 1\na b 2\n");
    CU_ASSERT_EQUAL(w2v_pairs_read(path, names, &pairs, &complaint), TERN_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, ":2: the label is neither 0 nor 1"));
    w2v_pairs_fini(&pairs);
    app_names_destroy(&names);
}

static void planted_plurals_are_found_and_random_ones_are_not(void)
{
    static const char *const names[] = {"cat",   "dog", "tree", "cats", "dogs",
                                        "trees", "bus", "as",   "a"};
    enum { NUM = sizeof(names) / sizeof(names[0]) };
    w2v_vectors_t   vectors = make_vectors(NUM, 50, names);
    w2v_analogies_t analogies;
    w2v_space_t     space;

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 50; j++)
            vectors.values[(i + 3) * 50 + j] = vectors.values[i * 50 + j] + 0.3F;
    w2v_space_init(&space, &vectors);
    analogies = w2v_analogies_ask(&space, NUM);
    CU_ASSERT_EQUAL(analogies.num_questions, 3);
    CU_ASSERT_EQUAL(analogies.rate, 1);
    w2v_space_fini(&space);
    w2v_vectors_fini(&vectors);
}

static void neighbours_come_in_order(void)
{
    w2v_vectors_t   vectors = make_vectors(100, 6, NULL);
    w2v_neighbour_t neighbours[5];
    w2v_space_t     space;
    size_t          num_nearer = 0;

    w2v_space_init(&space, &vectors);
    CU_ASSERT_EQUAL(w2v_space_nearest(&space, 17, 5, neighbours), 5);
    for (int i = 1; i < 5; i++)
        CU_ASSERT(neighbours[i - 1].cosine >= neighbours[i].cosine);
    for (uint32_t word = 0; word < 100; word++)
        num_nearer += word != 17 &&
                      w2v_space_cosine(&space, 17, word) > (double)neighbours[4].cosine;
    CU_ASSERT_EQUAL(num_nearer, 4);
    w2v_space_fini(&space);
    w2v_vectors_fini(&vectors);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(both_formats_are_read_as_they_were_written),
        FACT(malformed_vectors_are_named),
        FACT(the_area_is_the_share_of_pairs_in_order),
        FACT(malformed_pairs_are_named),
        FACT(planted_plurals_are_found_and_random_ones_are_not),
        FACT(neighbours_come_in_order),
    };
    int file = mkstemp(path);
    int code = facts_run("w2v/vectors", facts, sizeof(facts) / sizeof(facts[0]));

    close(file);
    unlink(path);
    return code;
}
