/** \file
 * "Did you mean ...?": the nearest of several words.
 */
#ifndef TERN_BASE_SUGGEST_H
#define TERN_BASE_SUGGEST_H

typedef struct tern_suggestion {
    const char *word;     /* what the user wrote */
    const char *nearest;  /* NULL: nothing offered so far is near */
    unsigned    distance; /* of `nearest` */
} tern_suggestion_t;

void tern_suggestion_init(tern_suggestion_t *suggestion, const char *word);

/* Consider `candidate`, which is borrowed; of equally near ones the first stays. */
void tern_suggestion_offer(tern_suggestion_t *suggestion, const char *candidate);

/* Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other;
 * UINT_MAX if a word is longer than 63 characters. */
unsigned tern_suggestion_distance(const char *a, const char *b);

#endif
