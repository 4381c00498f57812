/** \file
 * What the facts about sampling access share.
 *
 * Distributions are judged by Pearson's chi-square. Draws are functions of seeds, so a fact holds always or never; a
 * correct sampler would fail with a probability of one in a million.
 */
#ifndef TERN_TESTS_SAMPLE_FIXTURE_H
#define TERN_TESTS_SAMPLE_FIXTURE_H

#include "session.h"

enum { SAMPLE_KEYS = 400, SAMPLE_WIDTH = 3, SAMPLE_NUM_SCHEMES = 4 };

extern const tern_sample_scheme_t sample_schemes[SAMPLE_NUM_SCHEMES];

/* About the weights of the words of a language, [SAMPLE_KEYS]; every seventh key has none. */
const double *sample_zipf(void);

/* True if `counts` [SAMPLE_KEYS] of events, which come in bundles of `bundle` equal ones, are in proportion to
 * `weights` [SAMPLE_KEYS]. */
bool sample_conforms(const uint64_t counts[], const double weights[], double bundle);

/* Keys 0 to SAMPLE_KEYS; each value of row k is k. Collective. */
tern_table_t *sample_table(session_t *session, const char *policy);

tern_sampler_t *sample_sampler(tern_table_t *table, tern_sample_desc_t desc);

/* The next `num` draws, pulled a few at a time; values are checked. */
void sample_pull(tern_sampler_t *sampler, size_t num, tern_key_t keys[]);

/* The next `num` draws without values. */
void sample_draw(tern_sampler_t *sampler, size_t num, tern_key_t keys[]);

void sample_count(size_t num, const tern_key_t keys[], uint64_t counts[SAMPLE_KEYS]);

tern_counters_t sample_counters(const session_t *session);

#endif
