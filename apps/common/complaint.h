/** \file
 * What is wrong with the user's input, in one line: filled by whoever finds it, printed once by main().
 */
#ifndef APP_COMPLAINT_H
#define APP_COMPLAINT_H

#include "tern/types.h"

typedef struct app_complaint {
    char text[1024];
} app_complaint_t;

/* Write the line and return `status`. */
tern_status_t app_complain(app_complaint_t *complaint, tern_status_t status,
                           const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
