/** \file
 * Litmus programs: what the workers do so that a promise is put to the test.
 *
 * `storm` does anything in any order, to break what should be kept. The others are the shortest programs that break what should
 * not be. Each returns the promises that its run broke, as a set of bits.
 */
#ifndef TERN_TESTS_LITMUS_H
#define TERN_TESTS_LITMUS_H

#include "history/promises.h"

/* Random pushes, reads, localizes and clocks of all workers on few keys. */
unsigned litmus_storm(ps_t ps, way_t way, uint64_t seed);

/* One worker pushes to a row, then to another, without waiting; another sees the second push and not the first. */
unsigned litmus_overtaking(ps_t ps);

/* A push takes the long way, by the row's home; before it has arrived its worker learns who owns the row, and the next
 * operation takes the short way. Needs three nodes: the worker's, the home and the owner. */
unsigned litmus_short_cut(ps_t ps);

/* Two workers of different nodes push to the same row and read it: each sees its own push and not the other's. */
unsigned litmus_disagreement(ps_t ps, way_t way);

/* A worker sees a push and pushes to another row because of it; a third worker sees the effect and not the cause. Needs
 * three nodes. */
unsigned litmus_cause_and_effect(ps_t ps, way_t way);

#endif
