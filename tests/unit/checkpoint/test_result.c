/** \file
 * Result files: what is written is read back by plain HDF5, and a final name is always a whole file.
 */
#include "tern/result.h"

#include "base/alloc.h"
#include "base/log.h"
#include "facts.h"
#include "tern/options.h"

#include <dirent.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/tern-result-XXXXXX";
static char path[64];

/* Number of files in the test's folder. */
static int num_files(void)
{
    int            num       = 0;
    DIR           *directory = opendir(folder);
    struct dirent *entry;

    while ((entry = readdir(directory)))
        num += entry->d_name[0] != '.';
    closedir(directory);
    return num;
}

static tern_result_t *create(void)
{
    tern_result_t *result = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_result_create(path, &result), TERN_OK);
    return result;
}

/* Close the result and open the file as a reader does. */
static hid_t close_and_open(tern_result_t **result_p)
{
    CU_ASSERT_EQUAL_FATAL(tern_result_close(result_p), TERN_OK);
    CU_ASSERT_PTR_NULL(*result_p);
    return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

static void remove_file(hid_t file)
{
    CU_ASSERT_EQUAL(H5Fget_obj_count(file, H5F_OBJ_ALL), 1);
    H5Fclose(file);
    unlink(path);
    CU_ASSERT_EQUAL(num_files(), 0);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_CHECKPOINT), 0);
}

/* Read a dataset whole in a native type. */
static void read_all(hid_t file, const char *name, hid_t type, void *values)
{
    hid_t data = H5Dopen2(file, name, H5P_DEFAULT);

    CU_ASSERT_FATAL(data >= 0);
    CU_ASSERT(H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(data);
}

static hid_t utf8(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

static void texts_and_numbers_come_back(void)
{
    const char    *names[]   = {"tern", "", "Küstenseeschwalbe"};
    const double   numbers[] = {1.5, -2, 1e300};
    tern_result_t *result    = create();
    hid_t          file, type = utf8();
    char          *text, *texts[3];
    double         number, seen[3];

    CU_ASSERT_EQUAL(tern_result_put_text(result, "a/deep/text", "Möwe"), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_number(result, "/a/number", 0.1), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_texts(result, "a/names", 3, names), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_numbers(result, "a/numbers", 3, numbers), TERN_OK);
    file = close_and_open(&result);

    read_all(file, "/a/deep/text", type, &text);
    CU_ASSERT_STRING_EQUAL(text, "Möwe");
    read_all(file, "/a/names", type, texts);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_STRING_EQUAL(texts[i], names[i]);
    read_all(file, "/a/number", H5T_NATIVE_DOUBLE, &number);
    CU_ASSERT_EQUAL(number, 0.1);
    read_all(file, "/a/numbers", H5T_NATIVE_DOUBLE, seen);
    CU_ASSERT_EQUAL(memcmp(seen, numbers, sizeof seen), 0);
    H5free_memory(text);
    for (int i = 0; i < 3; i++)
        H5free_memory(texts[i]);
    H5Tclose(type);
    remove_file(file);
}

static void lists_may_be_empty(void)
{
    tern_result_t *result = create();
    hid_t          file, data, space;

    CU_ASSERT_EQUAL(tern_result_put_numbers(result, "none", 0, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_texts(result, "nobody", 0, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_add_matrix(result, "flat", 0, 4, TERN_FLOAT32), TERN_OK);
    file  = close_and_open(&result);
    data  = H5Dopen2(file, "nobody", H5P_DEFAULT);
    space = H5Dget_space(data);
    CU_ASSERT_EQUAL(H5Sget_simple_extent_npoints(space), 0);
    H5Sclose(space);
    H5Dclose(data);
    remove_file(file);
}

static void rows_may_be_put_in_any_order(void)
{
    const float    last[1][3]  = {{7, 8, 9}};
    const float    first[2][3] = {{1, 2, 3}, {4, 5, 6}};
    const double   wide[2][1]  = {{0.1}, {0.2}};
    tern_result_t *result      = create();
    hid_t          file;
    float          seen[9];
    double         seen_wide[2];

    CU_ASSERT_EQUAL(tern_result_add_matrix(result, "m/f", 3, 3, TERN_FLOAT32), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_add_matrix(result, "m/d", 2, 1, TERN_FLOAT64), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_rows(result, "m/f", 2, 1, last), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_rows(result, "m/f", 0, 2, first), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_rows(result, "m/d", 0, 2, wide), TERN_OK);
    file = close_and_open(&result);
    read_all(file, "m/f", H5T_NATIVE_FLOAT, seen);
    for (int i = 0; i < 9; i++)
        CU_ASSERT_EQUAL(seen[i], (float)(i + 1));
    read_all(file, "m/d", H5T_NATIVE_DOUBLE, seen_wide);
    CU_ASSERT_EQUAL(seen_wide[1], 0.2);
    remove_file(file);
}

static void rows_outside_a_matrix_are_refused(void)
{
    const float    row[3] = {1, 2, 3};
    tern_result_t *result = create();

    CU_ASSERT_EQUAL(tern_result_add_matrix(result, "m", 3, 3, TERN_FLOAT32), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_rows(result, "m", 3, 1, row), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_result_put_rows(result, "m", SIZE_MAX, 1, row), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_result_put_rows(result, "m", 3, 0, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_rows(result, "n", 0, 1, row), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_result_add_matrix(result, "z", 3, 0, TERN_FLOAT32),
                    TERN_ERR_ARG);
    remove_file(close_and_open(&result));
}

static void a_name_is_used_once(void)
{
    tern_result_t *result = create();

    CU_ASSERT_EQUAL(tern_result_put_number(result, "twice", 1), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_number(result, "twice", 2), TERN_ERR_IO);
    CU_ASSERT_EQUAL(tern_result_put_number(result, "twice/below", 2), TERN_ERR_IO);
    CU_ASSERT_EQUAL(tern_result_put_number(result, "", 2), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_result_put_number(result, "folder/", 2), TERN_ERR_ARG);
    remove_file(close_and_open(&result)); /* the refused ones left nothing open */
}

static void options_are_stored_with_their_origin(void)
{
    tern_result_t  *result  = create();
    tern_options_t *options = NULL;
    tern_option_t   list[]  = {
           {.name = "epochs", .type = TERN_OPTION_INT, .default_value = "3", .help = "x"}};
    hid_t file, attribute, type = utf8();
    char *text;

    CU_ASSERT_EQUAL_FATAL(tern_options_create("test", "a test", &options), TERN_OK);
    CU_ASSERT_EQUAL_FATAL(tern_options_add(options, 1, list), TERN_OK);
    CU_ASSERT_EQUAL_FATAL(tern_options_set(options, "epochs", "5"), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_options(result, options), TERN_OK);
    tern_options_destroy(&options);
    file = close_and_open(&result);
    read_all(file, "/config/epochs", type, &text);
    CU_ASSERT_STRING_EQUAL(text, "5");
    H5free_memory(text);
    attribute =
        H5Aopen_by_name(file, "/config/epochs", "origin", H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT(H5Aread(attribute, type, &text) >= 0);
    CU_ASSERT_STRING_EQUAL(text, "command line");
    H5free_memory(text);
    H5Aclose(attribute);
    H5Tclose(type);
    remove_file(file);
}

static void the_final_name_appears_at_close(void)
{
    tern_result_t *result = create();

    CU_ASSERT_EQUAL(tern_result_put_number(result, "x", 1), TERN_OK);
    CU_ASSERT_EQUAL(access(path, F_OK), -1);
    CU_ASSERT_EQUAL(num_files(), 1);
    remove_file(close_and_open(&result));
}

static void an_old_file_lives_until_the_new_one_is_whole(void)
{
    tern_result_t *result = create();
    hid_t          file;
    double         number;

    CU_ASSERT_EQUAL(tern_result_put_number(result, "x", 1), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_close(&result), TERN_OK);
    result = create();
    CU_ASSERT_EQUAL(tern_result_put_number(result, "x", 2), TERN_OK);
    file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    read_all(file, "x", H5T_NATIVE_DOUBLE, &number);
    CU_ASSERT_EQUAL(number, 1);
    H5Fclose(file);
    file = close_and_open(&result);
    read_all(file, "x", H5T_NATIVE_DOUBLE, &number);
    CU_ASSERT_EQUAL(number, 2);
    remove_file(file);
}

static void an_abandoned_result_leaves_nothing(void)
{
    tern_result_t *result = create();

    CU_ASSERT_EQUAL(tern_result_put_number(result, "x", 1), TERN_OK);
    tern_result_abandon(&result);
    CU_ASSERT_PTR_NULL(result);
    CU_ASSERT_EQUAL(num_files(), 0);
    tern_result_abandon(&result); /* harmless */
}

/* Redirect standard error to a file while tern_result_create() fails; the message names the path. */
static void expect_refusal(const char *bad_path, const char *cause)
{
    tern_result_t *result     = NULL;
    FILE          *log        = tmpfile();
    int            kept       = dup(STDERR_FILENO);
    char           text[1000] = "";

    dup2(fileno(log), STDERR_FILENO);
    CU_ASSERT_EQUAL(tern_result_create(bad_path, &result), TERN_ERR_IO);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(log);
    text[fread(text, 1, sizeof text - 1, log)] = '\0';
    fclose(log);
    CU_ASSERT_PTR_NULL(result);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, bad_path));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, cause));
}

static void an_unwritable_path_is_an_error_that_names_it(void)
{
    expect_refusal("/nowhere/at/all.h5", "No such file or directory");
    expect_refusal(folder, "Is a directory");
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_CHECKPOINT), 0);
}

static void a_failed_close_removes_the_temporary_file(void)
{
    tern_result_t *result = create();

    CU_ASSERT_EQUAL(tern_result_put_number(result, "x", 1), TERN_OK);
    mkdir(path, 0777); /* rename cannot replace a folder by a file */
    CU_ASSERT_EQUAL(tern_result_close(&result), TERN_ERR_IO);
    CU_ASSERT_PTR_NULL(result);
    rmdir(path);
    CU_ASSERT_EQUAL(num_files(), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(texts_and_numbers_come_back),
        FACT(lists_may_be_empty),
        FACT(rows_may_be_put_in_any_order),
        FACT(rows_outside_a_matrix_are_refused),
        FACT(a_name_is_used_once),
        FACT(options_are_stored_with_their_origin),
        FACT(the_final_name_appears_at_close),
        FACT(an_old_file_lives_until_the_new_one_is_whole),
        FACT(an_abandoned_result_leaves_nothing),
        FACT(an_unwritable_path_is_an_error_that_names_it),
        FACT(a_failed_close_removes_the_temporary_file),
    };
    int code;

    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/result.h5", folder);
    code = facts_run("checkpoint/result", facts, sizeof facts / sizeof facts[0]);
    rmdir(folder);
    return code;
}
