/** \file
 * What the user asked tern-kge for.
 */
#ifndef KGE_SETTINGS_H
#define KGE_SETTINGS_H

#include "complaint.h"
#include "plan.h"
#include "recipe.h"
#include "split.h"
#include "synthetic.h"
#include "tern/tern.h"

typedef struct kge_settings {
    kge_recipe_t    recipe;
    kge_plan_t      plan;
    const char     *data;                 /* directory, or NULL */
    const char     *parts[KGE_NUM_PARTS]; /* files, or NULL */
    const char     *triples;              /* one file to be split, or NULL */
    kge_split_t     split;
    kge_synthetic_t synthetic; /* no entities: not asked for */
    int             num_epochs;
    double          max_seconds; /* 0: no limit */
    double          target_mrr;  /* of valid triples, at which training ends; 0: none */
    int             eval_every;  /* epochs; 0: never */
    size_t          eval_sample; /* triples; 0: all */
    bool            test_at_end;
    const char     *output; /* or NULL */
    bool            use_server;
    bool            compare_plain;
    bool            json;
} kge_settings_t;

/* The program's options. */
extern const tern_option_t kge_options[];
extern const size_t        kge_num_options;
extern const char          kge_epilogue[];

/* \return  TERN_OK; TERN_ERR_USAGE: the complaint says which options contradict each other. */
tern_status_t kge_settings_get(tern_options_t *options, kge_settings_t *settings,
                               app_complaint_t *complaint);

#endif
