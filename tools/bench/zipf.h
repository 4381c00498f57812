/** \file
 * Zipf-distributed ranks by rejection-inversion (Hoermann and Derflinger, ACM TOMACS 6(3), 1996): constant
 * time and no table, for any number of elements. P(rank k) ~ 1 / (k + 1)^exponent.
 */
#ifndef TERN_BENCH_ZIPF_H
#define TERN_BENCH_ZIPF_H

#include <stdint.h>

typedef struct zipf {
    uint64_t num;
    double   exponent;
    double   low, high; /* the integral of the hat at 1.5, less 1, and at num + 0.5 */
    double   shortcut;  /* accept without looking at the hat */
} zipf_t;

void zipf_init(zipf_t *zipf, uint64_t num, double exponent);

/* A rank, 0 <= rank < num; advances `counter_p` by the numbers it used. */
uint64_t zipf_draw(const zipf_t *zipf, uint64_t seed, uint64_t stream,
                   uint64_t *counter_p);

#endif
