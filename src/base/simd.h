/** \file
 * Let the compiler build a hot loop for several instruction sets and pick one when the program
 * starts. Off under sanitizers (their run time is not ready when the choice is made) and where the
 * compiler cannot do it; configure decides.
 */
#ifndef TERN_BASE_SIMD_H
#define TERN_BASE_SIMD_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef TERN_HAVE_TARGET_CLONES
#define TERN_CLONES                                                                      \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TERN_CLONES
#endif

#endif
