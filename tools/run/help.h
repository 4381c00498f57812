/** \file
 * What --help prints.
 */
#ifndef RUN_HELP_H
#define RUN_HELP_H

void run_help_print(void);

#endif
