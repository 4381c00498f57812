/** \file
 * From a chain's text to its steps.
 */
#ifndef TERN_FILTER_CHAIN_PARSE_H
#define TERN_FILTER_CHAIN_PARSE_H

#include "filter/chain.h"

/** Fill chain->steps, each with its operations and parameters. Errors as of tern_chain_create(). */
tern_status_t tern_chain_parse(tern_chain_t                 *chain,
                               const tern_filter_registry_t *registry, const char *where,
                               const char *text);

/** May the number of this step be `value`? */
bool tern_filter_accepts(const tern_filter_step_t *step, double value);

#endif
