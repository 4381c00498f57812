/** \file
 * What is wrong with the user's input, see complaint.h.
 */
#include "complaint.h"

#include <stdarg.h>
#include <stdio.h>

tern_status_t app_complain(app_complaint_t *complaint, tern_status_t status,
                           const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(complaint->text, sizeof(complaint->text), format, arguments);
    va_end(arguments);
    return status;
}
