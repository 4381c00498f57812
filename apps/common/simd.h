/** \file
 * Let the compiler build a hot loop for several instruction sets and pick one when the program
 * starts. Off under sanitizers (their run time is not ready when the choice is made) and where the
 * compiler cannot do it; configure decides.
 *
 * The files that use this are compiled with -O3 -fopenmp-simd -ffp-contract=fast: sums may be
 * reassociated where `omp simd reduction` says so, and products fuse with additions.
 */
#ifndef APP_SIMD_H
#define APP_SIMD_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stddef.h>

#ifdef TERN_HAVE_TARGET_CLONES
#define APP_CLONES                                                                       \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APP_CLONES
#endif

#define APP_INLINE static inline __attribute__((always_inline))

/* The pieces of the vector kernels, to be inlined into functions marked APP_CLONES. */

APP_INLINE float app_dot(size_t num, const float *restrict a, const float *restrict b)
{
    float sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < num; i++)
        sum += a[i] * b[i];
    return sum;
}

/* y += factor * x */
APP_INLINE void app_add_scaled(size_t num, float factor, const float *restrict x,
                               float *restrict y)
{
#pragma omp simd
    for (size_t i = 0; i < num; i++)
        y[i] += factor * x[i];
}

#endif
