/** \file
 * What the user asked tern-mf for.
 */
#ifndef MF_SETTINGS_H
#define MF_SETTINGS_H

#include "complaint.h"
#include "plan.h"
#include "tern/tern.h"

/* Who trains. */
typedef enum mf_engine {
    MF_ENGINE_SERVER,  /* workers on a parameter server */
    MF_ENGINE_THREADS, /* --no-server: threads of one process */
    MF_ENGINE_HAND,    /* --plain-mpi */
} mf_engine_t;

typedef struct mf_settings {
    const char          *data; /* file, or NULL */
    mf_synthetic_shape_t synthetic;
    mf_split_t           split;

    size_t rank;
    bool   has_bias, is_centered;
    double l2, rate, decay, init_bound;
    bool   is_bold; /* the rate follows the loss */

    mf_schedule_t schedule;
    mf_engine_t   engine;
    bool          compares_plain;
    size_t        num_threads; /* of the plain loop */
    const char   *policy;
    uint32_t      staleness;
    bool          borrows, localizes, has_random_keys, is_async;
    bool          moves_rows;  /* the policy may take them to another node */
    bool          is_adaptive; /* the policy wants intents rather than localizes */
    size_t        ahead, pieces, batch, prefetch, num_clocks, tile_rows;

    int         num_epochs, eval_every;
    size_t      eval_sample;
    double      target_rmse; /* 0: none */
    double      max_seconds; /* 0: no limit */
    double      sample, pad_us;
    const char *output; /* or NULL */
    bool        json;
    uint64_t    seed;
} mf_settings_t;

/* The program's options. */
extern const tern_option_t mf_options[];
extern const size_t        mf_num_options;
extern const char          mf_epilogue[];

/* \return  TERN_OK; TERN_ERR_USAGE: the complaint says which options contradict each other. */
tern_status_t mf_settings_get(const tern_options_t *options, mf_settings_t *settings,
                              app_complaint_t *complaint);

#endif
