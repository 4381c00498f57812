/** \file
 * The options of tern-w2v. The defaults of the model are those of word2vec.c.
 */
#include "settings.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define MAX_COUNT 1e12

const tern_option_t w2v_options[] = {
    {"tokens", TERN_OPTION_CHOICE, "words", NULL,
     "letters a-z in lower case, or whatever stands between blanks", 0, 0,
     "words|whitespace"},
    {"sentence", TERN_OPTION_CHOICE, "paragraph", NULL,
     "what ends a sentence: an empty line, every line end, or nothing", 0, 0,
     "paragraph|line|none"},
    {"min-count", TERN_OPTION_INT, "5", "times",
     "words that occur more rarely are left out", 1, MAX_COUNT, NULL},
    {"max-vocabulary", TERN_OPTION_INT, "0", "words",
     "keep only the most frequent; 0: no limit", 0, 4e9, NULL},
    {"dim", TERN_OPTION_INT, "100", NULL, "dimension of the vectors", 1, 65536, NULL},
    {"window", TERN_OPTION_INT, "5", "words",
     "context to each side; each centre draws its own, up to this", 1, 1000, NULL},
    {"neg", TERN_OPTION_INT, "5", "words", "negatives per pair", 0, 1000, NULL},
    {"subsample", TERN_OPTION_REAL, "1e-3", NULL,
     "words more frequent than this are thinned out; 0: none", 0, 1, NULL},
    {"lr", TERN_OPTION_REAL, "0.025", NULL, "learning rate at the start; falls linearly",
     1e-9, 1e3, NULL},
    {"epochs", TERN_OPTION_INT, "5", NULL, "passes over the text", 0, 1e9, NULL},
    {"max-words", TERN_OPTION_INT, "0", "words",
     "train on a sample of the sentences with about so many words; 0: all", 0, MAX_COUNT,
     NULL},
    {"max-time", TERN_OPTION_REAL, "0", "seconds",
     "stop after the epoch in which this runs out; 0: no limit", 0, 1e9, NULL},
    {"batch", TERN_OPTION_INT, "32", "words",
     "centres whose rows are read, and written back, together", 1, 65536, NULL},
    {"policy", TERN_OPTION_STRING, "static", "NAME", "how the tables are managed", 0, 0,
     NULL},
    {"access", TERN_OPTION_CHOICE, "borrow", NULL,
     "work on rows of this node in place, or on copies of all rows", 0, 0, "borrow|copy"},
    {"ahead", TERN_OPTION_INT, "-1", "sentences",
     "announce the rows of a sentence so far ahead; -1: as the policy needs it", -1, 1e6,
     NULL},
    {"prefetch", TERN_OPTION_INT, "0", "words",
     "pull rows so far ahead, rounded up to batches", 0, 1e6, NULL},
    {"async-push", TERN_OPTION_FLAG, "yes", NULL,
     "let pushes complete while training goes on", 0, 0, NULL},
    {"sync", TERN_OPTION_CHOICE, "auto", NULL,
     "how far workers may run ahead of each other; auto: ssp for policies with stale "
     "replicas, else async",
     0, 0, "auto|bsp|ssp|async"},
    {"staleness", TERN_OPTION_INT, "1", "clocks", "the bound of ssp", 0, 4e9, NULL},
    {"clock-every", TERN_OPTION_INT, "-1", "words",
     "words of a worker between two clocks; 0: one clock an epoch; -1: as the policy "
     "needs "
     "it",
     -1, MAX_COUNT, NULL},
    {"negatives-from", TERN_OPTION_CHOICE, "auto", NULL,
     "draw negatives from all words; so, and announce them with their sentence (auto: if "
     "the policy needs it); from a pool that is localized and used again; from those of "
     "this node, which changes the distribution",
     0, 0, "auto|all|localized|pool|local"},
    {"negative-list", TERN_OPTION_INT, "4000", "words",
     "negatives of pool and local that are prepared together", 1, 1e8, NULL},
    {"pad-us", TERN_OPTION_REAL, "0", "microseconds",
     "additional work without effect for each centre", 0, 1e6, NULL},
    {"pairs", TERN_OPTION_STRING, NULL, "FILE,...",
     "lines left, right, 1 or 0: judge by how well cosines tell related words", 0, 0,
     NULL},
    {"analogies", TERN_OPTION_FLAG, "no", NULL, "judge by plural analogies", 0, 0, NULL},
    {"nearest", TERN_OPTION_STRING, NULL, "WORD,...", "print the neighbours of words", 0,
     0, NULL},
    {"num-nearest", TERN_OPTION_INT, "10", "words", "how many neighbours", 1, 1e6, NULL},
    {"eval-every", TERN_OPTION_INT, "0", "epochs",
     "look at the --pairs for validation so often; 0: never", 0, 1e9, NULL},
    {"target-auc", TERN_OPTION_REAL, "0", NULL,
     "stop once the pairs for validation have this; looks after every epoch", 0, 1, NULL},
    {"vectors", TERN_OPTION_STRING, NULL, "FILE",
     "judge the vectors of a file, in text or binary format, and train nothing", 0, 0,
     NULL},
    {"output", TERN_OPTION_STRING, NULL, "FILE.h5",
     "write vectors, words, configuration, history and results", 0, 0, NULL},
    {"text", TERN_OPTION_STRING, NULL, "FILE",
     "write the vectors in word2vec's text format", 0, 0, NULL},
    {"binary", TERN_OPTION_STRING, NULL, "FILE",
     "write the vectors in word2vec's binary format", 0, 0, NULL},
    {"vocabulary", TERN_OPTION_STRING, NULL, "FILE",
     "write the words and how often they occur", 0, 0, NULL},
    {"server", TERN_OPTION_FLAG, "yes", NULL,
     "--no-server: the same training by threads of one process, without a parameter "
     "server",
     0, 0, NULL},
    {"threads", TERN_OPTION_INT, "0", NULL,
     "threads without a parameter server; 0: as many as there are workers", 0, 4096,
     NULL},
    {"compare-plain", TERN_OPTION_FLAG, "no", NULL,
     "time epochs with and without the parameter server, alternately", 0, 0, NULL},
};
const size_t w2v_num_options = sizeof(w2v_options) / sizeof(w2v_options[0]);

/* clang-format off */
const char w2v_epilogue[] =
    "Each worker reads its byte range of the concatenated FILEs, and no other.\n"
    "\n"
    "Examples:\n"
    "  tern-w2v text.txt --text vectors.txt\n"
    "  tern-w2v --vectors vectors.txt --nearest king,green --analogies\n"
    "  mpirun -n 2 tern-w2v --roles scheduler+server+worker,worker text.txt --output vectors.h5\n"
    "  mpirun -n 2 tern-w2v --roles scheduler+server+worker,worker text.txt --compare-plain\n";
/* clang-format on */

/* Policies by what they need of the program. */
typedef struct policy_needs {
    const char *name;
    size_t      num_ahead;
    uint64_t    clock_words;
    bool        has_stale_replicas;
    bool        has_intents;
} policy_needs_t;

static policy_needs_t needs_of(const char *policy)
{
    static const policy_needs_t needs[] = {
        {"relocate", 15, 0, false, false},
        {"ssp", 0, 1000, true, false},
        {"essp", 0, 1000, true, false},
        {"adaptive", 30, 100, false, true},
    };

    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
        if (strcmp(policy, needs[i].name) == 0)
            return needs[i];
    return (policy_needs_t){.name = policy};
}

static bool is_choice(const tern_options_t *options, const char *name, const char *value)
{
    return strcmp(tern_option_string(options, name), value) == 0;
}

/* Negative values leave the choice to the program. */
static int64_t int_or(const tern_options_t *options, const char *name, int64_t otherwise)
{
    int64_t value = tern_option_int(options, name);

    return value < 0 ? otherwise : value;
}

static w2v_negatives_from_t negatives_of(const char *name, const policy_needs_t *needs)
{
    static const char *const names[] = {"all", "localized", "pool", "local"};
    int                      kind    = W2V_NEGATIVES_ALL;

    if (strcmp(name, "auto") == 0)
        return needs->num_ahead > 0 ? W2V_NEGATIVES_LOCALIZED : W2V_NEGATIVES_ALL;
    while (strcmp(name, names[kind]) != 0)
        kind++;
    return (w2v_negatives_from_t)kind;
}

static w2v_recipe_t recipe_of(const tern_options_t *options, const policy_needs_t *needs)
{
    size_t batch    = (size_t)tern_option_int(options, "batch");
    size_t prefetch = (size_t)tern_option_int(options, "prefetch");

    return (w2v_recipe_t){
        .dim            = (size_t)tern_option_int(options, "dim"),
        .window         = (size_t)tern_option_int(options, "window"),
        .num_negatives  = (size_t)tern_option_int(options, "neg"),
        .rate           = tern_option_real(options, "lr"),
        .subsample      = tern_option_real(options, "subsample"),
        .num_epochs     = (int)tern_option_int(options, "epochs"),
        .batch_words    = batch,
        .num_prefetched = (prefetch + batch - 1) / batch,
        .num_ahead      = (size_t)int_or(options, "ahead", (int64_t)needs->num_ahead),
        .clock_words =
            (uint64_t)int_or(options, "clock-every", (int64_t)needs->clock_words),
        .negatives_from =
            negatives_of(tern_option_string(options, "negatives-from"), needs),
        .negative_list = (size_t)tern_option_int(options, "negative-list"),
        .fraction      = 1,
        .pad_us        = tern_option_real(options, "pad-us"),
        .seed          = (uint64_t)tern_option_int(options, "seed"),
    };
}

static w2v_source_t source_of(const tern_options_t *options)
{
    size_t       num    = tern_options_num_operands(options);
    const char **paths  = APP_NEW(const char *, num);
    w2v_source_t source = {
        .num_paths      = num,
        .paths          = paths,
        .min_count      = (uint64_t)tern_option_int(options, "min-count"),
        .max_vocabulary = (size_t)tern_option_int(options, "max-vocabulary"),
        .rules = {.kind = is_choice(options, "tokens", "words") ? W2V_TOKENS_WORDS
                                                                : W2V_TOKENS_WHITESPACE,
                  .sentence_end =
                      is_choice(options, "sentence", "line")   ? W2V_SENTENCE_LINE
                      : is_choice(options, "sentence", "none") ? W2V_SENTENCE_NONE
                                                               : W2V_SENTENCE_PARAGRAPH},
    };

    for (size_t i = 0; i < num; i++)
        paths[i] = tern_options_operand(options, i);
    return source;
}

static w2v_placement_t placement_of(const tern_options_t *options,
                                    const policy_needs_t *needs)
{
    w2v_placement_t placement = {
        .policy = tern_option_string(options, "policy"),
        .sync   = needs->has_stale_replicas ? TERN_SYNC_SSP : TERN_SYNC_ASYNC,
        .manner = {.access        = is_choice(options, "access", "copy") ? W2V_ACCESS_COPY
                                                                         : W2V_ACCESS_BORROW,
                   .is_push_async = tern_option_flag(options, "async-push"),
                   .has_intents   = needs->has_intents},
    };

    if (is_choice(options, "sync", "bsp"))
        placement.sync = TERN_SYNC_BSP;
    else if (is_choice(options, "sync", "ssp"))
        placement.sync = TERN_SYNC_SSP;
    else if (is_choice(options, "sync", "async"))
        placement.sync = TERN_SYNC_ASYNC;
    if (placement.sync == TERN_SYNC_SSP)
        placement.staleness = (uint32_t)tern_option_int(options, "staleness");
    return placement;
}

static tern_status_t check(const w2v_settings_t *settings, app_complaint_t *complaint)
{
    if ((settings->source.num_paths == 0) == (settings->vectors == NULL))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "name a text file, or several, or --vectors FILE");
    if ((settings->target_auc > 0 || settings->eval_every > 0) &&
        settings->questions.pairs == NULL)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--target-auc and --eval-every need --pairs");
    if (settings->compare_plain && !settings->use_server)
        return app_complain(
            complaint, TERN_ERR_USAGE,
            "--compare-plain needs the parameter server: drop --no-server");
    if (settings->num_threads > 0 && settings->use_server && !settings->compare_plain)
        return app_complain(
            complaint, TERN_ERR_USAGE,
            "--threads goes with --no-server or --compare-plain; with the "
            "parameter server, mpirun -n starts more workers");
    return TERN_OK;
}

tern_status_t w2v_settings_get(const tern_options_t *options, w2v_settings_t *settings,
                               app_complaint_t *complaint)
{
    policy_needs_t needs = needs_of(tern_option_string(options, "policy"));

    *settings = (w2v_settings_t){
        .recipe        = recipe_of(options, &needs),
        .source        = source_of(options),
        .placement     = placement_of(options, &needs),
        .max_words     = (double)tern_option_int(options, "max-words"),
        .max_seconds   = tern_option_real(options, "max-time"),
        .questions     = {.nearest       = tern_option_string(options, "nearest"),
                          .num_nearest   = (size_t)tern_option_int(options, "num-nearest"),
                          .pairs         = tern_option_string(options, "pairs"),
                          .has_analogies = tern_option_flag(options, "analogies")},
        .eval_every    = (int)tern_option_int(options, "eval-every"),
        .target_auc    = tern_option_real(options, "target-auc"),
        .vectors       = tern_option_string(options, "vectors"),
        .use_server    = tern_option_flag(options, "server"),
        .compare_plain = tern_option_flag(options, "compare-plain"),
        .num_threads   = (size_t)tern_option_int(options, "threads"),
        .json          = tern_option_flag(options, "json"),
        .output        = tern_option_string(options, "output"),
        .text          = tern_option_string(options, "text"),
        .binary        = tern_option_string(options, "binary"),
        .vocabulary    = tern_option_string(options, "vocabulary"),
    };
    return check(settings, complaint);
}

void w2v_settings_fini(w2v_settings_t *settings)
{
    free((void *)settings->source.paths);
    settings->source.paths = NULL;
}
