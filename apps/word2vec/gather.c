/** \file
 * Gathering texts with the means of the parameter server: a sum in which all but one worker have zeros is what
 * that one says. A double carries six bytes exactly.
 */
#include "gather.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_PER_NUMBER = 6, BLOCK_NUMBERS = 16384 };

static double encode(const char *bytes, size_t num)
{
    uint64_t number = 0;

    for (size_t i = 0; i < num; i++)
        number |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    return (double)number;
}

static void decode(double number, char *bytes, size_t num)
{
    uint64_t bits = (uint64_t)number;

    for (size_t i = 0; i < num; i++)
        bytes[i] = (char)(bits >> (8 * i));
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The bytes of `text` from `first` on, a block of them; `is_mine` says who speaks. */
static tern_status_t spread_block(const app_team_t *team, bool is_mine, char *text,
                                  size_t first, size_t length, double numbers[])
{
    size_t        bytes = smaller(length - first, BLOCK_NUMBERS * BYTES_PER_NUMBER);
    size_t        num   = (bytes + BYTES_PER_NUMBER - 1) / BYTES_PER_NUMBER;
    tern_status_t status;

    for (size_t i = 0; i < num; i++) {
        size_t at = i * BYTES_PER_NUMBER;

        numbers[i] =
            is_mine ? encode(text + first + at, smaller(bytes - at, BYTES_PER_NUMBER))
                    : 0;
    }
    status = app_team_sum(team, num, numbers);
    for (size_t i = 0; i < num && status == TERN_OK; i++) {
        size_t at = i * BYTES_PER_NUMBER;

        decode(numbers[i], text + first + at, smaller(bytes - at, BYTES_PER_NUMBER));
    }
    return status;
}

/* `text` has room for `length` bytes; it is the speaker's or to be filled. */
static tern_status_t spread(const app_team_t *team, bool is_mine, char *text,
                            size_t length)
{
    double       *numbers = APP_NEW(double, BLOCK_NUMBERS);
    tern_status_t status  = TERN_OK;

    for (size_t first = 0; first < length && status == TERN_OK;
         first += BLOCK_NUMBERS * BYTES_PER_NUMBER)
        status = spread_block(team, is_mine, text, first, length, numbers);
    free(numbers);
    return status;
}

tern_status_t w2v_gather(const app_team_t *team, const char *text, size_t length,
                         w2v_heard_fn *heard, void *context)
{
    double       *lengths = APP_NEW(double, team->num_workers);
    tern_status_t status  = TERN_OK;

    lengths[team->worker] = (double)length;
    status                = app_team_sum(team, team->num_workers, lengths);
    for (size_t w = 0; w < team->num_workers && status == TERN_OK; w++) {
        bool   is_mine     = w == team->worker;
        size_t copy_length = (size_t)lengths[w];
        char  *copy        = APP_NEW(char, copy_length + 1);

        if (is_mine)
            memcpy(copy, text, length);
        status = spread(team, is_mine, copy, copy_length);
        if (status == TERN_OK)
            heard(copy, copy_length, context);
        free(copy);
    }
    free(lengths);
    return status;
}
