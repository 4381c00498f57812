/** \file
 * Counter-based random numbers: a value is a pure function of (seed, stream, counter), so that the
 * same seed gives the same numbers in any order and on any rank.
 *
 * The mixing function is the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), applied
 * twice so that neighbouring streams and counters decorrelate.
 */
#ifndef TERN_RANDOM_H
#define TERN_RANDOM_H

#include <math.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline uint64_t tern_random_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/** 64 random bits. */
static inline uint64_t tern_random_u64(uint64_t seed, uint64_t stream, uint64_t counter)
{
    uint64_t x = tern_random_mix(seed + 0x9e3779b97f4a7c15ULL * (stream + 1));

    return tern_random_mix(x + 0x9e3779b97f4a7c15ULL * (counter + 1));
}

/** Uniform in [0, 1) with 53 bits. */
static inline double tern_random_unit(uint64_t seed, uint64_t stream, uint64_t counter)
{
    return (double)(tern_random_u64(seed, stream, counter) >> 11) *
           (1.0 / 9007199254740992.0); /* 2^-53 */
}

/** Uniform in [0, bound), bound >= 1; the bias is below bound / 2^64 (Lemire's multiply-shift). */
static inline uint64_t tern_random_below(uint64_t seed, uint64_t stream, uint64_t counter,
                                         uint64_t bound)
{
    return (
        uint64_t)(((unsigned __int128)tern_random_u64(seed, stream, counter) * bound) >>
                  64);
}

/** Standard normal (Box and Muller 1958); uses counters 2 * counter and 2 * counter + 1. */
static inline double tern_random_normal(uint64_t seed, uint64_t stream, uint64_t counter)
{
    double u = 1.0 - tern_random_unit(seed, stream, 2 * counter);
    double v = tern_random_unit(seed, stream, 2 * counter + 1);

    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

#ifdef __cplusplus
}
#endif
#endif
