/** \file
 * What servers do for tern_num_rows(), tern_scan() and tern_evict(): functions that every runtime knows.
 */
#ifndef TERN_SERVER_SCAN_H
#define TERN_SERVER_SCAN_H

#include "server/functions.h"
#include "store/lending.h"

/** `lending` is the node's; borrowed. TERN_ERR_NO_MEMORY. */
tern_status_t tern_scan_register(tern_functions_t *functions, tern_lending_t *lending);

#endif
