/** \file
 * Reading lists of sizes.
 */
#include "sizes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* The number at `*text_p`, with its suffix k, M, Ki or Mi; moves past it. Zero if there is none. */
static size_t parse_size(const char **text_p)
{
    char              *end;
    unsigned long long number = 0;
    unsigned long long unit   = 1;

    if (!isdigit((unsigned char)**text_p))
        return 0;
    number = strtoull(*text_p, &end, 10);
    if (*end == 'k' || *end == 'K')
        unit = end[1] == 'i' ? 1ull << 10 : 1000;
    else if (*end == 'M')
        unit = end[1] == 'i' ? 1ull << 20 : 1000000;
    if (unit > 1)
        end += end[1] == 'i' ? 2 : 1;
    *text_p = end;
    return number > SIZE_MAX / unit ? SIZE_MAX : (size_t)(number * unit);
}

tern_status_t sizes_parse(const char *option, const char *text, size_t max,
                          sizes_t *sizes_p)
{
    const char *at  = text;
    size_t      num = 0;

    do {
        size_t size = parse_size(&at);

        if (size < 1 || size > max || num == SIZES_MAX || (*at != ',' && *at != '\0')) {
            fprintf(stderr,
                    "tern-bench: --%s '%s': want up to %d numbers from 1 to %zu, "
                    "separated by commas\n",
                    option, text, SIZES_MAX, max);
            return TERN_ERR_USAGE;
        }
        sizes_p->list[num++] = size;
    } while (*at++ == ',');
    sizes_p->num = num;
    return TERN_OK;
}

size_t sizes_largest(const sizes_t *sizes)
{
    size_t largest = 0;

    for (size_t i = 0; i < sizes->num; i++)
        if (sizes->list[i] > largest)
            largest = sizes->list[i];
    return largest;
}
