/** \file
 * Everything, in reading order.
 */
#ifndef TERN_TERN_H
#define TERN_TERN_H

#include "tern/access.h"   /* pull, push, set, borrow */
#include "tern/counters.h" /* exact counts of what happened */
#include "tern/delay.h"    /* bounded delay between iterations */
#include "tern/delay_auto.h" /* the best delay, found while running */
#include "tern/filter.h"   /* fewer bytes between workers and servers */
#include "tern/function.h" /* code that servers run on their rows */
#include "tern/group.h"    /* several applications on the same servers */
#include "tern/info.h"     /* what this build and machine can do */
#include "tern/locality.h" /* bringing rows to where they are used */
#include "tern/options.h"  /* what the user configures */
#include "tern/random.h"   /* seeded, counter-based */
#include "tern/report.h"   /* progress and results for people and programs */
#include "tern/request.h"  /* completion */
#include "tern/result.h"   /* results in HDF5 */
#include "tern/runtime.h"  /* start, roles, end */
#include "tern/sample.h"   /* rows drawn from a distribution */
#include "tern/sparse.h"   /* rows that come with their first change */
#include "tern/stored.h"   /* results read again */
#include "tern/sync.h"     /* clocks and barriers */
#include "tern/table.h"    /* named key spaces */
#include "tern/task.h"     /* asynchronous operations and what they follow */
#include "tern/types.h"    /* words */
#include "tern/update.h"   /* how a push changes a row */
#include "tern/work.h"     /* tasks that the scheduler gives to workers */

#endif
