/** \file
 * From options to settings, checked where the registry cannot.
 */
#include "settings.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { MAX_WIDTH = 65536, MAX_WORKERS = 1 << 20 };

static const tern_option_t own_options[] = {
    {"case", TERN_OPTION_CHOICE, "all", NULL, "what to measure", 0, 0,
     "all|raw-gather|raw-scatter|local-pull|local-push|local-pull1|remote-pull|"
     "remote-push|push-pull|pull-latency|localize-local|localize|sparse-pull|sparse-push|sparse-fill|"
     "clock|barrier"},
    {"width", TERN_OPTION_STRING, "100", NULL, "values per row; a list such as 16,100", 0,
     0, NULL},
    {"rows", TERN_OPTION_INT, "1M", NULL, "rows of the table", 1, 1e9, NULL},
    {"batch", TERN_OPTION_STRING, "4096", NULL, "keys per call; a list such as 1,64,4k",
     0, 0, NULL},
    {"inflight", TERN_OPTION_INT, "8", "calls", "calls of a remote case under way", 1,
     1024, NULL},
    {"rung", TERN_OPTION_CHOICE, "auto", NULL,
     "how pulls of rows of other nodes go; the same as --pull", 0, 0,
     "auto|window|message"},
    {"servers", TERN_OPTION_INT, "1", NULL,
     "the first n servers hold the rows of the remote cases", 1, 65536, NULL},
    {"workers", TERN_OPTION_STRING, "all", NULL, "workers that measure at a time; a list",
     0, 0, NULL},
    {"dist", TERN_OPTION_CHOICE, "uniform", NULL, "how keys are drawn", 0, 0,
     "uniform|zipf"},
    {"skew", TERN_OPTION_REAL, "0.99", NULL, "exponent of --dist zipf", 0, 10, NULL},
    {"seconds", TERN_OPTION_REAL, "1", "seconds", "time per line", 0.001, 3600, NULL},
    {"index", TERN_OPTION_CHOICE, "paged", NULL, "how the node finds a row", 0, 0,
     "arithmetic|paged"},
    {"out", TERN_OPTION_STRING, NULL, "FOLDER", "where the suite writes", 0, 0, NULL},
    {"quick", TERN_OPTION_FLAG, "no", NULL, "a shorter suite", 0, 0, NULL},
};

static const char epilogue[] =
    "suite runs all cases at a grid of its own and writes to --out a CSV file per case, "
    "tern-bench.h5\nand pictures.\ndense exchanges dense tables of 64 KiB to 64 MiB, beside "
    "MPI_Allreduce.\n";

tern_status_t settings_declare(tern_options_t *options)
{
    tern_options_set_usage(options, "[suite | dense]", epilogue);
    return tern_options_add(options, sizeof(own_options) / sizeof(own_options[0]),
                            own_options);
}

/* --- the suite --- */

static tern_status_t refuse_option(const char *name, const char *why)
{
    fprintf(stderr, "tern-bench: --%s: %s\n", name, why);
    return TERN_ERR_USAGE;
}

static bool is_dense(const tern_options_t *options)
{
    return tern_options_num_operands(options) == 1 &&
           strcmp(tern_options_operand(options, 0), "dense") == 0;
}

/* What goes together with the suite, and what does not. */
static tern_status_t check_operands(const tern_options_t *options)
{
    static const char *const of_grid[]  = {"case",    "width", "batch",
                                           "workers", "dist",  "skew"};
    static const char *const of_suite[] = {"out", "quick"};
    size_t                   num        = tern_options_num_operands(options);

    if (is_dense(options))
        num = 0;
    if (num > 1 || (num == 1 && strcmp(tern_options_operand(options, 0), "suite") != 0)) {
        fprintf(stderr, "tern-bench: %s: the one operand is 'suite' or 'dense'\n",
                tern_options_operand(options, num - 1));
        return TERN_ERR_USAGE;
    }
    if (num == 1 && tern_option_string(options, "out") == NULL) {
        fprintf(stderr, "tern-bench: suite: --out FOLDER is needed\n");
        return TERN_ERR_USAGE;
    }
    for (size_t i = 0; num == 1 && i < sizeof(of_grid) / sizeof(of_grid[0]); i++)
        if (tern_option_is_set(options, of_grid[i]))
            return refuse_option(of_grid[i], "the suite has a grid of its own");
    for (size_t i = 0; num == 0 && i < sizeof(of_suite) / sizeof(of_suite[0]); i++)
        if (tern_option_is_set(options, of_suite[i]))
            return refuse_option(of_suite[i], "only the suite has this option");
    return TERN_OK;
}

static void read_suite(settings_t *settings, const tern_options_t *options)
{
    settings->out      = tern_option_string(options, "out");
    settings->is_quick = tern_option_flag(options, "quick");
    if (settings->is_quick && !tern_option_is_set(options, "seconds"))
        settings->seconds = 0.4;
}

/* --- lists --- */

/* One message of the yardstick holds a batch of keys and rows, and MPI counts its bytes in an int. */
static tern_status_t check_bytes(const settings_t *settings)
{
    size_t width = sizes_largest(&settings->widths);
    size_t batch = sizes_largest(&settings->batches);

    if (batch <= INT_MAX / (width * sizeof(float) + sizeof(uint64_t)))
        return TERN_OK;
    fprintf(stderr,
            "tern-bench: --batch %zu with --width %zu: a batch must be below 2 GiB\n",
            batch, width);
    return TERN_ERR_USAGE;
}

static tern_status_t read_workers(settings_t *settings, const char *text)
{
    settings->workers = (sizes_t){.num = 1, .list = {0}};
    if (strcmp(text, "all") == 0)
        return TERN_OK;
    return sizes_parse("workers", text, MAX_WORKERS, &settings->workers);
}

static tern_status_t read_lists(settings_t *settings, const tern_options_t *options)
{
    tern_status_t status = sizes_parse("width", tern_option_string(options, "width"),
                                       MAX_WIDTH, &settings->widths);

    if (status == TERN_OK)
        status = sizes_parse("batch", tern_option_string(options, "batch"),
                             SETTINGS_MAX_BATCH, &settings->batches);
    if (status == TERN_OK)
        status = read_workers(settings, tern_option_string(options, "workers"));
    return status == TERN_OK ? check_bytes(settings) : status;
}

/* --- all --- */

tern_status_t settings_read(settings_t *settings, const tern_options_t *options)
{
    bool          is_zipf = strcmp(tern_option_string(options, "dist"), "zipf") == 0;
    tern_status_t status;

    settings->chosen   = tern_option_string(options, "case");
    settings->num_rows = (uint64_t)tern_option_int(options, "rows");
    settings->seed     = (uint64_t)tern_option_int(options, "seed");
    settings->inflight = (size_t)tern_option_int(options, "inflight");
    settings->rung =
        tern_option_is_set(options, "rung") ? tern_option_string(options, "rung") : NULL;
    settings->num_servers = (int)tern_option_int(options, "servers");
    settings->skew        = is_zipf ? tern_option_real(options, "skew") : -1.0;
    settings->seconds     = tern_option_real(options, "seconds");
    settings->is_paged    = strcmp(tern_option_string(options, "index"), "paged") == 0;
    settings->moves_rows  = strcmp(settings->chosen, "all") == 0 ||
                           strncmp(settings->chosen, "localize", 8) == 0;
    settings->has_sparse = strcmp(settings->chosen, "all") == 0 ||
                           strncmp(settings->chosen, "sparse", 6) == 0;
    settings->as_json  = tern_option_flag(options, "json");
    settings->is_dense = is_dense(options);
    read_suite(settings, options);
    status = check_operands(options);
    return status == TERN_OK ? read_lists(settings, options) : status;
}
