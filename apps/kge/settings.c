/** \file
 * The options of tern-kge. The defaults are a recipe that suits WordNet's graphs, with and without leaks.
 */
#include "settings.h"

#include <string.h>

#define MAX_COUNT 1e9

enum { MAX_PUSHES = 16 }; /* batches whose updates are under way */

const tern_option_t kge_options[] = {
    {"data", TERN_OPTION_STRING, NULL, "DIR",
     "train.tsv, valid.tsv and test.tsv, or folders pair and triple with those", 0, 0,
     NULL},
    {"train", TERN_OPTION_STRING, NULL, "FILE", "triples to train on", 0, 0, NULL},
    {"valid", TERN_OPTION_STRING, NULL, "FILE", "triples to tune on", 0, 0, NULL},
    {"test", TERN_OPTION_STRING, NULL, "FILE", "triples to test on", 0, 0, NULL},
    {"triples", TERN_OPTION_STRING, NULL, "FILE",
     "one file, to be split by --split and --seed; with --synthetic: how many", 0, 0,
     NULL},
    {"synthetic", TERN_OPTION_STRING, NULL, "ENTITIESxRELATIONS",
     "make up a graph, from --seed, and split it", 0, 0, NULL},
    {"split", TERN_OPTION_CHOICE, "pair", NULL,
     "split --triples so that no pair of entities crosses, or by triple", 0, 0,
     "pair|triple"},
    {"paper", TERN_OPTION_CHOICE, "none", NULL,
     "defaults of an experiment of Lapse: one triple makes an update, with 10 negatives",
     0, 0, "none|complex|rescal"},
    {"model", TERN_OPTION_CHOICE, "complex", NULL, "how embeddings score a triple", 0, 0,
     "complex|distmult|rescal|transe"},
    {"loss", TERN_OPTION_CHOICE, "softmax", NULL, "what training makes small", 0, 0,
     "softmax|logistic|margin"},
    {"dim", TERN_OPTION_INT, "100", NULL,
     "dimension of the embeddings; ComplEx has two numbers each", 1, 65536, NULL},
    {"epochs", TERN_OPTION_INT, "20", NULL, "passes over the training triples", 0,
     MAX_COUNT, NULL},
    {"neg", TERN_OPTION_INT, "64", "entities", "negatives per side of a triple", 1, 65536,
     NULL},
    {"chunk", TERN_OPTION_INT, "64", "triples", "triples that share their negatives", 1,
     65536, NULL},
    {"batch", TERN_OPTION_INT, "256", "triples", "triples that make one update", 1,
     1048576, NULL},
    {"lr", TERN_OPTION_REAL, "0.1", NULL, "learning rate of Adagrad", 1e-9, 1e3, NULL},
    {"l2", TERN_OPTION_REAL, "0.03", NULL,
     "weight of the squared embeddings of each triple", 0, 1e3, NULL},
    {"margin", TERN_OPTION_REAL, "6", NULL, "of TransE, and of the margin loss", 0, 1e3,
     NULL},
    {"init", TERN_OPTION_REAL, "0.2", NULL,
     "embeddings start uniform between minus and plus this", 0, 1e3, NULL},
    {"max-time", TERN_OPTION_REAL, "0", "seconds",
     "stop a training after the epoch in which this runs out; 0: no limit", 0, 1e9, NULL},
    {"target-mrr", TERN_OPTION_REAL, "0", NULL,
     "stop when the sample of the valid triples reaches this; 0: never", 0, 1, NULL},
    {"eval-every", TERN_OPTION_INT, "1", "epochs",
     "rank a sample of the valid triples so often; 0: never", 0, MAX_COUNT, NULL},
    {"eval-sample", TERN_OPTION_INT, "250", "triples", "size of that sample; 0: all", 0,
     MAX_COUNT, NULL},
    {"test-at-end", TERN_OPTION_FLAG, "yes", NULL,
     "rank the test triples after the training", 0, 0, NULL},
    {"output", TERN_OPTION_STRING, NULL, "FILE.h5",
     "write embeddings, names, configuration, history and results", 0, 0, NULL},
    {"policy", TERN_OPTION_CHOICE, "static", NULL, "what may happen to rows", 0, 0,
     "static|relocate|ssp|essp|adaptive"},
    {"clustering", TERN_OPTION_CHOICE, "none", NULL,
     "deal out the triples to the workers in turn, or by relation", 0, 0,
     "none|relation"},
    {"localize", TERN_OPTION_CHOICE, "full", NULL,
     "bring to a worker nothing, its relations, or each batch's entities too", 0, 0,
     "none|relations|full"},
    {"negatives-from", TERN_OPTION_CHOICE, "numbers", NULL,
     "draws that depend on the batch's number alone, or a scheme of sampling access", 0,
     0, "numbers|naive|prelocalized|pool|local"},
    {"ahead", TERN_OPTION_INT, "2", "batches",
     "bring rows so early; where adaptive and not given: 16, or 512 triples", 0, 65536,
     NULL},
    {"prefetch", TERN_OPTION_INT, "0", "triples",
     "copy rows that are not on the node so early; 0: when they are read", 0, 1048576,
     NULL},
    {"async-push", TERN_OPTION_FLAG, "no", NULL,
     "do not wait for a batch's updates but at the clock", 0, 0, NULL},
    {"sync", TERN_OPTION_CHOICE, "auto", NULL,
     "how far workers may run ahead of each other; auto: ssp with replicas, async where "
     "adaptive, else bsp",
     0, 0, "auto|bsp|ssp|async"},
    {"staleness", TERN_OPTION_INT, "1", "clocks", "the bound of ssp", 0, 4e9, NULL},
    {"clock-every", TERN_OPTION_INT, "1", "steps",
     "batches of a worker between two clocks", 1, MAX_COUNT, NULL},
    {"sample", TERN_OPTION_REAL, "1", "share",
     "run only so much of each epoch, for estimates of its time", 1e-6, 1, NULL},
    {"pad-us", TERN_OPTION_REAL, "0", "microseconds",
     "work without effect for each triple, for experiments with proportions", 0, 1e6,
     NULL},
    {"server", TERN_OPTION_FLAG, "yes", NULL,
     "--no-server: the same training in one process without a parameter server", 0, 0,
     NULL},
    {"compare-plain", TERN_OPTION_FLAG, "no", NULL,
     "time epochs with and without the parameter server, alternately", 0, 0, NULL},
};
const size_t kge_num_options = sizeof(kge_options) / sizeof(kge_options[0]);

/* clang-format off */
const char kge_epilogue[] =
    "A file of triples has one a line, head relation tail, separated by tabs or blanks; names are\n"
    "any text, numbers included. Valid and test triples with names that train lacks are dropped.\n"
    "\n"
    "Examples:\n"
    "  tern-wordnet --output wordnet --split both --core-pair 5\n"
    "  tern-kge --data wordnet --output wordnet.h5\n"
    "  mpirun -n 2 tern-kge --roles scheduler+server+worker,worker --data wordnet\n"
    "  tern-kge --data wordnet/triple --compare-plain --epochs 5\n"
    "  mpirun -n 4 tern-kge --node-ranks 1 --synthetic 20000x50 --triples 100000 --paper rescal\n"
    "    --policy relocate --clustering relation --localize full\n";
/* clang-format on */

/* Values that one option gives to others, unless the user gives them. */
typedef struct preset {
    const char *paper, *name, *value;
} preset_t;

static const preset_t presets[] = {
    {"complex", "model", "complex"}, {"complex", "loss", "logistic"},
    {"complex", "dim", "100"},       {"complex", "neg", "10"},
    {"complex", "chunk", "1"},       {"complex", "batch", "1"},
    {"rescal", "model", "rescal"},   {"rescal", "loss", "logistic"},
    {"rescal", "dim", "100"},        {"rescal", "neg", "10"},
    {"rescal", "chunk", "1"},        {"rescal", "batch", "1"},
};

static tern_status_t apply_presets(tern_options_t *options)
{
    const char   *paper  = tern_option_string(options, "paper");
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]) && status == TERN_OK; i++)
        if (strcmp(presets[i].paper, paper) == 0 &&
            !tern_option_is_set(options, presets[i].name))
            status = tern_options_set(options, presets[i].name, presets[i].value);
    return status;
}

static tern_sync_t sync_of(const char *name, const char *policy)
{
    if (strcmp(name, "auto") == 0)
        name = strstr(policy, "ssp") != NULL     ? "ssp"
               : strcmp(policy, "adaptive") == 0 ? "async"
                                                 : "bsp";
    if (strcmp(name, "ssp") == 0)
        return TERN_SYNC_SSP;
    return strcmp(name, "async") == 0 ? TERN_SYNC_ASYNC : TERN_SYNC_BSP;
}

static kge_localize_t localize_of(const char *name)
{
    if (strcmp(name, "none") == 0)
        return KGE_LOCALIZE_NONE;
    return strcmp(name, "relations") == 0 ? KGE_LOCALIZE_RELATIONS : KGE_LOCALIZE_FULL;
}

/* A row that moves is brought just in time, before others take it away again. Intents are the better the earlier they
 * are known: the library sees to the time. */
static size_t ahead_of(const tern_options_t *options, const char *policy)
{
    const size_t min_batches = 16, min_triples = 512;
    size_t       batches = min_triples / (size_t)tern_option_int(options, "batch");

    if (strcmp(policy, "adaptive") != 0 || tern_option_is_set(options, "ahead"))
        return (size_t)tern_option_int(options, "ahead");
    return batches > min_batches ? batches : min_batches;
}

static kge_plan_t plan_of(const tern_options_t *options)
{
    const char *clustering = tern_option_string(options, "clustering");
    kge_plan_t  plan       = {
               .policy = tern_option_string(options, "policy"),
               .clustering =
            strcmp(clustering, "none") == 0 ? KGE_CLUSTER_NONE : KGE_CLUSTER_RELATION,
               .localize         = localize_of(tern_option_string(options, "localize")),
               .ahead            = ahead_of(options, tern_option_string(options, "policy")),
               .prefetch_triples = (size_t)tern_option_int(options, "prefetch"),
               .max_pushes       = tern_option_flag(options, "async-push") ? MAX_PUSHES : 0,
               .clock_every      = (size_t)tern_option_int(options, "clock-every"),
               .sample           = tern_option_real(options, "sample"),
               .pad_us           = tern_option_real(options, "pad-us"),
    };

    if (tern_sample_scheme_parse(tern_option_string(options, "negatives-from"),
                                 &plan.scheme))
        plan.draws = KGE_DRAWS_BY_LIBRARY;
    plan.sync = sync_of(tern_option_string(options, "sync"), plan.policy);
    if (plan.sync == TERN_SYNC_SSP)
        plan.staleness = (uint32_t)tern_option_int(options, "staleness");
    return plan;
}

static kge_recipe_t recipe_of(const tern_options_t *options)
{
    kge_recipe_t recipe = {
        .model         = kge_model_find(tern_option_string(options, "model")),
        .loss          = kge_loss_find(tern_option_string(options, "loss")),
        .dim           = (size_t)tern_option_int(options, "dim"),
        .num_negatives = (size_t)tern_option_int(options, "neg"),
        .chunk_triples = (size_t)tern_option_int(options, "chunk"),
        .batch_triples = (size_t)tern_option_int(options, "batch"),
        .rate          = tern_option_real(options, "lr"),
        .l2            = tern_option_real(options, "l2"),
        .margin        = tern_option_real(options, "margin"),
        .init_bound    = tern_option_real(options, "init"),
        .seed          = (uint64_t)tern_option_int(options, "seed"),
    };

    if (recipe.chunk_triples > recipe.batch_triples)
        recipe.chunk_triples = recipe.batch_triples;
    return recipe;
}

/* --synthetic makes a number of what is else a file. */
static tern_status_t get_synthetic(const tern_options_t *options,
                                   kge_settings_t *settings, app_complaint_t *complaint)
{
    const char *shape = tern_option_string(options, "synthetic");

    if (shape == NULL)
        return TERN_OK;
    if (settings->triples == NULL)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--synthetic %s: say how many by --triples N", shape);
    if (!kge_synthetic_parse(shape, settings->triples, &settings->synthetic))
        return app_complain(
            complaint, TERN_ERR_USAGE,
            "--synthetic %s --triples %s: expected ENTITIESxRELATIONS, at "
            "least %dx1, and at most %d triples for each of their pairs",
            shape, settings->triples, KGE_SYNTHETIC_GROUP, KGE_SYNTHETIC_GROUP / 10);
    settings->synthetic.seed = settings->recipe.seed;
    settings->triples        = NULL;
    return TERN_OK;
}

static tern_status_t check(const kge_settings_t *settings, app_complaint_t *complaint)
{
    int num_sources = (settings->data != NULL) + (settings->parts[KGE_TRAIN] != NULL) +
                      (settings->triples != NULL) +
                      (settings->synthetic.num_entities > 0);

    if (num_sources != 1)
        return app_complain(
            complaint, TERN_ERR_USAGE,
            "give one of --data DIR, --train FILE, --triples FILE and --synthetic");
    if (settings->parts[KGE_TRAIN] == NULL &&
        (settings->parts[KGE_VALID] != NULL || settings->parts[KGE_TEST] != NULL))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--valid and --test go with --train");
    if (settings->compare_plain && !settings->use_server)
        return app_complain(
            complaint, TERN_ERR_USAGE,
            "--compare-plain needs the parameter server: drop --no-server");
    if (settings->plan.draws == KGE_DRAWS_BY_LIBRARY &&
        (!settings->use_server || settings->compare_plain))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--negatives-from: a plain loop has numbers only");
    if (settings->target_mrr > 0 && settings->eval_every == 0)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--target-mrr is looked at by --eval-every, which is 0");
    return TERN_OK;
}

tern_status_t kge_settings_get(tern_options_t *options, kge_settings_t *settings,
                               app_complaint_t *complaint)
{
    tern_status_t status = apply_presets(options);

    if (status != TERN_OK)
        return app_complain(complaint, status, "--paper cannot set its options");
    *settings = (kge_settings_t){
        .recipe        = recipe_of(options),
        .plan          = plan_of(options),
        .data          = tern_option_string(options, "data"),
        .parts         = {[KGE_TRAIN] = tern_option_string(options, "train"),
                          [KGE_VALID] = tern_option_string(options, "valid"),
                          [KGE_TEST]  = tern_option_string(options, "test")},
        .triples       = tern_option_string(options, "triples"),
        .split         = strcmp(tern_option_string(options, "split"), "pair") == 0
                             ? KGE_SPLIT_PAIR
                             : KGE_SPLIT_TRIPLE,
        .num_epochs    = (int)tern_option_int(options, "epochs"),
        .max_seconds   = tern_option_real(options, "max-time"),
        .target_mrr    = tern_option_real(options, "target-mrr"),
        .eval_every    = (int)tern_option_int(options, "eval-every"),
        .eval_sample   = (size_t)tern_option_int(options, "eval-sample"),
        .test_at_end   = tern_option_flag(options, "test-at-end"),
        .output        = tern_option_string(options, "output"),
        .use_server    = tern_option_flag(options, "server"),
        .compare_plain = tern_option_flag(options, "compare-plain"),
        .json          = tern_option_flag(options, "json"),
    };
    status = get_synthetic(options, settings, complaint);
    return status == TERN_OK ? check(settings, complaint) : status;
}
