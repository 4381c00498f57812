/* Options: where values come from, what is refused and in which words, what the user is told. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "facts.h"
#include "base/suggest.h"
#include "tern/options.h"

static const tern_option_t program_options[] = {
    {.name          = "epochs",
     .type          = TERN_OPTION_INT,
     .default_value = "20",
     .unit          = "epochs",
     .help          = "passes over the data",
     .min           = 1,
     .max           = 1000},
    {.name          = "step-size",
     .type          = TERN_OPTION_REAL,
     .default_value = "0.1",
     .help          = "learning rate"},
    {.name          = "model",
     .type          = TERN_OPTION_CHOICE,
     .default_value = "complex",
     .help          = "scoring function",
     .choices       = "complex|rescal|distmult"},
    {.name = "output", .type = TERN_OPTION_STRING, .unit = "FILE", .help = "results"},
    {.name          = "shuffle",
     .type          = TERN_OPTION_FLAG,
     .default_value = "yes",
     .help          = "mix the rows"},
    {.name          = "rows",
     .type          = TERN_OPTION_INT,
     .default_value = "1M",
     .help          = "size of the table"},
};

enum { NUM_PROGRAM_OPTIONS = sizeof(program_options) / sizeof(program_options[0]) };

/* A registry after parsing, and what that printed. */
typedef struct parsed {
    tern_options_t *options;
    tern_status_t   status;
    char           *out, *err;
    char           *words; /* what operands point into */
} parsed_t;

enum { MAX_ARGUMENTS = 16 };

/* Parse `line`, words separated by blanks. */
static parsed_t parse(const char *line)
{
    char     *words               = strdup(line);
    char     *rest                = words;
    char     *argv[MAX_ARGUMENTS] = {(char *)"program"};
    int       argc                = 1;
    parsed_t  parsed              = {0};
    capture_t out, err;

    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word)
            argv[argc++] = word;
    capture_begin(&out, stdout);
    capture_begin(&err, stderr);
    CU_ASSERT_EQUAL(tern_options_create("program", "Does it.", &parsed.options), TERN_OK);
    CU_ASSERT_EQUAL(
        tern_options_add(parsed.options, NUM_PROGRAM_OPTIONS, program_options), TERN_OK);
    tern_options_set_usage(parsed.options, "FILE...", "Example: program data.tsv");
    parsed.status = tern_options_parse(parsed.options, argc, argv);
    parsed.err    = capture_end(&err);
    parsed.out    = capture_end(&out);
    parsed.words  = words;
    return parsed;
}

static void release(parsed_t *parsed)
{
    tern_options_destroy(&parsed->options);
    CU_ASSERT_PTR_NULL(parsed->options);
    free(parsed->out);
    free(parsed->err);
    free(parsed->words);
}

static const char config_path[] = "options_test.conf";

static void write_config(const char *text)
{
    FILE *file = fopen(config_path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

/* `line` is refused, nothing goes to standard output, and the message is `message`. */
static void refuses(const char *line, const char *message)
{
    parsed_t parsed = parse(line);

    CU_ASSERT_EQUAL(parsed.status, TERN_ERR_USAGE);
    CU_ASSERT_STRING_EQUAL(parsed.err, message);
    CU_ASSERT_STRING_EQUAL(parsed.out, "");
    release(&parsed);
}

static void defaults_hold_when_nothing_is_said(void)
{
    parsed_t parsed = parse("");

    CU_ASSERT_EQUAL(parsed.status, TERN_OK);
    CU_ASSERT_EQUAL(tern_option_int(parsed.options, "epochs"), 20);
    CU_ASSERT_EQUAL(tern_option_real(parsed.options, "step-size"), 0.1);
    CU_ASSERT_STRING_EQUAL(tern_option_string(parsed.options, "model"), "complex");
    CU_ASSERT_PTR_NULL(tern_option_string(parsed.options, "output"));
    CU_ASSERT_TRUE(tern_option_flag(parsed.options, "shuffle"));
    CU_ASSERT_EQUAL(tern_option_int(parsed.options, "rows"), 1000000);
    CU_ASSERT_FALSE(tern_option_is_set(parsed.options, "epochs"));
    CU_ASSERT_EQUAL(tern_option_int(parsed.options, "seed"), 1); /* the library's */
    release(&parsed);
}

static void command_line_beats_environment_beats_file_beats_default(void)
{
    parsed_t parsed;

    write_config("epochs = 2\nstep-size = 0.2\nmodel = rescal # not the default\n");
    setenv("TERN_EPOCHS", "3", 1);
    setenv("TERN_STEP_SIZE", "0.3", 1);
    parsed = parse("--config options_test.conf --epochs 4");
    CU_ASSERT_EQUAL(parsed.status, TERN_OK);
    CU_ASSERT_EQUAL(tern_option_int(parsed.options, "epochs"), 4);
    CU_ASSERT_EQUAL(tern_option_real(parsed.options, "step-size"), 0.3);
    CU_ASSERT_STRING_EQUAL(tern_option_string(parsed.options, "model"), "rescal");
    CU_ASSERT_TRUE(tern_option_is_set(parsed.options, "model"));
    release(&parsed);
    unsetenv("TERN_EPOCHS");
    unsetenv("TERN_STEP_SIZE");
    unlink(config_path);
}

static void the_environment_can_name_the_file(void)
{
    parsed_t parsed;

    write_config("# a comment\n\n  epochs=7   \noutput = a#b c.h5\n");
    setenv("TERN_CONFIG", config_path, 1);
    parsed = parse("");
    CU_ASSERT_EQUAL(parsed.status, TERN_OK);
    CU_ASSERT_EQUAL(tern_option_int(parsed.options, "epochs"), 7);
    CU_ASSERT_STRING_EQUAL(tern_option_string(parsed.options, "output"), "a#b c.h5");
    release(&parsed);
    unsetenv("TERN_CONFIG");
    unlink(config_path);
}

static void the_last_word_on_the_command_line_counts(void)
{
    parsed_t parsed = parse("--epochs 4 --epochs=5 --no-shuffle --shuffle=yes");

    CU_ASSERT_EQUAL(tern_option_int(parsed.options, "epochs"), 5);
    CU_ASSERT_TRUE(tern_option_flag(parsed.options, "shuffle"));
    release(&parsed);
}

static void flags_take_no_yes_and_their_kin(void)
{
    parsed_t parsed = parse("--no-shuffle --json");

    CU_ASSERT_FALSE(tern_option_flag(parsed.options, "shuffle"));
    CU_ASSERT_TRUE(tern_option_flag(parsed.options, "json"));
    release(&parsed);
    parsed = parse("--shuffle=off --json=true");
    CU_ASSERT_FALSE(tern_option_flag(parsed.options, "shuffle"));
    CU_ASSERT_TRUE(tern_option_flag(parsed.options, "json"));
    release(&parsed);
    refuses("--json=maybe", "program: --json maybe: neither yes nor no\n");
    refuses("--no-epochs",
            "program: unknown option --no-epochs; did you mean --epochs?\n");
}

static void integers_take_suffixes(void)
{
    static const struct {
        const char *text;
        int64_t     number;
    } cases[] = {
        {"--rows=12", 12},
        {"--rows=-3", -3},
        {"--rows=2k", 2000},
        {"--rows=3M", 3000000},
        {"--rows=4G", 4000000000},
        {"--rows=2Ki", 2048},
        {"--rows=3Mi", 3 << 20},
        {"--rows=4Gi", INT64_C(4) << 30},
        {"--rows=9223372036854775807", INT64_MAX},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parsed_t parsed = parse(cases[i].text);

        CU_ASSERT_EQUAL(tern_option_int(parsed.options, "rows"), cases[i].number);
        release(&parsed);
    }
}

static void bad_values_are_refused_as_they_were_given(void)
{
    refuses("--epochs 0", "program: --epochs 0: must be between 1 and 1000\n");
    refuses("--epochs=1001", "program: --epochs 1001: must be between 1 and 1000\n");
    refuses("--rows 9223372036854775808",
            "program: --rows 9223372036854775808: does not fit in 64 bits\n");
    refuses("--rows 10000000000G",
            "program: --rows 10000000000G: does not fit in 64 bits\n");
    refuses("--rows 5x", "program: --rows 5x: not an integer (digits, then k, M, G, Ki, "
                         "Mi or Gi if you like)\n");
    refuses("--step-size 1,5", "program: --step-size 1,5: not a number\n");
    refuses("--step-size nan", "program: --step-size nan: not a number\n");
    refuses("--model compex", "program: --model compex: not one of "
                              "complex|rescal|distmult; did you mean complex?\n");
    refuses("--epochs", "program: --epochs needs a value\n");
    refuses("--epochs --json", "program: --epochs needs a value\n");
    refuses("--log=loud", "program: log = loud (command line): not of the form "
                          "comm:trace,store:debug\n");
}

static void bad_values_in_the_environment_name_the_variable(void)
{
    setenv("TERN_STEP_SIZE", "fast", 1);
    refuses("", "program: TERN_STEP_SIZE=fast: not a number\n");
    unsetenv("TERN_STEP_SIZE");
}

static void bad_lines_in_a_file_are_named_by_file_and_line(void)
{
    write_config("# first\nepochs = 5\nepochs = none\n");
    refuses("--config options_test.conf",
            "program: options_test.conf:3: epochs = none: not an integer (digits, then "
            "k, M, G, Ki, Mi or Gi if you like)\n");
    write_config("\nepoch = 5\n");
    refuses("--config options_test.conf",
            "program: options_test.conf:2: unknown option epoch; did you mean epochs?\n");
    write_config("epochs 5\n");
    refuses("--config options_test.conf", "program: options_test.conf:1: \"epochs 5\" is "
                                          "not of the form name = value\n");
    write_config("config = other.conf\n");
    refuses("--config options_test.conf",
            "program: options_test.conf:1: a file cannot name another file\n");
    unlink(config_path);
    refuses("--config options_test.conf",
            "program: cannot read options_test.conf: No such file or directory\n");
}

static void unknown_options_come_with_the_nearest_one(void)
{
    refuses("--epoch 5", "program: unknown option --epoch; did you mean --epochs?\n");
    refuses("--setp-size=5",
            "program: unknown option --setp-size; did you mean --step-size?\n");
    refuses("--hepl", "program: unknown option --hepl; did you mean --help?\n");
    refuses("--zzzzzz", "program: unknown option --zzzzzz; --help lists them\n");
    refuses("-e 5", "program: unknown option -e; names begin with --\n");
}

static void unknown_variables_are_warned_of_only(void)
{
    parsed_t parsed;

    setenv("TERN_EPOCH", "3", 1);
    parsed = parse("");
    CU_ASSERT_EQUAL(parsed.status, TERN_OK);
    CU_ASSERT_STRING_EQUAL(parsed.err, "program: warning: unknown option TERN_EPOCH in "
                                       "the environment; did you mean TERN_EPOCHS?\n");
    CU_ASSERT_EQUAL(tern_option_int(parsed.options, "epochs"), 20);
    release(&parsed);
    unsetenv("TERN_EPOCH");
}

static void variables_of_launchers_are_no_options(void)
{
    parsed_t parsed;

    setenv("TERN_RUN_TOKEN", "3", 1);
    setenv("TERN_VCLUSTER_NAME", "vc", 1);
    parsed = parse("");
    CU_ASSERT_EQUAL(parsed.status, TERN_OK);
    CU_ASSERT_STRING_EQUAL(parsed.err, "");
    release(&parsed);
    unsetenv("TERN_RUN_TOKEN");
    unsetenv("TERN_VCLUSTER_NAME");
}

static void distances_count_slips(void)
{
    CU_ASSERT_EQUAL(tern_suggestion_distance("epochs", "epochs"), 0);
    CU_ASSERT_EQUAL(tern_suggestion_distance("epoch", "epochs"), 1);
    CU_ASSERT_EQUAL(tern_suggestion_distance("epohcs", "epochs"), 1);
    CU_ASSERT_EQUAL(tern_suggestion_distance("axochs", "epochs"), 2);
    CU_ASSERT_EQUAL(tern_suggestion_distance("", "abc"), 3);
    CU_ASSERT_EQUAL(tern_suggestion_distance("kitten", "sitting"), 3);
}

static void operands_are_what_is_left(void)
{
    parsed_t parsed = parse("a --epochs 3 - b -- --json");

    CU_ASSERT_EQUAL(parsed.status, TERN_OK);
    CU_ASSERT_EQUAL_FATAL(tern_options_num_operands(parsed.options), 4);
    CU_ASSERT_STRING_EQUAL(tern_options_operand(parsed.options, 0), "a");
    CU_ASSERT_STRING_EQUAL(tern_options_operand(parsed.options, 1), "-");
    CU_ASSERT_STRING_EQUAL(tern_options_operand(parsed.options, 3), "--json");
    CU_ASSERT_FALSE(tern_option_flag(parsed.options, "json"));
    release(&parsed);
}

static void operands_are_refused_where_none_are_declared(void)
{
    char           *argv[] = {(char *)"program", (char *)"stray"};
    tern_options_t *options;
    capture_t       err;
    char           *text;

    CU_ASSERT_EQUAL(tern_options_create("program", "Does it.", &options), TERN_OK);
    capture_begin(&err, stderr);
    CU_ASSERT_EQUAL(tern_options_parse(options, 2, argv), TERN_ERR_USAGE);
    text = capture_end(&err);
    CU_ASSERT_STRING_EQUAL(text,
                           "program: unexpected operand \"stray\"; --help says more\n");
    free(text);
    tern_options_destroy(&options);
}

static void help_shows_defaults_units_bounds_and_both_groups(void)
{
    parsed_t parsed = parse("--help --nonsense");

    CU_ASSERT_EQUAL(parsed.status, TERN_DONE);
    CU_ASSERT_STRING_EQUAL(parsed.err, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "Usage: program [options] FILE...\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "--epochs <epochs>"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(parsed.out, "passes over the data (default 20 epochs; 1 to 1000)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "--model <complex|rescal|distmult>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "--[no-]shuffle"));
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "--stall-seconds <seconds>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "Exit codes: 0 success"));
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "TERN_SERVERS_PER_NODE=2"));
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "\nExample: program data.tsv\n"));
    CU_ASSERT_TRUE(strstr(parsed.out, "--epochs") < strstr(parsed.out, "--spares"));
    release(&parsed);
}

static void no_line_of_the_help_is_wider_than_90(void)
{
    parsed_t parsed = parse("--help");
    char    *rest   = parsed.out;

    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        CU_ASSERT_TRUE(strlen(line) <= 90);
    release(&parsed);
}

static void print_config_names_each_origin(void)
{
    parsed_t parsed;

    write_config("\nmodel = rescal\n");
    setenv("TERN_ROWS", "5k", 1);
    parsed = parse("--config options_test.conf --print-config --epochs=4");
    CU_ASSERT_EQUAL(parsed.status, TERN_DONE);
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "\nepochs = 4  # origin: command line\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(parsed.out, "\nrows = 5k  # origin: environment TERN_ROWS\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(parsed.out, "\nmodel = rescal  # origin: options_test.conf:2\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.out, "\nstep-size = 0.1  # origin: default\n"));
    release(&parsed);
    unsetenv("TERN_ROWS");
    unlink(config_path);
}

static void print_config_can_be_read_as_a_file(void)
{
    parsed_t first = parse("--print-config --epochs 9 --no-shuffle --output x.h5");
    parsed_t second;

    write_config(first.out);
    second = parse("--config options_test.conf");
    CU_ASSERT_EQUAL(second.status, TERN_OK);
    CU_ASSERT_EQUAL(tern_option_int(second.options, "epochs"), 9);
    CU_ASSERT_FALSE(tern_option_flag(second.options, "shuffle"));
    CU_ASSERT_STRING_EQUAL(tern_option_string(second.options, "output"), "x.h5");
    CU_ASSERT_PTR_NULL(tern_option_string(second.options, "roles"));
    release(&first);
    release(&second);
    unlink(config_path);
}

static void version_names_program_and_release(void)
{
    parsed_t parsed = parse("--version");

    CU_ASSERT_EQUAL(parsed.status, TERN_DONE);
    CU_ASSERT_EQUAL(strncmp(parsed.out, "program (Tern) ", 15), 0);
    release(&parsed);
}

static void only_the_first_process_prints_but_all_agree(void)
{
    parsed_t parsed;

    setenv("OMPI_COMM_WORLD_RANK", "1", 1);
    parsed = parse("--epoch 5");
    CU_ASSERT_EQUAL(parsed.status, TERN_ERR_USAGE);
    CU_ASSERT_STRING_EQUAL(parsed.err, "");
    release(&parsed);
    parsed = parse("--help");
    CU_ASSERT_EQUAL(parsed.status, TERN_DONE);
    CU_ASSERT_STRING_EQUAL(parsed.out, "");
    release(&parsed);
    unsetenv("OMPI_COMM_WORLD_RANK");
}

static void values_can_be_set_by_the_program(void)
{
    parsed_t    parsed = parse("--output first.h5");
    const char *before = tern_option_string(parsed.options, "output");
    capture_t   err;

    CU_ASSERT_EQUAL(tern_options_set(parsed.options, "output", "second.h5"), TERN_OK);
    CU_ASSERT_STRING_EQUAL(tern_option_string(parsed.options, "output"), "second.h5");
    CU_ASSERT_STRING_EQUAL(before, "first.h5"); /* lives as long as the registry */
    capture_begin(&err, stderr);
    CU_ASSERT_EQUAL(tern_options_set(parsed.options, "epochs", "-1"), TERN_ERR_USAGE);
    CU_ASSERT_EQUAL(tern_options_set(parsed.options, "epoch", "1"), TERN_ERR_USAGE);
    free(capture_end(&err));
    CU_ASSERT_EQUAL(tern_option_int(parsed.options, "epochs"), 20);
    release(&parsed);
}

static void clumsy_registrations_are_refused(void)
{
    static const tern_option_t taken = {
        .name = "seed", .type = TERN_OPTION_INT, .default_value = "2", .help = ""};
    static const tern_option_t reserved = {
        .name = "help", .type = TERN_OPTION_FLAG, .default_value = "no", .help = ""};
    static const tern_option_t bad_default = {
        .name = "size", .type = TERN_OPTION_INT, .default_value = "big", .help = ""};
    static const tern_option_t no_default = {
        .name = "size", .type = TERN_OPTION_REAL, .help = ""};
    parsed_t  parsed = parse("");
    capture_t err;

    capture_begin(&err, stderr);
    CU_ASSERT_EQUAL(tern_options_add(parsed.options, 1, &taken), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_options_add(parsed.options, 1, &reserved), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_options_add(parsed.options, 1, &bad_default), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_options_add(parsed.options, 1, &no_default), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_options_create(NULL, "", &parsed.options), TERN_ERR_ARG);
    free(capture_end(&err));
    release(&parsed);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(defaults_hold_when_nothing_is_said),
        FACT(command_line_beats_environment_beats_file_beats_default),
        FACT(the_environment_can_name_the_file),
        FACT(the_last_word_on_the_command_line_counts),
        FACT(flags_take_no_yes_and_their_kin),
        FACT(integers_take_suffixes),
        FACT(bad_values_are_refused_as_they_were_given),
        FACT(bad_values_in_the_environment_name_the_variable),
        FACT(bad_lines_in_a_file_are_named_by_file_and_line),
        FACT(unknown_options_come_with_the_nearest_one),
        FACT(unknown_variables_are_warned_of_only),
        FACT(variables_of_launchers_are_no_options),
        FACT(distances_count_slips),
        FACT(operands_are_what_is_left),
        FACT(operands_are_refused_where_none_are_declared),
        FACT(help_shows_defaults_units_bounds_and_both_groups),
        FACT(no_line_of_the_help_is_wider_than_90),
        FACT(print_config_names_each_origin),
        FACT(print_config_can_be_read_as_a_file),
        FACT(version_names_program_and_release),
        FACT(only_the_first_process_prints_but_all_agree),
        FACT(values_can_be_set_by_the_program),
        FACT(clumsy_registrations_are_refused),
    };

    /* The test's own environment is empty of options. */
    unsetenv("OMPI_COMM_WORLD_RANK");
    unsetenv("PMIX_RANK");
    unsetenv("PMI_RANK");
    unsetenv("SLURM_PROCID");
    return facts_run("runtime/options", facts, sizeof(facts) / sizeof(facts[0]));
}
