/** \file
 * Parts of a file have every line once, and what is malformed is named.
 */
#include "sparse_lr/reader.h"
#include "support/facts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/test_reader_XXXXXX";

static void write_bytes(const char *text, size_t num_bytes)
{
    FILE *file = fopen(path, "w");

    CU_ASSERT_FATAL(file != NULL);
    CU_ASSERT_EQUAL(fwrite(text, 1, num_bytes, file), num_bytes);
    fclose(file);
}

static void write_text(const char *text)
{
    write_bytes(text, strlen(text));
}

static tern_status_t read_as(const lr_format_t *format, size_t part, size_t num_parts,
                             lr_examples_t *examples, app_complaint_t *complaint)
{
    const lr_source_t source = {path, format, 64};

    return lr_read_part(&source, part, num_parts, examples, complaint);
}

static void libsvm_lines_become_examples(void)
{
    lr_examples_t   examples = {0};
    app_complaint_t complaint;

    write_text(
        "+1 1:0.5 18446744073709551614:2\n\n-1 # no features\n0 3:1 7:0 2:-4 # last");
    CU_ASSERT_EQUAL(read_as(&lr_format_libsvm, 0, 1, &examples, &complaint), TERN_OK);
    CU_ASSERT_EQUAL_FATAL(examples.num, 3);
    CU_ASSERT_EQUAL(examples.num_positive, 1);
    CU_ASSERT_EQUAL(examples.labels[0], 1);
    CU_ASSERT_EQUAL(examples.labels[1], -1);
    CU_ASSERT_EQUAL(examples.labels[2], -1);
    CU_ASSERT_EQUAL_FATAL(examples.num_entries, 4); /* 7:0 is not there */
    CU_ASSERT_EQUAL(examples.keys[1], UINT64_MAX - 1);
    CU_ASSERT_EQUAL(examples.values[1], 2);
    CU_ASSERT_EQUAL(examples.ends[1], 2);
    CU_ASSERT_EQUAL(examples.keys[2], 2); /* sorted */
    CU_ASSERT_EQUAL(examples.values[2], -4);
    CU_ASSERT_EQUAL(examples.keys[3], 3);
    lr_examples_fini(&examples);
}

/* Any number of parts, more than there are lines too, gives the same examples in the same order. */
static void parts_tile_the_file(void)
{
    char            text[4000] = "";
    size_t          length     = 0;
    app_complaint_t complaint;

    for (int i = 0; i < 100; i++)
        length += (size_t)sprintf(text + length, "%s %d:1%s\n", i % 3 ? "1" : "-1", i + 1,
                                  i % 7 ? "" : " 1000:0.25 2000:1e-3");
    write_text(text);
    for (size_t num_parts = 1; num_parts < 400; num_parts += 13) {
        lr_examples_t all = {0};

        for (size_t part = 0; part < num_parts; part++)
            CU_ASSERT_EQUAL_FATAL(
                read_as(&lr_format_libsvm, part, num_parts, &all, &complaint), TERN_OK);
        CU_ASSERT_EQUAL_FATAL(all.num, 100);
        for (size_t i = 0; i < all.num; i++)
            CU_ASSERT_EQUAL(all.keys[lr_examples_first(&all, i)], i + 1);
        lr_examples_fini(&all);
    }
}

static void an_empty_file_has_no_examples(void)
{
    lr_examples_t   examples = {0};
    app_complaint_t complaint;

    write_text("");
    for (size_t part = 0; part < 3; part++)
        CU_ASSERT_EQUAL(read_as(&lr_format_libsvm, part, 3, &examples, &complaint),
                        TERN_OK);
    CU_ASSERT_EQUAL(examples.num, 0);
}

/* Whichever part has the line that is wrong, its number in the file is told. */
static void prove_complaint(const lr_format_t *format, const char *text,
                            const char *expected)
{
    char whole[1200], wanted[1200];

    snprintf(wanted, sizeof(wanted), "%s:3: %s", path, expected);
    snprintf(whole, sizeof(whole), "%s\n%s\n%s\n%s\n", "", "", text, "");
    write_text(whole);
    for (size_t num_parts = 1; num_parts < 5; num_parts++) {
        size_t num_wrong = 0;

        for (size_t part = 0; part < num_parts; part++) {
            lr_examples_t   examples  = {0};
            app_complaint_t complaint = {""};

            if (read_as(format, part, num_parts, &examples, &complaint) != TERN_OK) {
                num_wrong++;
                CU_ASSERT_STRING_EQUAL(complaint.text, wanted);
            }
            lr_examples_fini(&examples);
        }
        CU_ASSERT_EQUAL(num_wrong, 1);
    }
}

static void malformed_libsvm_lines_are_named(void)
{
    const lr_format_t *format = &lr_format_libsvm;

    prove_complaint(format, "2 1:1", "the label \"2\" is none of +1, 1, 0 and -1");
    prove_complaint(format, "nan 1:1", "the label \"nan\" is none of +1, 1, 0 and -1");
    prove_complaint(format, "1 1", "expected index:value, found \"1\"");
    prove_complaint(format, "1 -3:1", "expected index:value, found \"-3:1\"");
    prove_complaint(format, "1 a:1", "expected index:value, found \"a:1\"");
    prove_complaint(format, "1 1:", "the value in \"1:\" is no number");
    prove_complaint(format, "1 1:2x", "the value in \"1:2x\" is no number");
    prove_complaint(format, "1 1:nan", "the value in \"1:nan\" is not finite");
    prove_complaint(format, "1 1:-inf", "the value in \"1:-inf\" is not finite");
    prove_complaint(format, "1 1:1e99", "the value in \"1:1e99\" is not finite");
    prove_complaint(format, "1 5:1 2:1 5:3", "the index 5 comes twice");
    prove_complaint(
        format, "1 18446744073709551615:1",
        "the index in \"18446744073709551615:1\" is above 18446744073709551614");
    prove_complaint(
        format, "1 99999999999999999999:1",
        "the index in \"99999999999999999999:1\" is above 18446744073709551614");
}

static void a_zero_byte_is_refused(void)
{
    lr_examples_t   examples = {0};
    app_complaint_t complaint;

    write_bytes("1 1:1\n1 2\0:1\n", 13);
    CU_ASSERT_EQUAL(read_as(&lr_format_libsvm, 0, 1, &examples, &complaint),
                    TERN_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(complaint.text, ":2: the line contains a zero byte"));
    lr_examples_fini(&examples);
}

static void a_missing_file_is_named(void)
{
    const lr_source_t source   = {"/nowhere/at/all", &lr_format_libsvm, 64};
    lr_examples_t     examples = {0};
    app_complaint_t   complaint;

    CU_ASSERT_EQUAL(lr_read_part(&source, 0, 1, &examples, &complaint), TERN_ERR_IO);
    CU_ASSERT_STRING_EQUAL(complaint.text, "/nowhere/at/all: No such file or directory");
}

/* A line of Criteo's with `integer` first among its integers and `category` first among its categories. */
static const char *criteo_line(const char *label, const char *integer,
                               const char *category)
{
    static char text[400];
    int         length = snprintf(text, sizeof(text), "%s\t%s", label, integer);

    for (int i = 1; i < 13; i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "\t");
    length += snprintf(text + length, sizeof(text) - (size_t)length, "\t%s", category);
    for (int i = 1; i < 26; i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "\t");
    return text;
}

static void criteo_fields_are_hashed(void)
{
    lr_examples_t   examples = {0};
    app_complaint_t complaint;
    char            text[2000];
    size_t          length = 0;

    /* 1000 and 1001 are in one bucket, 1 and 2 are not. */
    length += (size_t)sprintf(text, "%s\n", criteo_line("1", "1000", "68fd1e64"));
    length +=
        (size_t)sprintf(text + length, "%s\n", criteo_line("0", "1001", "68fd1e64"));
    length += (size_t)sprintf(text + length, "%s\n", criteo_line("0", "1", ""));
    length += (size_t)sprintf(text + length, "%s\n", criteo_line("0", "2", ""));
    write_text(text);
    CU_ASSERT_EQUAL(read_as(&lr_format_criteo, 0, 1, &examples, &complaint), TERN_OK);
    CU_ASSERT_EQUAL_FATAL(examples.num, 4);
    CU_ASSERT_EQUAL_FATAL(examples.num_entries, 6);
    CU_ASSERT_EQUAL(examples.keys[0], examples.keys[2]);
    CU_ASSERT_EQUAL(examples.keys[1], examples.keys[3]);
    CU_ASSERT_NOT_EQUAL(examples.keys[4], examples.keys[5]);
    CU_ASSERT_TRUE(examples.keys[0] < examples.keys[1]);
    lr_examples_fini(&examples);
}

static void malformed_criteo_lines_are_named(void)
{
    prove_complaint(&lr_format_criteo, criteo_line("x", "1", "a"),
                    "the label \"x\" is neither 0 nor 1");
    prove_complaint(&lr_format_criteo, criteo_line("1", "1.5", "a"),
                    "\"1.5\" is no integer");
    prove_complaint(&lr_format_criteo, "1\t2\t3",
                    "expected a label and 39 fields, found 2");
}

static const fact_t facts[] = {
    FACT(libsvm_lines_become_examples),  FACT(parts_tile_the_file),
    FACT(an_empty_file_has_no_examples), FACT(malformed_libsvm_lines_are_named),
    FACT(a_zero_byte_is_refused),        FACT(a_missing_file_is_named),
    FACT(criteo_fields_are_hashed),      FACT(malformed_criteo_lines_are_named),
};

int main(void)
{
    int code = mkstemp(path);

    if (code >= 0)
        close(code);
    code = facts_run("sparse_lr/reader", facts, sizeof(facts) / sizeof(facts[0]));
    remove(path);
    return code;
}
