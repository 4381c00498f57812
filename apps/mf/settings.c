/** \file
 * The options of tern-mf.
 */
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COUNT 1e12

const tern_option_t mf_options[] = {
    {"data", TERN_OPTION_STRING, NULL, "FILE",
     "ratings: MatrixMarket, or row, column, value with commas, tabs, :: or blanks", 0, 0,
     NULL},
    {"synthetic", TERN_OPTION_STRING, NULL, "ROWSxCOLS",
     "a planted low-rank matrix instead of a file", 0, 0, NULL},
    {"nnz", TERN_OPTION_INT, "1M", "ratings", "known entries of the planted matrix", 1,
     MAX_COUNT, NULL},
    {"planted-rank", TERN_OPTION_INT, "10", NULL, "rank of the planted matrix", 1, 4096,
     NULL},
    {"skew", TERN_OPTION_REAL, "0", NULL,
     "Zipf exponent of the popularity of planted rows and columns", 0, 3, NULL},
    {"noise", TERN_OPTION_REAL, "0.1", NULL,
     "standard deviation of planted noise; the truth has 1", 0, 1e6, NULL},
    {"valid-share", TERN_OPTION_REAL, "0.01", NULL,
     "share of ratings held out to tune on", 0, 0.9, NULL},
    {"test-share", TERN_OPTION_REAL, "0.01", NULL, "share of ratings held out to test on",
     0, 0.9, NULL},
    {"rank", TERN_OPTION_INT, "32", NULL, "factors of a row and of a column", 1, 65536,
     NULL},
    {"bias", TERN_OPTION_FLAG, "no", NULL, "a bias for each row and column", 0, 0, NULL},
    {"center", TERN_OPTION_FLAG, "yes", NULL, "subtract the mean of all ratings", 0, 0,
     NULL},
    {"lr", TERN_OPTION_REAL, "0.05", NULL, "learning rate of the first epoch", 1e-9, 1e3,
     NULL},
    {"decay", TERN_OPTION_REAL, "0.95", NULL,
     "factor of the learning rate from epoch to epoch", 1e-3, 1, NULL},
    {"bold-driver", TERN_OPTION_FLAG, "no", NULL,
     "instead of --decay: 5 % more when the loss fell, half when it rose", 0, 0, NULL},
    {"l2", TERN_OPTION_REAL, "0.01", NULL,
     "weight of a rating's squared vectors: more ratings, more weight", 0, 1e3, NULL},
    {"init", TERN_OPTION_REAL, "0", NULL,
     "vectors start uniform between minus and plus this; 0: 1 / sqrt(rank)", 0, 1e3,
     NULL},
    {"schedule", TERN_OPTION_CHOICE, "dsgd", NULL,
     "blocks of columns in turn, columns in order, or ratings in random order", 0, 0,
     "dsgd|columns|random"},
    {"access", TERN_OPTION_CHOICE, "borrow", NULL,
     "pull and push copies of vectors, or change them in place where they are local", 0,
     0, "copy|borrow"},
    {"policy", TERN_OPTION_CHOICE, "static", NULL, "how the server manages vectors", 0, 0,
     "static|relocate|ssp|essp|adaptive"},
    {"staleness", TERN_OPTION_INT, "0", "clocks", "how far workers may run ahead", 0, 4e9,
     NULL},
    {"clustering", TERN_OPTION_CHOICE, "rows", NULL,
     "keys by worker, or at random: then vectors lie anywhere at first", 0, 0,
     "rows|random"},
    {"localize", TERN_OPTION_CHOICE, "yes", NULL,
     "bring vectors to the worker that needs them, if the policy moves any", 0, 0,
     "yes|no"},
    {"ahead", TERN_OPTION_INT, "64", NULL,
     "columns (`columns`) or batches (`random`; default 0) localized together, ahead", 0,
     65536, NULL},
    {"pieces", TERN_OPTION_INT, "1", NULL,
     "`dsgd`: a block travels in so many pieces, each ahead of its use", 1, 65536, NULL},
    {"batch", TERN_OPTION_INT, "0", "ratings",
     "ratings for which vectors are pulled, then pushed; 0: as many as the schedule "
     "allows",
     0, MF_MAX_OPEN_ROWS, NULL},
    {"prefetch", TERN_OPTION_INT, "0", "ratings",
     "ratings whose vectors are pulled ahead, together; 0: none", 0, MF_MAX_OPEN_ROWS,
     NULL},
    {"async-push", TERN_OPTION_FLAG, "no", NULL, "do not wait for pushes before a clock",
     0, 0, NULL},
    {"clocks", TERN_OPTION_INT, "0", NULL,
     "clocks of an epoch in `columns` and `random`; 0: as many as workers", 0, 1e9, NULL},
    {"tile-rows", TERN_OPTION_INT, "512", NULL, "`dsgd`: rows that are open together", 1,
     MF_MAX_OPEN_ROWS, NULL},
    {"server", TERN_OPTION_FLAG, "yes", NULL,
     "--no-server: a plain loop in threads of one process", 0, 0, NULL},
    {"plain-mpi", TERN_OPTION_FLAG, "no", NULL,
     "hand-written block rotation instead of a parameter server", 0, 0, NULL},
    {"compare-plain", TERN_OPTION_FLAG, "no", NULL,
     "time epochs of the parameter server and of the plain loop, alternately", 0, 0,
     NULL},
    {"threads", TERN_OPTION_INT, "0", NULL,
     "of the plain loop; 0: as many as there are workers", 0, 1024, NULL},
    {"epochs", TERN_OPTION_INT, "20", NULL, "passes over the ratings", 0, 1e9, NULL},
    {"target-rmse", TERN_OPTION_REAL, "0", NULL,
     "stop when the valid ratings are predicted so well; 0: do not", 0, 1e9, NULL},
    {"max-seconds", TERN_OPTION_REAL, "0", "seconds",
     "stop training then, within an epoch if need be; 0: no limit", 0, 1e9, NULL},
    {"sample", TERN_OPTION_REAL, "1", NULL,
     "train on this share of each round only, and say what an epoch would take", 1e-9, 1,
     NULL},
    {"eval-every", TERN_OPTION_INT, "1", "epochs", "judge valid ratings; 0: at the end",
     0, 1e9, NULL},
    {"eval-sample", TERN_OPTION_INT, "0", "ratings",
     "valid ratings judged per worker; 0: all", 0, MAX_COUNT, NULL},
    {"pad-us", TERN_OPTION_REAL, "0", "microseconds",
     "extra processor time per update, to stand for a slower processor", 0, 1e6, NULL},
    {"output", TERN_OPTION_STRING, NULL, "FILE.h5",
     "write vectors, ids, configuration, history and results", 0, 0, NULL},
};
const size_t mf_num_options = sizeof(mf_options) / sizeof(mf_options[0]);

/* clang-format off */
const char mf_epilogue[] =
    "The longer side of the matrix becomes rows: a worker keeps its rows, columns travel.\n"
    "\n"
    "Examples:\n"
    "  tern-mf --synthetic 20000x5000 --nnz 1M --rank 32\n"
    "  mpirun -n 4 tern-mf --data ratings.csv --bias --lr 0.02 --l2 0.05 --policy relocate\n"
    "  mpirun -n 4 tern-mf --plain-mpi --synthetic 20000x5000\n"
    "  mpirun -n 2 tern-mf --compare-plain --synthetic 20000x5000\n";
/* clang-format on */

static mf_schedule_t schedule_of(const char *name)
{
    if (strcmp(name, "columns") == 0)
        return MF_COLUMNS;
    return strcmp(name, "random") == 0 ? MF_RANDOM : MF_DSGD;
}

static bool is_choice(const tern_options_t *options, const char *name, const char *choice)
{
    return strcmp(tern_option_string(options, name), choice) == 0;
}

static size_t count_of(const tern_options_t *options, const char *name)
{
    return (size_t)tern_option_int(options, name);
}

static void get_model(const tern_options_t *options, mf_settings_t *settings)
{
    settings->rank        = count_of(options, "rank");
    settings->has_bias    = tern_option_flag(options, "bias");
    settings->is_centered = tern_option_flag(options, "center");
    settings->l2          = tern_option_real(options, "l2");
    settings->rate        = tern_option_real(options, "lr");
    settings->decay       = tern_option_real(options, "decay");
    settings->is_bold     = tern_option_flag(options, "bold-driver");
    settings->init_bound  = tern_option_real(options, "init");
    if (settings->init_bound == 0)
        settings->init_bound = 1 / sqrt((double)settings->rank);
}

static void get_data(const tern_options_t *options, mf_settings_t *settings)
{
    settings->data      = tern_option_string(options, "data");
    settings->synthetic = (mf_synthetic_shape_t){
        .num_ratings = (uint64_t)tern_option_int(options, "nnz"),
        .rank        = count_of(options, "planted-rank"),
        .skew        = tern_option_real(options, "skew"),
        .noise       = tern_option_real(options, "noise"),
        .seed        = settings->seed,
    };
    settings->split = (mf_split_t){
        .valid_share = tern_option_real(options, "valid-share"),
        .test_share  = tern_option_real(options, "test-share"),
        .seed        = settings->seed,
    };
}

static void get_access(const tern_options_t *options, mf_settings_t *settings)
{
    settings->schedule    = schedule_of(tern_option_string(options, "schedule"));
    settings->policy      = tern_option_string(options, "policy");
    settings->is_adaptive = strcmp(settings->policy, "adaptive") == 0;
    settings->moves_rows =
        settings->is_adaptive || strcmp(settings->policy, "relocate") == 0;
    settings->staleness       = (uint32_t)tern_option_int(options, "staleness");
    settings->borrows         = is_choice(options, "access", "borrow");
    settings->localizes       = is_choice(options, "localize", "yes");
    settings->has_random_keys = is_choice(options, "clustering", "random");
    settings->is_async        = tern_option_flag(options, "async-push");
    settings->ahead           = count_of(options, "ahead");
    settings->pieces          = count_of(options, "pieces");
    settings->prefetch        = count_of(options, "prefetch");
    settings->batch           = count_of(options, "batch");
    settings->num_clocks      = count_of(options, "clocks");
    settings->tile_rows       = count_of(options, "tile-rows");
    /* In random order every worker needs every column all the time: to move them is for experiments. */
    if (settings->schedule == MF_RANDOM && !tern_option_is_set(options, "ahead"))
        settings->ahead = 0;
    if (settings->prefetch > 0)
        settings->batch = settings->prefetch;
    if (settings->schedule == MF_RANDOM && settings->batch == 0)
        settings->batch = 1;
}

static void get_run(const tern_options_t *options, mf_settings_t *settings)
{
    settings->engine         = MF_ENGINE_SERVER;
    settings->compares_plain = tern_option_flag(options, "compare-plain");
    settings->num_threads    = count_of(options, "threads");
    settings->num_epochs     = (int)tern_option_int(options, "epochs");
    settings->eval_every     = (int)tern_option_int(options, "eval-every");
    settings->eval_sample    = count_of(options, "eval-sample");
    settings->target_rmse    = tern_option_real(options, "target-rmse");
    settings->max_seconds    = tern_option_real(options, "max-seconds");
    settings->sample         = tern_option_real(options, "sample");
    settings->pad_us         = tern_option_real(options, "pad-us");
    settings->output         = tern_option_string(options, "output");
    settings->json           = tern_option_flag(options, "json");
    if (tern_option_flag(options, "plain-mpi"))
        settings->engine = MF_ENGINE_HAND;
    if (!tern_option_flag(options, "server"))
        settings->engine = MF_ENGINE_THREADS;
}

static bool parse_shape(const char *text, mf_synthetic_shape_t *shape)
{
    char              *end  = NULL;
    unsigned long long rows = 0, columns = 0;

    errno = 0;
    rows  = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || (*end != 'x' && *end != 'X') ||
        !isdigit((unsigned char)end[1]))
        return false;
    columns = strtoull(end + 1, &end, 10);
    if (*end != '\0' || errno != 0 || rows == 0 || columns == 0 ||
        rows > UINT32_MAX - 1 || columns > UINT32_MAX - 1)
        return false;
    shape->num_rows    = (size_t)rows;
    shape->num_columns = (size_t)columns;
    return true;
}

static tern_status_t check_data(const tern_options_t *options, mf_settings_t *settings,
                                app_complaint_t *complaint)
{
    const char *shape = tern_option_string(options, "synthetic");

    if ((settings->data != NULL) == (shape != NULL))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "give one of --data FILE and --synthetic ROWSxCOLS");
    if (shape != NULL && !parse_shape(shape, &settings->synthetic))
        return app_complain(
            complaint, TERN_ERR_USAGE,
            "--synthetic: expected ROWSxCOLS as in 20000x5000, found \"%s\"", shape);
    if (shape != NULL && (double)settings->synthetic.num_ratings >
                             (double)settings->synthetic.num_rows *
                                 (double)settings->synthetic.num_columns)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--nnz: a matrix of %s has no %llu entries", shape,
                            (unsigned long long)settings->synthetic.num_ratings);
    if (settings->split.valid_share + settings->split.test_share >= 1)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--valid-share and --test-share leave nothing to train on");
    if (settings->target_rmse > 0 && settings->split.valid_share == 0)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--target-rmse needs --valid-share above 0");
    return TERN_OK;
}

static tern_status_t check_run(const tern_options_t *options,
                               const mf_settings_t *settings, app_complaint_t *complaint)
{
    bool is_plain = settings->engine != MF_ENGINE_SERVER;

    if (tern_option_flag(options, "plain-mpi") && settings->engine == MF_ENGINE_THREADS)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--plain-mpi and --no-server exclude each other");
    if (settings->compares_plain && is_plain)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--compare-plain needs the parameter server: drop %s",
                            settings->engine == MF_ENGINE_HAND ? "--plain-mpi"
                                                               : "--no-server");
    if ((is_plain || settings->compares_plain) && settings->schedule != MF_DSGD)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "without the parameter server there is --schedule dsgd only");
    if (settings->engine == MF_ENGINE_HAND && settings->sample < 1)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--sample and --plain-mpi exclude each other");
    if (settings->engine == MF_ENGINE_HAND && settings->output != NULL)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--output and --plain-mpi exclude each other");
    if (settings->compares_plain && settings->output != NULL)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--output and --compare-plain exclude each other");
    return TERN_OK;
}

static tern_status_t check_access(const tern_options_t *options,
                                  const mf_settings_t  *settings,
                                  app_complaint_t      *complaint)
{
    if (settings->prefetch > 0 && tern_option_is_set(options, "batch"))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--prefetch sets the batch, too: drop --batch");
    if (settings->borrows && (settings->prefetch > 0 || settings->is_async))
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--prefetch and --async-push go with --access copy");
    if (settings->borrows && settings->staleness > 0 && settings->schedule == MF_DSGD)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--access borrow needs blocks that are one worker's alone: "
                            "--staleness 0, or --access copy");
    return TERN_OK;
}

tern_status_t mf_settings_get(const tern_options_t *options, mf_settings_t *settings,
                              app_complaint_t *complaint)
{
    tern_status_t status = TERN_OK;

    *settings = (mf_settings_t){.seed = (uint64_t)tern_option_int(options, "seed")};
    get_data(options, settings);
    get_model(options, settings);
    get_access(options, settings);
    get_run(options, settings);
    status = check_data(options, settings, complaint);
    if (status == TERN_OK)
        status = check_run(options, settings, complaint);
    return status == TERN_OK ? check_access(options, settings, complaint) : status;
}
