/** \file
 * Bell: a descriptor that another process of the host can make readable, so that a rank can sleep on it and
 * on sockets at once, which a futex does not allow.
 *
 * A datagram socket whose name the kernel has chosen in the abstract name space: nothing to remove at
 * the end, and whoever knows the name can ring.
 */
#ifndef TERN_COMM_BELL_H
#define TERN_COMM_BELL_H

#define TERN_BELL_NAME_BYTES 6u /* a zero byte and five digits */

/** A descriptor, and the name by which it is rung; -1 if the system has none to give. */
int tern_bell_open(char name[TERN_BELL_NAME_BYTES]);

/** Ring the bell of this name. `bell` is the caller's own. */
void tern_bell_ring(int bell, const char name[TERN_BELL_NAME_BYTES]);

/** Forget all rings that have come. */
void tern_bell_silence(int bell);

#endif
