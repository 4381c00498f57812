/** \file
 * Dial: connect to tern-run.
 */
#ifndef RUN_DIAL_H
#define RUN_DIAL_H

/** Connect to the first that answers of "10.0.0.1:4711,10.1.0.1:4711". \return a socket, -1: nobody there. */
int run_dial(const char *addresses);

#endif
