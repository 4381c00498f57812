/** \file
 * Loading triples: what is accepted, what is dropped, and what is complained about, with its line.
 */
#include "kge/dataset.h"
#include "support/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that is gone when the fact is proved. */
typedef struct text_file {
    char path[64];
} text_file_t;

static text_file_t write_file(const char *text, size_t length)
{
    text_file_t file = {"/tmp/tern-kge-XXXXXX"};
    int         fd   = mkstemp(file.path);

    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_FATAL(write(fd, text, length) == (ssize_t)length);
    close(fd);
    return file;
}

static tern_status_t load(const char *train, const char *valid, kge_dataset_t *dataset,
                          app_complaint_t *complaint)
{
    text_file_t   train_file           = write_file(train, strlen(train));
    text_file_t   valid_file           = write_file(valid, strlen(valid));
    const char   *paths[KGE_NUM_PARTS] = {train_file.path, valid_file.path, NULL};
    tern_status_t status               = TERN_OK;

    kge_dataset_init(dataset);
    status = kge_dataset_load_parts(dataset, paths, complaint);
    unlink(train_file.path);
    unlink(valid_file.path);
    return status;
}

static void tabs_and_blanks_separate(void)
{
    kge_dataset_t   dataset;
    app_complaint_t complaint;

    CU_ASSERT_EQUAL(load("New York\tis in\tUSA\r\n\n1 2 3\n", "", &dataset, &complaint),
                    TERN_OK);
    CU_ASSERT_EQUAL(dataset.parts[KGE_TRAIN].num, 2);
    CU_ASSERT_EQUAL(app_names_count(dataset.entities), 4);
    CU_ASSERT_STRING_EQUAL(app_names_text(dataset.entities, 0), "New York");
    CU_ASSERT_STRING_EQUAL(app_names_text(dataset.entities, 3), "3");
    kge_dataset_fini(&dataset);
}

static void triples_of_unseen_names_are_dropped(void)
{
    kge_dataset_t   dataset;
    app_complaint_t complaint;

    CU_ASSERT_EQUAL(load("a r b\nb r c\n", "a r c\na r x\na s b\n", &dataset, &complaint),
                    TERN_OK);
    CU_ASSERT_EQUAL(dataset.parts[KGE_VALID].num, 1);
    CU_ASSERT_EQUAL(dataset.num_dropped, 2);
    CU_ASSERT_EQUAL(app_names_count(dataset.entities), 3);
    kge_dataset_fini(&dataset);
}

static void prove_complaint(const char *train, const char *expected)
{
    kge_dataset_t   dataset;
    app_complaint_t complaint = {""};

    CU_ASSERT_EQUAL(load(train, "", &dataset, &complaint), TERN_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, expected));
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, "/tmp/tern-kge-"));
    kge_dataset_fini(&dataset);
}

static void malformed_lines_are_named(void)
{
    prove_complaint("a\tr\tb\na\tr\n", ":2: expected head, relation and tail, found 2");
    prove_complaint("a r b\n\nx\n",
                    ":3: expected head, relation and tail, found 1 field");
    prove_complaint("a r b c\n",
                    ":1: expected head, relation and tail, found at least 4");
    prove_complaint("\n", "no triple to train on");
}

static void zero_bytes_are_named(void)
{
    text_file_t     file                 = write_file("a r b\na \0 b\n", 12);
    const char     *paths[KGE_NUM_PARTS] = {file.path, NULL, NULL};
    kge_dataset_t   dataset;
    app_complaint_t complaint = {""};

    kge_dataset_init(&dataset);
    CU_ASSERT_EQUAL(kge_dataset_load_parts(&dataset, paths, &complaint), TERN_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, ":2: the line contains a zero byte"));
    kge_dataset_fini(&dataset);
    unlink(file.path);
}

static void missing_files_are_named(void)
{
    const char     *paths[KGE_NUM_PARTS] = {"/nowhere/train.tsv", NULL, NULL};
    kge_dataset_t   dataset;
    app_complaint_t complaint = {""};

    kge_dataset_init(&dataset);
    CU_ASSERT_EQUAL(kge_dataset_load_parts(&dataset, paths, &complaint), TERN_ERR_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, "/nowhere/train.tsv: No such file"));
    kge_dataset_fini(&dataset);
}

static void splitting_one_file_keeps_every_triple(void)
{
    char            text[20000] = "";
    size_t          length      = 0;
    text_file_t     file;
    kge_dataset_t   dataset;
    app_complaint_t complaint = {""};

    for (int i = 0; i < 1000; i++)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%d r %d\n",
                                   i % 20, i % 31);
    file = write_file(text, length);
    kge_dataset_init(&dataset);
    CU_ASSERT_EQUAL(
        kge_dataset_load_and_split(&dataset, file.path, KGE_SPLIT_TRIPLE, 1, &complaint),
        TERN_OK);
    CU_ASSERT_EQUAL(dataset.parts[KGE_TRAIN].num + dataset.parts[KGE_VALID].num +
                        dataset.parts[KGE_TEST].num + dataset.num_dropped,
                    1000);
    CU_ASSERT(dataset.parts[KGE_VALID].num > 0);
    CU_ASSERT(dataset.parts[KGE_TEST].num > 0);
    kge_dataset_fini(&dataset);
    unlink(file.path);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(tabs_and_blanks_separate),  FACT(triples_of_unseen_names_are_dropped),
        FACT(malformed_lines_are_named), FACT(zero_bytes_are_named),
        FACT(missing_files_are_named),   FACT(splitting_one_file_keeps_every_triple),
    };

    return facts_run("kge/dataset", facts, sizeof(facts) / sizeof(facts[0]));
}
