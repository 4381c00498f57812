/** \file
 * Reading ratings: what is accepted, and what is complained about, with its line.
 */
#include "mf/reader.h"
#include "support/facts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Read a file of this content; its path is in `path`. */
static tern_status_t read_bytes(const char *content, size_t length, mf_matrix_t *matrix,
                                char path[64], app_complaint_t *complaint)
{
    int           fd;
    tern_status_t status;

    strcpy(path, "/tmp/tern-mf-XXXXXX");
    fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_FATAL(write(fd, content, length) == (ssize_t)length);
    close(fd);
    *matrix = (mf_matrix_t){0};
    status  = mf_matrix_read(matrix, path, complaint);
    unlink(path);
    return status;
}

/* Two rows and two columns, three ratings: (0, 0) 4.5, (1, 0) 3, (1, 1) 1. */
static void prove_ratings(const char *content)
{
    static const mf_rating_t expected[] = {{0, 0, 4.5f}, {1, 0, 3}, {1, 1, 1}};
    char                     path[64];
    mf_matrix_t              matrix;
    app_complaint_t          complaint = {""};

    CU_ASSERT_EQUAL(read_bytes(content, strlen(content), &matrix, path, &complaint),
                    TERN_OK);
    CU_ASSERT_STRING_EQUAL(complaint.text, "");
    CU_ASSERT_EQUAL(matrix.num_rows, 2);
    CU_ASSERT_EQUAL(matrix.num_columns, 2);
    CU_ASSERT_EQUAL_FATAL(matrix.ratings.num, 3);
    CU_ASSERT_EQUAL(memcmp(matrix.ratings.items, expected, sizeof(expected)), 0);
    mf_matrix_fini(&matrix);
}

static void the_formats_of_movielens_are_read(void)
{
    prove_ratings(
        "userId,movieId,rating,timestamp\n7,31,4.5,1260759144\n9,31,3,1\n9,1029,1.0,2\n");
    prove_ratings("196\t242\t4.5\t881250949\n186\t242\t3\t8\n186\t302\t1\t9\n");
    prove_ratings("1::1193::4.5::978300760\n2::1193::3::9\n2::661::1::9\n");
}

static void blanks_and_missing_ends_of_lines_are_read(void)
{
    prove_ratings("a x 4.5\r\n\nb   x 3\r\nb y 1");
}

static void coordinate_files_are_read(void)
{
    prove_ratings("%%MatrixMarket matrix coordinate real general\n% a comment\n\n2 2 3\n"
                  "1 1 4.5\n2 1 3\n2 2 1\n");
}

static void a_symmetric_entry_counts_twice(void)
{
    static const char content[] =
        "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n3 3\n";
    char            path[64];
    mf_matrix_t     matrix;
    app_complaint_t complaint;

    CU_ASSERT_EQUAL(read_bytes(content, strlen(content), &matrix, path, &complaint),
                    TERN_OK);
    CU_ASSERT_EQUAL(matrix.ratings.num, 3);
    CU_ASSERT_EQUAL(matrix.ratings.items[1].row, 0);
    CU_ASSERT_EQUAL(matrix.ratings.items[1].column, 1);
    CU_ASSERT_EQUAL(matrix.ratings.items[2].value, 1);
    mf_matrix_fini(&matrix);
}

static void prove_complaint(const char *content, const char *expected)
{
    char            path[64], text[256];
    mf_matrix_t     matrix;
    app_complaint_t complaint;

    CU_ASSERT_EQUAL(read_bytes(content, strlen(content), &matrix, path, &complaint),
                    TERN_ERR_FORMAT);
    snprintf(text, sizeof(text), "%s%s", path, expected);
    CU_ASSERT_STRING_EQUAL(complaint.text, text);
    mf_matrix_fini(&matrix);
}

static void what_is_wrong_with_a_rating_is_named_with_its_line(void)
{
    prove_complaint("1,2,3\n1,2\n",
                    ":2: expected row, column and rating, found 2 fields");
    prove_complaint("1,2,3\n1,2,x\n", ":2: the rating \"x\" is no number");
    prove_complaint("1,2,3\n1,2,nan\n", ":2: the rating \"nan\" is no number");
    prove_complaint("1,2,3\n,2,3\n", ":2: an empty row");
    prove_complaint("user,item,rating\n", ": the file contains no ratings");
    prove_complaint("", ": the file is empty");
}

static void what_is_wrong_with_a_coordinate_file_is_named_with_its_line(void)
{
    const char *head = "%%MatrixMarket matrix coordinate real general\n";
    char        content[128];

    prove_complaint("%%MatrixMarket matrix array real general\n1 1\n",
                    ":1: expected a matrix in coordinate form, real, integer or pattern, "
                    "general or symmetric, found \"%%MatrixMarket matrix array real "
                    "general\"");
    snprintf(content, sizeof(content), "%s2 2\n", head);
    prove_complaint(content,
                    ":2: expected numbers of rows, columns and entries, found \"2 2\"");
    snprintf(content, sizeof(content), "%s2 2 1\n3 1 1.0\n", head);
    prove_complaint(content, ":3: entry (3, 1) is outside the 2 x 2 matrix");
    snprintf(content, sizeof(content), "%s2 2 1\n1 0 1.0\n", head);
    prove_complaint(content, ":3: entry (1, 0) is outside the 2 x 2 matrix");
    snprintf(content, sizeof(content), "%s2 2 1\n1 1\n", head);
    prove_complaint(content, ":3: expected row, column and value, found \"1 1\"");
    snprintf(content, sizeof(content), "%s2 2 2\n1 1 1\n", head);
    prove_complaint(content, ": expected 2 entries, found 1");
}

static void a_zero_byte_is_named_with_its_line(void)
{
    char            path[64], text[128];
    mf_matrix_t     matrix;
    app_complaint_t complaint;

    CU_ASSERT_EQUAL(read_bytes("1,2,3\n1\0,2,3\n", 13, &matrix, path, &complaint),
                    TERN_ERR_FORMAT);
    snprintf(text, sizeof(text), "%s:2: the line contains a zero byte", path);
    CU_ASSERT_STRING_EQUAL(complaint.text, text);
    mf_matrix_fini(&matrix);
}

static void a_missing_file_is_named(void)
{
    mf_matrix_t     matrix = {0};
    app_complaint_t complaint;

    CU_ASSERT_EQUAL(mf_matrix_read(&matrix, "/nowhere/ratings", &complaint), TERN_ERR_IO);
    CU_ASSERT_STRING_EQUAL(complaint.text, "/nowhere/ratings: No such file or directory");
    mf_matrix_fini(&matrix);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(the_formats_of_movielens_are_read),
        FACT(blanks_and_missing_ends_of_lines_are_read),
        FACT(coordinate_files_are_read),
        FACT(a_symmetric_entry_counts_twice),
        FACT(what_is_wrong_with_a_rating_is_named_with_its_line),
        FACT(what_is_wrong_with_a_coordinate_file_is_named_with_its_line),
        FACT(a_zero_byte_is_named_with_its_line),
        FACT(a_missing_file_is_named),
    };

    return facts_run("mf/reader", facts, sizeof(facts) / sizeof(facts[0]));
}
