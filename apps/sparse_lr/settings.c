/** \file
 * The options of tern-lr.
 */
#include "settings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COUNT 1e12

/* Further blocks than that may not be under way together. */
#define MAX_DELAY      64
#define MAX_AUTO_DELAY 16

const tern_option_t lr_options[] = {
    {"algo", TERN_OPTION_CHOICE, "dbpg", NULL,
     "delayed block proximal gradient; online; block: dbpg in lockstep; L-BFGS", 0, 0,
     "dbpg|ftrl|adagrad|block|owlqn"},
    {"test", TERN_OPTION_STRING, NULL, "FILE", "examples to judge the weights by", 0, 0,
     NULL},
    {"format", TERN_OPTION_CHOICE, "libsvm", NULL,
     "label index:value ..., or label, 13 integers and 26 categories with tabs", 0, 0,
     "libsvm|criteo"},
    {"hash-bits", TERN_OPTION_INT, "64", "bits", "of keys that are hashes (criteo)", 1,
     64, NULL},
    {"synthetic", TERN_OPTION_INT, "0", "examples", "made-up clicks instead of a file", 0,
     MAX_COUNT, NULL},
    {"features", TERN_OPTION_INT, "100k", NULL, "of made-up clicks", 1, MAX_COUNT, NULL},
    {"nonzeros", TERN_OPTION_INT, "40", NULL, "features of a made-up click", 1, 1e6,
     NULL},
    {"skew", TERN_OPTION_REAL, "1.05", NULL,
     "Zipf exponent of the popularity of made-up features", 0, 3, NULL},
    {"planted", TERN_OPTION_REAL, "0.1", NULL,
     "share of made-up features that have a weight", 0, 1, NULL},
    {"test-examples", TERN_OPTION_INT, "0", NULL,
     "made-up clicks to judge by; 0: a tenth of --synthetic", 0, MAX_COUNT, NULL},
    {"data-seed", TERN_OPTION_INT, "0", NULL, "of made-up clicks; 0: as --seed", 0,
     MAX_COUNT, NULL},
    {"min-count", TERN_OPTION_INT, "1", "examples",
     "leave out features seen in fewer training examples", 1, MAX_COUNT, NULL},
    {"shards", TERN_OPTION_INT, "0", NULL,
     "parts of the training data, dealt to workers; 0: as many as workers", 0, 65536,
     NULL},
    {"l1", TERN_OPTION_REAL, "1", NULL, "weight of the sum of absolute weights", 0, 1e9,
     NULL},
    {"l2", TERN_OPTION_REAL, "0", NULL, "weight of half the sum of squares (online)", 0,
     1e9, NULL},
    {"passes", TERN_OPTION_INT, "0", NULL, "over the data, at most; 0: 500, online 2", 0,
     1e9, NULL},
    {"epsilon", TERN_OPTION_REAL, "2e-6", NULL,
     "stop when a pass changes the objective relatively less; 0: do not", 0, 1, NULL},
    {"target", TERN_OPTION_REAL, "0", "objective", "stop there; 0: do not", 0, 1e300,
     NULL},
    {"max-seconds", TERN_OPTION_REAL, "0", "seconds",
     "stop after the pass that exceeds it; 0: no limit", 0, 1e9, NULL},
    {"blocks", TERN_OPTION_INT, "0", NULL,
     "of features; 0: twice the features of an example for each block under way; owlqn: "
     "tasks that a gradient lasts as long as",
     0, 1e6, NULL},
    {"eta", TERN_OPTION_REAL, "0", NULL,
     "rate of learning of dbpg and block; 0: as large as passes allow, 1 at most", 0, 10,
     NULL},
    {"delay", TERN_OPTION_STRING, "0", "blocks|auto",
     "tau: most blocks a worker is ahead of others' changes", 0, 0, NULL},
    {"prior", TERN_OPTION_INT, "0", "blocks",
     "of the first pass that are taken without delay", 0, 1e6, NULL},
    {"kkt", TERN_OPTION_STRING, "on", "on|off|ratio",
     "filter weights that will stay 0; the threshold's ratio to violations (10)", 0, 0,
     NULL},
    {"push-filters", TERN_OPTION_STRING, NULL, "CHAIN",
     "of messages with gradients, as key-cache,kkt,fixed:2,lz4", 0, 0, NULL},
    {"pull-filters", TERN_OPTION_STRING, NULL, "CHAIN", "of messages with weights", 0, 0,
     NULL},
    {"ordered", TERN_OPTION_FLAG, "no", NULL,
     "sum by data shard: the same bits on any number of ranks", 0, 0, NULL},
    {"index", TERN_OPTION_CHOICE, "hash", NULL,
     "how servers find weights: dense takes memory for all keys up to the largest", 0, 0,
     "hash|dense"},
    {"minibatch", TERN_OPTION_INT, "1000", "examples", "ftrl and adagrad", 1, 1e9, NULL},
    {"rate", TERN_OPTION_REAL, "0.1", NULL, "adagrad: rate of learning", 1e-9, 1e3, NULL},
    {"alpha", TERN_OPTION_REAL, "0.1", NULL, "ftrl: rate of learning", 1e-9, 1e3, NULL},
    {"beta", TERN_OPTION_REAL, "1", NULL, "ftrl: lowers the first rates", 0, 1e9, NULL},
    {"memory", TERN_OPTION_INT, "10", NULL, "owlqn: corrections that are kept", 1, 1000,
     NULL},
    {"task-ms", TERN_OPTION_REAL, "0", "ms", "a task lasts at least so long", 0, 1e6,
     NULL},
    {"straggle", TERN_OPTION_REAL, "0", "sigma",
     "make tasks take as many times longer as a log-normal factor says", 0, 5, NULL},
    {"model", TERN_OPTION_STRING, NULL, "FILE",
     "text with a key and its weight on each line: written by train, read by predict, "
     "which reads --output files, too",
     0, 0, NULL},
    {"output", TERN_OPTION_STRING, NULL, "FILE.h5",
     "write weights, configuration, history and results", 0, 0, NULL},
    {"history", TERN_OPTION_STRING, NULL, "FILE.csv", "write a line per pass", 0, 0,
     NULL},
    {"predictions", TERN_OPTION_STRING, NULL, "FILE",
     "where predict writes probabilities (standard output, unless there is --json)", 0, 0,
     NULL},
};
const size_t lr_num_options = sizeof(lr_options) / sizeof(lr_options[0]);

const char lr_operands[] = "train|predict|stats [FILE]";

/* clang-format off */
const char lr_epilogue[] =
    "Sparse logistic regression: minimises the sum of log(1 + exp(-label score)) + l1 |weights|.\n"
    "\n"
    "Examples:\n"
    "  mpirun -n 4 tern-lr train train.libsvm --test test.libsvm --min-count 2 --model words.txt\n"
    "  mpirun -n 4 tern-lr train --synthetic 1M --features 1M --delay 4 --algo dbpg --json\n"
    "  tern-lr predict --model words.txt test.libsvm\n"
    "  tern-lr stats train.libsvm\n";
/* clang-format on */

static size_t count_of(const tern_options_t *options, const char *name)
{
    return (size_t)tern_option_int(options, name);
}

static bool is_choice(const tern_options_t *options, const char *name, const char *choice)
{
    return strcmp(tern_option_string(options, name), choice) == 0;
}

static void get_data(const tern_options_t *options, lr_settings_t *settings)
{
    uint64_t data_seed = (uint64_t)tern_option_int(options, "data-seed");

    settings->train.format = settings->test.format =
        is_choice(options, "format", "criteo") ? &lr_format_criteo : &lr_format_libsvm;
    settings->train.hash_bits = settings->test.hash_bits =
        (int)tern_option_int(options, "hash-bits");
    settings->test.path       = tern_option_string(options, "test");
    settings->min_count       = count_of(options, "min-count");
    settings->num_shards      = count_of(options, "shards");
    settings->num_test_clicks = count_of(options, "test-examples");
    settings->clicks          = (lr_clicks_t){
                 .seed         = data_seed > 0 ? data_seed : settings->seed,
                 .num_examples = count_of(options, "synthetic"),
                 .num_features = count_of(options, "features"),
                 .num_nonzeros = count_of(options, "nonzeros"),
                 .skew         = tern_option_real(options, "skew"),
                 .planted      = tern_option_real(options, "planted"),
    };
    settings->is_synthetic = settings->clicks.num_examples > 0;
    if (settings->num_test_clicks == 0)
        settings->num_test_clicks = settings->clicks.num_examples / 10;
}

static lr_algorithm_t algorithm_of(const char *name)
{
    static const char *const names[] = {[LR_DBPG]    = "dbpg",
                                        [LR_BLOCK]   = "block",
                                        [LR_FTRL]    = "ftrl",
                                        [LR_ADAGRAD] = "adagrad"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0)
            return (lr_algorithm_t)i;
    return LR_OWLQN;
}

static size_t usual_passes(lr_algorithm_t algorithm)
{
    return algorithm == LR_FTRL || algorithm == LR_ADAGRAD ? 2 : 500;
}

static void get_solver(const tern_options_t *options, lr_settings_t *settings)
{
    settings->algorithm_name = tern_option_string(options, "algo");
    settings->algorithm      = algorithm_of(settings->algorithm_name);
    settings->l1             = tern_option_real(options, "l1");
    settings->l2             = tern_option_real(options, "l2");
    settings->num_passes     = count_of(options, "passes");
    settings->epsilon        = tern_option_real(options, "epsilon");
    settings->target         = tern_option_real(options, "target");
    settings->max_seconds    = tern_option_real(options, "max-seconds");
    settings->num_blocks     = count_of(options, "blocks");
    settings->eta            = tern_option_real(options, "eta");
    settings->num_prior      = count_of(options, "prior");
    settings->push_filters   = tern_option_string(options, "push-filters");
    settings->pull_filters   = tern_option_string(options, "pull-filters");
    settings->is_ordered     = tern_option_flag(options, "ordered");
    settings->is_dense       = is_choice(options, "index", "dense");
    settings->minibatch      = count_of(options, "minibatch");
    settings->rate           = tern_option_real(options, "rate");
    settings->alpha          = tern_option_real(options, "alpha");
    settings->beta           = tern_option_real(options, "beta");
    settings->memory         = count_of(options, "memory");
    settings->padding        = (lr_padding_t){tern_option_real(options, "task-ms") / 1000,
                                              tern_option_real(options, "straggle")};
    if (settings->num_passes == 0)
        settings->num_passes = usual_passes(settings->algorithm);
}

static void get_files(const tern_options_t *options, lr_settings_t *settings)
{
    settings->model       = tern_option_string(options, "model");
    settings->output      = tern_option_string(options, "output");
    settings->history     = tern_option_string(options, "history");
    settings->predictions = tern_option_string(options, "predictions");
    settings->json        = tern_option_flag(options, "json");
}

static tern_status_t get_operands(const tern_options_t *options, lr_settings_t *settings,
                                  app_complaint_t *complaint)
{
    static const char *const commands[] = {
        [LR_TRAIN] = "train", [LR_PREDICT] = "predict", [LR_STATS] = "stats"};
    size_t      num     = tern_options_num_operands(options);
    const char *command = num > 0 ? tern_options_operand(options, 0) : "";
    int         i       = 0;

    while (i < 3 && strcmp(commands[i], command) != 0)
        i++;
    if (i == 3)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "expected train, predict or stats, found \"%s\"", command);
    if (num > 2)
        return app_complain(complaint, TERN_ERR_USAGE, "what is \"%s\"? One file is read",
                            tern_options_operand(options, 2));
    settings->command    = (lr_command_t)i;
    settings->train.path = num > 1 ? tern_options_operand(options, 1) : NULL;
    if ((settings->train.path != NULL) == settings->is_synthetic)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "give one of FILE and --synthetic EXAMPLES to %s", command);
    return TERN_OK;
}

static tern_status_t get_delay(const tern_options_t *options, lr_settings_t *settings,
                               app_complaint_t *complaint)
{
    const char *text  = tern_option_string(options, "delay");
    char       *end   = NULL;
    long        delay = 0;

    settings->has_auto_delay = strcmp(text, "auto") == 0;
    settings->delay          = MAX_AUTO_DELAY;
    if (settings->has_auto_delay)
        return TERN_OK;
    delay = strtol(text, &end, 10);
    if (end == text || *end != '\0' || delay < 0 || delay > MAX_DELAY)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--delay: expected 0 to %d or auto, found \"%s\"", MAX_DELAY,
                            text);
    settings->delay = (size_t)delay;
    return TERN_OK;
}

static tern_status_t get_kkt(const tern_options_t *options, lr_settings_t *settings,
                             app_complaint_t *complaint)
{
    const char *text = tern_option_string(options, "kkt");
    char       *end  = NULL;

    settings->kkt_ratio = 10;
    if (strcmp(text, "on") == 0)
        return TERN_OK;
    settings->kkt_ratio = 0;
    if (strcmp(text, "off") == 0)
        return TERN_OK;
    settings->kkt_ratio = strtod(text, &end);
    if (end == text || *end != '\0' || !(settings->kkt_ratio > 0) ||
        isinf(settings->kkt_ratio))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--kkt: expected on, off or a ratio above 0, found \"%s\"",
                            text);
    return TERN_OK;
}

static tern_status_t check_solver(const tern_options_t *options,
                                  const lr_settings_t  *settings,
                                  app_complaint_t      *complaint)
{
    static const char *const of_blocks[] = {"eta", "prior", "kkt", "delay", "ordered"};

    for (size_t i = 0; i < sizeof(of_blocks) / sizeof(of_blocks[0]); i++)
        if (!lr_is_batch(settings) && tern_option_is_set(options, of_blocks[i]))
            return app_complain(complaint, TERN_ERR_USAGE,
                                "--%s goes with --algo dbpg and block, not %s",
                                of_blocks[i], settings->algorithm_name);
    if (settings->num_blocks > 0 &&
        (settings->algorithm == LR_FTRL || settings->algorithm == LR_ADAGRAD))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--blocks goes with --algo dbpg, block and owlqn, not %s",
                            settings->algorithm_name);
    if (settings->algorithm == LR_BLOCK &&
        (settings->delay > 0 || settings->has_auto_delay))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--algo block has no delay: drop --delay, or take dbpg");
    if (settings->l2 > 0 && settings->algorithm != LR_FTRL &&
        settings->algorithm != LR_ADAGRAD)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--l2 goes with --algo ftrl and adagrad");
    if (settings->algorithm == LR_ADAGRAD && settings->l1 > 0 &&
        tern_option_is_set(options, "l1"))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--algo adagrad knows --l2, not --l1");
    if (settings->algorithm == LR_OWLQN && settings->is_dense)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--algo owlqn numbers the features itself: drop --index");
    if (settings->algorithm == LR_OWLQN && settings->push_filters != NULL)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--algo owlqn pushes nothing: drop --push-filters");
    return TERN_OK;
}

static tern_status_t check_files(const lr_settings_t *settings,
                                 app_complaint_t     *complaint)
{
    if (settings->command == LR_PREDICT && settings->model == NULL)
        return app_complain(complaint, TERN_ERR_USAGE, "predict needs --model FILE");
    if (settings->command == LR_PREDICT && settings->is_synthetic)
        return app_complain(complaint, TERN_ERR_USAGE, "predict reads a file");
    if (settings->is_synthetic && settings->test.path != NULL)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--synthetic makes its own test examples: drop --test");
    return TERN_OK;
}

tern_status_t lr_settings_get(const tern_options_t *options, lr_settings_t *settings,
                              app_complaint_t *complaint)
{
    tern_status_t status = TERN_OK;

    *settings = (lr_settings_t){.seed = (uint64_t)tern_option_int(options, "seed")};
    get_data(options, settings);
    get_solver(options, settings);
    get_files(options, settings);
    status = get_operands(options, settings, complaint);
    if (status == TERN_OK)
        status = get_delay(options, settings, complaint);
    if (status == TERN_OK)
        status = get_kkt(options, settings, complaint);
    if (status == TERN_OK)
        status = check_solver(options, settings, complaint);
    if (status == TERN_OK && settings->algorithm == LR_ADAGRAD)
        settings->l1 = 0;
    return status == TERN_OK ? check_files(settings, complaint) : status;
}
