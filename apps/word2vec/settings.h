/** \file
 * What the user asked tern-w2v for.
 */
#ifndef W2V_SETTINGS_H
#define W2V_SETTINGS_H

#include "complaint.h"
#include "corpus.h"
#include "judge.h"
#include "model.h"
#include "recipe.h"

typedef struct w2v_settings {
    w2v_recipe_t    recipe;
    w2v_source_t    source; /* its paths: free() */
    w2v_placement_t placement;
    double          max_words; /* of an epoch; 0: all */
    double          max_seconds;
    w2v_questions_t questions;
    int             eval_every; /* epochs; 0: at the end alone */
    double          target_auc; /* 0: none */
    bool            use_server;
    bool            compare_plain;
    size_t          num_threads; /* of the plain loop */
    bool            json;

    const char *vectors; /* to judge instead of training, or NULL */
    const char *output;  /* HDF5, or NULL, as the other files */
    const char *text;
    const char *binary;
    const char *vocabulary;
} w2v_settings_t;

extern const tern_option_t w2v_options[];
extern const size_t        w2v_num_options;
extern const char          w2v_epilogue[];

/* TERN_ERR_USAGE: options that contradict each other. */
tern_status_t w2v_settings_get(const tern_options_t *options, w2v_settings_t *settings,
                               app_complaint_t *complaint);
void          w2v_settings_fini(w2v_settings_t *settings);

#endif
