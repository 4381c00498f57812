/** \file
 * The options of tern-kge. The defaults are a recipe that suits WordNet's graphs, with and without leaks.
 */
#include "settings.h"

#include <string.h>

#define MAX_COUNT 1e9

const tern_option_t kge_options[] = {
    {"data", TERN_OPTION_STRING, NULL, "DIR",
     "train.tsv, valid.tsv and test.tsv, or folders pair and triple with those", 0, 0,
     NULL},
    {"train", TERN_OPTION_STRING, NULL, "FILE", "triples to train on", 0, 0, NULL},
    {"valid", TERN_OPTION_STRING, NULL, "FILE", "triples to tune on", 0, 0, NULL},
    {"test", TERN_OPTION_STRING, NULL, "FILE", "triples to test on", 0, 0, NULL},
    {"triples", TERN_OPTION_STRING, NULL, "FILE",
     "one file, to be split by --split and --seed", 0, 0, NULL},
    {"split", TERN_OPTION_CHOICE, "pair", NULL,
     "split --triples so that no pair of entities crosses, or by triple", 0, 0,
     "pair|triple"},
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
    {"eval-every", TERN_OPTION_INT, "1", "epochs",
     "rank a sample of the valid triples so often; 0: never", 0, MAX_COUNT, NULL},
    {"eval-sample", TERN_OPTION_INT, "250", "triples", "size of that sample; 0: all", 0,
     MAX_COUNT, NULL},
    {"test-at-end", TERN_OPTION_FLAG, "yes", NULL,
     "rank the test triples after the training", 0, 0, NULL},
    {"output", TERN_OPTION_STRING, NULL, "FILE.h5",
     "write embeddings, names, configuration, history and results", 0, 0, NULL},
    {"sync", TERN_OPTION_CHOICE, "bsp", NULL,
     "how far workers may run ahead of each other", 0, 0, "bsp|ssp|async"},
    {"staleness", TERN_OPTION_INT, "1", "clocks", "the bound of --sync ssp", 0, 4e9,
     NULL},
    {"clock-every", TERN_OPTION_INT, "1", "steps",
     "batches of a worker between two clocks", 1, MAX_COUNT, NULL},
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
    "  tern-kge --data wordnet/triple --compare-plain --epochs 5\n";
/* clang-format on */

static tern_sync_t sync_of(const char *name)
{
    if (strcmp(name, "ssp") == 0)
        return TERN_SYNC_SSP;
    return strcmp(name, "async") == 0 ? TERN_SYNC_ASYNC : TERN_SYNC_BSP;
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

static tern_status_t check(const kge_settings_t *settings, app_complaint_t *complaint)
{
    int num_sources = (settings->data != NULL) + (settings->parts[KGE_TRAIN] != NULL) +
                      (settings->triples != NULL);

    if (num_sources != 1)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "give one of --data DIR, --train FILE and --triples FILE");
    if (settings->parts[KGE_TRAIN] == NULL &&
        (settings->parts[KGE_VALID] != NULL || settings->parts[KGE_TEST] != NULL))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--valid and --test go with --train");
    if (settings->compare_plain && !settings->use_server)
        return app_complain(
            complaint, TERN_ERR_USAGE,
            "--compare-plain needs the parameter server: drop --no-server");
    return TERN_OK;
}

tern_status_t kge_settings_get(const tern_options_t *options, kge_settings_t *settings,
                               app_complaint_t *complaint)
{
    *settings = (kge_settings_t){
        .recipe        = recipe_of(options),
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
        .eval_every    = (int)tern_option_int(options, "eval-every"),
        .eval_sample   = (size_t)tern_option_int(options, "eval-sample"),
        .test_at_end   = tern_option_flag(options, "test-at-end"),
        .output        = tern_option_string(options, "output"),
        .use_server    = tern_option_flag(options, "server"),
        .compare_plain = tern_option_flag(options, "compare-plain"),
        .sync          = sync_of(tern_option_string(options, "sync")),
        .clock_every   = (size_t)tern_option_int(options, "clock-every"),
        .json          = tern_option_flag(options, "json"),
    };
    if (settings->sync == TERN_SYNC_SSP)
        settings->staleness = (uint32_t)tern_option_int(options, "staleness");
    return check(settings, complaint);
}
