/** \file
 * Result files, read again in pieces; what is not there, or of another form, is refused by name.
 */
#include "tern/stored.h"

#include "base/alloc.h"
#include "base/log.h"
#include "capture.h"
#include "facts.h"
#include "tern/result.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUM_TEXTS = 2500 }; /* several blocks of them */

static char folder[] = "/tmp/tern-stored-XXXXXX";
static char path[64];

static void write_file(void)
{
    const double   numbers[] = {1.5, -2, 1e300, 0.1};
    tern_result_t *result    = NULL;
    char           digits[NUM_TEXTS][8];
    const char    *texts[NUM_TEXTS];

    for (int i = 0; i < NUM_TEXTS; i++) {
        snprintf(digits[i], sizeof digits[i], "%d", i);
        texts[i] = digits[i];
    }
    CU_ASSERT_EQUAL_FATAL(tern_result_create(path, &result), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_numbers(result, "/a/numbers", 4, numbers), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_texts(result, "/a/texts", NUM_TEXTS, texts), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_numbers(result, "/none", 0, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_put_number(result, "/scalar", 3), TERN_OK);
    CU_ASSERT_EQUAL(tern_result_close(&result), TERN_OK);
}

static tern_stored_t *open_file(void)
{
    tern_stored_t *stored = NULL;

    write_file();
    CU_ASSERT_EQUAL_FATAL(tern_stored_open(path, &stored), TERN_OK);
    return stored;
}

static void close_file(tern_stored_t **stored_p)
{
    tern_stored_close(stored_p);
    CU_ASSERT_PTR_NULL(*stored_p);
    CU_ASSERT_EQUAL(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_CHECKPOINT), 0);
    unlink(path);
}

static void numbers_are_read_in_pieces(void)
{
    tern_stored_t *stored = open_file();
    size_t         num    = 0;
    double         seen[4];

    CU_ASSERT(tern_stored_is_hdf5(path));
    CU_ASSERT_EQUAL(tern_stored_count(stored, "/a/numbers", &num), TERN_OK);
    CU_ASSERT_EQUAL(num, 4);
    CU_ASSERT_EQUAL(tern_stored_get_numbers(stored, "/a/numbers", 2, 2, seen), TERN_OK);
    CU_ASSERT(seen[0] == 1e300 && seen[1] == 0.1);
    CU_ASSERT_EQUAL(tern_stored_get_numbers(stored, "/none", 0, 0, NULL), TERN_OK);
    close_file(&stored);
}

typedef struct visit {
    size_t next, last;
} visit_t;

static bool follow(size_t i, const char *text, void *context)
{
    visit_t *visit = context;

    CU_ASSERT_EQUAL(i, visit->next);
    CU_ASSERT_EQUAL(strtoull(text, NULL, 10), visit->next);
    return visit->next++ < visit->last;
}

static void texts_are_visited_in_order_until_enough(void)
{
    tern_stored_t *stored = open_file();
    visit_t        all = {3, SIZE_MAX}, some = {0, 1500};

    CU_ASSERT_EQUAL(
        tern_stored_visit_texts(stored, "/a/texts", 3, NUM_TEXTS - 3, follow, &all),
        TERN_OK);
    CU_ASSERT_EQUAL(all.next, NUM_TEXTS);
    CU_ASSERT_EQUAL(
        tern_stored_visit_texts(stored, "/a/texts", 0, NUM_TEXTS, follow, &some),
        TERN_OK);
    CU_ASSERT_EQUAL(some.next, 1501);
    close_file(&stored);
}

static void what_is_not_there_is_refused_by_name(void)
{
    tern_stored_t *stored = open_file();
    capture_t      out;
    char          *text;
    size_t         num = 0;
    double         seen[5];

    capture_begin(&out, stderr);
    CU_ASSERT_EQUAL(tern_stored_count(stored, "/a/b", &num), TERN_ERR_FORMAT);
    CU_ASSERT_EQUAL(tern_stored_count(stored, "/scalar", &num), TERN_ERR_FORMAT);
    CU_ASSERT_EQUAL(tern_stored_get_numbers(stored, "/a/numbers", 1, 4, seen),
                    TERN_ERR_FORMAT);
    CU_ASSERT_EQUAL(tern_stored_get_numbers(stored, "/a/texts", 0, 4, seen),
                    TERN_ERR_FORMAT);
    CU_ASSERT_EQUAL(
        tern_stored_visit_texts(stored, "/a/numbers", 0, 4, follow, &(visit_t){0}),
        TERN_ERR_FORMAT);
    text = capture_end(&out);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "/a/b: there is no dataset of this name"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "/scalar: it is not one-dimensional"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "/a/numbers: it has fewer items"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "/a/texts: its items are not numbers"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "/a/numbers: its items are not texts"));
    free(text);
    close_file(&stored);
}

static void other_files_are_refused(void)
{
    tern_stored_t *stored = NULL;
    FILE          *file   = fopen(path, "w");
    capture_t      out;
    char          *text;

    fputs("1 0.5\n", file);
    fclose(file);
    CU_ASSERT(!tern_stored_is_hdf5(path));
    CU_ASSERT(!tern_stored_is_hdf5("/nowhere"));
    capture_begin(&out, stderr);
    CU_ASSERT_EQUAL(tern_stored_open(path, &stored), TERN_ERR_IO);
    CU_ASSERT_EQUAL(tern_stored_open("/nowhere", &stored), TERN_ERR_IO);
    text = capture_end(&out);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, path));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "cannot read /nowhere: "));
    CU_ASSERT_PTR_NULL(stored);
    free(text);
    unlink(path);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_CHECKPOINT), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(numbers_are_read_in_pieces),
        FACT(texts_are_visited_in_order_until_enough),
        FACT(what_is_not_there_is_refused_by_name),
        FACT(other_files_are_refused),
    };
    int code;

    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/result.h5", folder);
    code = facts_run("checkpoint/stored", facts, sizeof facts / sizeof facts[0]);
    rmdir(folder);
    return code;
}
