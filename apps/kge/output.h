/** \file
 * The result file of a run: HDF5, enough to use the model and to go on training it.
 *
 *     /config                        every option and where it came from
 *     /model                         name, dim, and what a row contains
 *     [/pair|/triple]/entity/values    [entities][width], state: the sums of squares of Adagrad, names
 *     [/pair|/triple]/relation/...     the same for relations
 *     [/pair|/triple]/history/...      epoch, seconds, loss, rate, valid_mrr, valid_hits10
 *     [/pair|/triple]/results/...      test and partner look-up: mrr, hits1, hits3, hits10
 */
#ifndef KGE_OUTPUT_H
#define KGE_OUTPUT_H

#include "experiment.h"

/* Write settings->output. One worker calls it. \return TERN_ERR_IO, or the error of an access to rows. */
tern_status_t kge_output_write(const kge_settings_t    *settings,
                               const tern_options_t    *options,
                               const kge_experiments_t *experiments);

#endif
