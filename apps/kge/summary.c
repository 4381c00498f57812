/** \file
 * What a run tells its user, see summary.h.
 */
#include "summary.h"

#include <stdio.h>

void kge_summary_print_data(const kge_experiments_t *experiments)
{
    for (size_t i = 0; i < experiments->num; i++) {
        const kge_experiment_t *experiment = &experiments->items[i];
        const kge_dataset_t    *dataset    = &experiment->dataset;

        printf("%s%sdata: %zu entities, %zu relations; train %zu, valid %zu, test %zu "
               "triples",
               experiment->name, experiment->name[0] != '\0' ? " " : "",
               kge_experiment_num_entities(experiment),
               kge_experiment_num_relations(experiment), dataset->parts[KGE_TRAIN].num,
               dataset->parts[KGE_VALID].num, dataset->parts[KGE_TEST].num);
        if (dataset->num_dropped > 0)
            printf(" (%zu dropped: not in train)", dataset->num_dropped);
        printf("\n");
    }
    fflush(stdout);
}

static void print_row(const char *label, const kge_metrics_t *metrics,
                      double train_seconds, double test_seconds)
{
    if (metrics->num_queries == 0)
        return;
    printf("%-28s %7.4f %8.4f %8.4f %8.4f", label, metrics->mrr, metrics->hits1,
           metrics->hits3, metrics->hits10);
    if (test_seconds > 0)
        printf(" %8.1f s %8.1f s", train_seconds, test_seconds);
    printf("\n");
}

/* The rule is shown for the last experiment: the triple split, if there are two. */
static void print_table(const kge_experiments_t *experiments)
{
    const kge_experiment_t *last = &experiments->items[experiments->num - 1];
    char                    label[64];

    if (last->test.num_queries == 0)
        return;
    printf("\n%-28s %7s %8s %8s %8s %10s %10s\n", "test, filtered", "MRR", "Hits@1",
           "Hits@3", "Hits@10", "training", "ranking");
    for (size_t i = 0; i < experiments->num; i++) {
        const kge_experiment_t *experiment = &experiments->items[i];

        snprintf(label, sizeof(label), "%s%s",
                 experiment->name[0] != '\0' ? experiment->name : "model",
                 experiment->name[0] != '\0' ? " split" : "");
        print_row(label, &experiment->test, experiment->train_seconds,
                  experiment->test_seconds);
    }
    snprintf(label, sizeof(label), "partner look-up%s%s",
             last->name[0] != '\0' ? ", " : "", last->name);
    print_row(label, &last->partner, 0, 0);
    fflush(stdout);
}

enum { FIELDS_PER_EXPERIMENT = 20 + APP_NUM_COUNTERS, NAME_BYTES = 48 };

/* The fields of the last JSON object, whose names get the experiment's in front. */
typedef struct fields {
    tern_field_t items[KGE_MAX_EXPERIMENTS * FIELDS_PER_EXPERIMENT + 1];
    char         names[KGE_MAX_EXPERIMENTS * FIELDS_PER_EXPERIMENT + 1][NAME_BYTES];
    size_t       num;
} fields_t;

static void add_field(fields_t *fields, const kge_experiment_t *experiment,
                      const char *name, double number)
{
    char *full_name = fields->names[fields->num];

    snprintf(full_name, NAME_BYTES, "%s%s%s", experiment->name,
             experiment->name[0] != '\0' ? "_" : "", name);
    fields->items[fields->num++] = (tern_field_t){full_name, number, NULL};
}

/* How long training took, and why. A sample of an epoch is scaled up to the whole. */
static void add_speed(fields_t *fields, const kge_experiment_t *experiment, double pad_us)
{
    double rate = kge_history_median_rate(&experiment->history);

    add_field(fields, experiment, "train_seconds", experiment->train_seconds);
    if (rate > 0) {
        add_field(fields, experiment, "epoch_seconds",
                  (double)experiment->dataset.parts[KGE_TRAIN].num / rate);
        add_field(fields, experiment, "triples_per_second", rate);
    }
    add_field(fields, experiment, "epoch_sample", experiment->sample);
    add_field(fields, experiment, "compute_us_per_triple",
              1e6 * experiment->triple_seconds + pad_us);
    if (experiment->seconds_to_target > 0)
        add_field(fields, experiment, "seconds_to_target", experiment->seconds_to_target);
}

static void add_usage(fields_t *fields, const kge_experiment_t *experiment)
{
    tern_field_t counters[APP_NUM_COUNTERS];
    size_t       num = app_usage_fields(&experiment->usage, counters);

    add_field(fields, experiment, "local_share",
              app_usage_local_share(&experiment->usage, experiment->num_rows));
    for (size_t i = 0; i < num; i++)
        add_field(fields, experiment, counters[i].name, counters[i].number);
}

static void add_experiment(fields_t *fields, const kge_experiment_t *experiment,
                           double pad_us)
{
    add_speed(fields, experiment, pad_us);
    add_usage(fields, experiment);
    if (experiment->test.num_queries == 0)
        return;
    add_field(fields, experiment, "test_seconds", experiment->test_seconds);
    add_field(fields, experiment, "mrr", experiment->test.mrr);
    add_field(fields, experiment, "hits1", experiment->test.hits1);
    add_field(fields, experiment, "hits3", experiment->test.hits3);
    add_field(fields, experiment, "hits10", experiment->test.hits10);
    add_field(fields, experiment, "partner_mrr", experiment->partner.mrr);
    add_field(fields, experiment, "partner_hits1", experiment->partner.hits1);
    add_field(fields, experiment, "partner_hits3", experiment->partner.hits3);
    add_field(fields, experiment, "partner_hits10", experiment->partner.hits10);
}

static tern_status_t print_json(const kge_experiments_t *experiments,
                                const kge_settings_t    *settings,
                                const tern_runtime_t    *runtime,
                                const tern_options_t    *options)
{
    fields_t       fields = {.num = 0};
    tern_report_t *report = NULL;
    tern_status_t  status = tern_report_create(runtime, options, "triples", 0, &report);

    if (status != TERN_OK)
        return status;
    for (size_t i = 0; i < experiments->num; i++)
        add_experiment(&fields, &experiments->items[i], settings->plan.pad_us);
    if (settings->output != NULL)
        fields.items[fields.num++] = (tern_field_t){"output", 0, settings->output};
    tern_report_results(report, fields.num, fields.items);
    tern_report_destroy(&report);
    return TERN_OK;
}

tern_status_t kge_summary_print_results(const kge_experiments_t *experiments,
                                        const kge_settings_t    *settings,
                                        const tern_runtime_t    *runtime,
                                        const tern_options_t    *options)
{
    if (settings->json)
        return print_json(experiments, settings, runtime, options);
    print_table(experiments);
    if (settings->output != NULL)
        printf("\nresults in %s\n", settings->output);
    fflush(stdout);
    return TERN_OK;
}
