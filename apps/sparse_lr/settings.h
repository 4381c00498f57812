/** \file
 * What the user asked tern-lr for.
 */
#ifndef LR_SETTINGS_H
#define LR_SETTINGS_H

#include "clicks.h"
#include "reader.h"
#include "tern/tern.h"

typedef enum lr_command { LR_TRAIN, LR_PREDICT, LR_STATS } lr_command_t;

typedef enum lr_algorithm {
    LR_DBPG,    /* delayed block proximal gradient */
    LR_BLOCK,   /* the same without delay */
    LR_FTRL,    /* online, asynchronous */
    LR_ADAGRAD, /* likewise */
    LR_OWLQN,   /* L-BFGS, orthant-wise where there is l1 */
} lr_algorithm_t;

/* Time that experiments add to the computation of a task. */
typedef struct lr_padding {
    double task_seconds; /* a task lasts at least so long */
    double straggle;     /* sigma of the log-normal factor of each task's time; 0: none */
} lr_padding_t;

/* Most keys of a table with a row for each. */
#define LR_MOST_DENSE_KEYS ((tern_key_t)1 << 26)

typedef struct lr_settings {
    lr_command_t   command;
    lr_algorithm_t algorithm;
    const char    *algorithm_name;

    lr_source_t train, test; /* a NULL path: no file */
    bool        is_synthetic;
    lr_clicks_t clicks;
    size_t      num_test_clicks;
    size_t      min_count;
    size_t      num_shards; /* 0: as many as workers */

    double l1, l2;
    size_t num_passes;
    double epsilon, target, max_seconds;

    size_t      num_blocks; /* 0: by the data */
    double      eta;
    size_t      delay; /* most blocks that a worker is ahead */
    bool        has_auto_delay;
    size_t      num_prior; /* blocks that the first pass takes without delay */
    double      kkt_ratio; /* 0: nothing is filtered */
    const char *push_filters, *pull_filters;
    bool        is_ordered, is_dense;

    size_t minibatch;
    double rate, alpha, beta;
    size_t memory; /* of L-BFGS */

    lr_padding_t padding;
    const char  *model, *output, *history, *predictions; /* files, or NULL */
    bool         json;
    uint64_t     seed;
} lr_settings_t;

/* The program's options. */
extern const tern_option_t lr_options[];
extern const size_t        lr_num_options;
extern const char          lr_operands[], lr_epilogue[];

/* \return  TERN_OK; TERN_ERR_USAGE: the complaint says which options contradict each other. */
tern_status_t lr_settings_get(const tern_options_t *options, lr_settings_t *settings,
                              app_complaint_t *complaint);

static inline bool lr_is_batch(const lr_settings_t *settings)
{
    return settings->algorithm == LR_DBPG || settings->algorithm == LR_BLOCK;
}

#endif
