/** \file
 * Edit distance with swaps of neighbours (optimal string alignment), by dynamic programming over
 * three rows: a cell is the distance between a prefix of one word and a prefix of the other.
 */
#include "base/suggest.h"

#include <limits.h>
#include <string.h>

#define MAX_LENGTH 63

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

unsigned tern_suggestion_distance(const char *a, const char *b)
{
    unsigned  rows[3][MAX_LENGTH + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    size_t    a_length = strlen(a), b_length = strlen(b);

    if (a_length > MAX_LENGTH || b_length > MAX_LENGTH)
        return UINT_MAX;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *oldest = before;

        before = last;
        last   = row;
        row    = oldest;
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] =
                min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min3(row[j], before[j - 2] + 1, UINT_MAX);
        }
    }
    return row[b_length];
}

void tern_suggestion_init(tern_suggestion_t *suggestion, const char *word)
{
    /* One slip in short words, one more for every four letters. */
    *suggestion =
        (tern_suggestion_t){.word = word, .distance = 2 + (unsigned)strlen(word) / 4};
}

void tern_suggestion_offer(tern_suggestion_t *suggestion, const char *candidate)
{
    size_t   length   = strlen(suggestion->word);
    unsigned distance = tern_suggestion_distance(suggestion->word, candidate);

    /* An abbreviation is as good as one slip. */
    if (length >= 3 && distance > 1 && strncmp(suggestion->word, candidate, length) == 0)
        distance = 1;
    if (distance >= suggestion->distance)
        return;
    suggestion->nearest  = candidate;
    suggestion->distance = distance;
}
