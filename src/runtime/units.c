/** \file
 * Scaling and rounding for people.
 */
#include "runtime/units.h"

#include <math.h>
#include <stdio.h>

/* `number` in the largest of `units` that leaves at least 1, with three digits. */
static const char *scale(double number, double base, const char *const units[],
                         size_t num_units, char text[])
{
    size_t unit = 0;

    /* 999.6 would be printed as 1000 */
    while (unit + 1 < num_units && number >= 0.9995 * base) {
        number /= base;
        unit++;
    }
    if (unit == 0 && number == floor(number))
        snprintf(text, TERN_UNITS_BYTES, "%.0f%s", number, units[0]);
    else
        snprintf(text, TERN_UNITS_BYTES, "%.*f%s",
                 number < 9.995 ? 2 : (number < 99.95 ? 1 : 0), number, units[unit]);
    return text;
}

const char *tern_units_count(double count, char text[])
{
    static const char *const units[] = {"", " k", " M", " G", " T"};

    return scale(count, 1000.0, units, sizeof(units) / sizeof(units[0]), text);
}

const char *tern_units_bytes(double num_bytes, char text[])
{
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB"};

    return scale(num_bytes, 1024.0, units, sizeof(units) / sizeof(units[0]), text);
}

const char *tern_units_clock(double seconds, char text[])
{
    unsigned long whole;

    if (!(seconds >= 0.0 && seconds < 1e9)) {
        snprintf(text, TERN_UNITS_BYTES, "--:--");
        return text;
    }
    whole = (unsigned long)(seconds + 0.5);
    if (whole < 3600)
        snprintf(text, TERN_UNITS_BYTES, "%02lu:%02lu", whole / 60, whole % 60);
    else
        snprintf(text, TERN_UNITS_BYTES, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60,
                 whole % 60);
    return text;
}
