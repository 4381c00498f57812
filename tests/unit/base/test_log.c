/* Levels, folders and the shape of a log line. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "capture.h"
#include "facts.h"

static char *logged(tern_log_folder_t folder, tern_log_level_t level, const char *text)
{
    capture_t capture;

    capture_begin(&capture, stderr);
    tern_log(folder, level, "%s", text);
    return capture_end(&capture);
}

static bool prints(tern_log_folder_t folder, tern_log_level_t level)
{
    char *text     = logged(folder, level, "x");
    bool  is_empty = text[0] == '\0';

    free(text);
    return !is_empty;
}

static void a_line_names_folder_and_level(void)
{
    char *text = logged(TERN_LOG_COMM, TERN_LOG_WARN, "slow");

    CU_ASSERT_STRING_EQUAL(text, "comm warn: slow\n");
    free(text);
}

static void a_line_names_the_rank_once_it_is_known(void)
{
    char *text;

    tern_log_set_rank(3);
    text = logged(TERN_LOG_STORE, TERN_LOG_ERROR, "full");
    CU_ASSERT_STRING_EQUAL(text, "[rank 3] store error: full\n");
    free(text);
    tern_log_set_rank(-1);
}

static void warnings_and_information_are_printed_by_default(void)
{
    CU_ASSERT_TRUE(prints(TERN_LOG_KEYS, TERN_LOG_WARN));
    CU_ASSERT_TRUE(prints(TERN_LOG_KEYS, TERN_LOG_INFO));
    CU_ASSERT_FALSE(prints(TERN_LOG_KEYS, TERN_LOG_DEBUG));
}

static void only_the_speaker_prints_information(void)
{
    tern_log_set_is_speaker(false);
    CU_ASSERT_FALSE(prints(TERN_LOG_KEYS, TERN_LOG_INFO));
    CU_ASSERT_TRUE(prints(TERN_LOG_KEYS, TERN_LOG_WARN));
    tern_log_set_is_speaker(true);
}

static void folders_have_their_own_level(void)
{
    CU_ASSERT_TRUE(tern_log_configure("error,comm:trace,table:debug"));
    CU_ASSERT_TRUE(prints(TERN_LOG_COMM, TERN_LOG_TRACE));
    CU_ASSERT_TRUE(prints(TERN_LOG_TABLE, TERN_LOG_DEBUG));
    CU_ASSERT_FALSE(prints(TERN_LOG_TABLE, TERN_LOG_TRACE));
    CU_ASSERT_FALSE(prints(TERN_LOG_SYNC, TERN_LOG_WARN));
    CU_ASSERT_TRUE(prints(TERN_LOG_SYNC, TERN_LOG_ERROR));
    CU_ASSERT_TRUE(tern_log_configure("info"));
}

static void a_bad_specification_changes_nothing(void)
{
    CU_ASSERT_FALSE(tern_log_configure("trace,cellar:debug"));
    CU_ASSERT_FALSE(tern_log_configure("comm:loud"));
    CU_ASSERT_FALSE(tern_log_configure("comm"));
    CU_ASSERT_FALSE(tern_log_configure("comm:trace,"));
    CU_ASSERT_FALSE(tern_log_configure(""));
    CU_ASSERT_FALSE(prints(TERN_LOG_COMM, TERN_LOG_DEBUG));
}

static void a_long_line_is_cut_and_says_so(void)
{
    enum { LENGTH = 10000 };
    char  *long_text = malloc(LENGTH + 1);
    char  *text;
    size_t length;

    memset(long_text, 'x', LENGTH);
    long_text[LENGTH] = '\0';
    text              = logged(TERN_LOG_BASE, TERN_LOG_WARN, long_text);
    length            = strlen(text);
    CU_ASSERT_TRUE(length > 1000 && length < LENGTH);
    CU_ASSERT_STRING_EQUAL(text + length - 6, "x ...\n");
    free(text);
    free(long_text);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_line_names_folder_and_level),
        FACT(a_line_names_the_rank_once_it_is_known),
        FACT(warnings_and_information_are_printed_by_default),
        FACT(only_the_speaker_prints_information),
        FACT(folders_have_their_own_level),
        FACT(a_bad_specification_changes_nothing),
        FACT(a_long_line_is_cut_and_says_so),
    };

    return facts_run("base/log", facts, sizeof(facts) / sizeof(facts[0]));
}
