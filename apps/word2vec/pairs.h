/** \file
 * Pairs of words that are related or not, and how well the cosine tells the ones from the others.
 *
 * A file has a pair a line: "left right 1" or "left right 0". tern-wordnet --vocabulary makes such files.
 * By the hash of the left word a pair is for validation or for the test, so that no left word is in both.
 */
#ifndef W2V_PAIRS_H
#define W2V_PAIRS_H

#include "complaint.h"
#include "space.h"

typedef struct w2v_pair {
    uint32_t left, right; /* by rank */
    bool     is_related;
    bool     is_valid; /* for validation, else for the test */
} w2v_pair_t;

typedef struct w2v_pairs {
    char        name[64]; /* of the file, without folder and ending */
    w2v_pair_t *items;    /* [num] */
    size_t      num;
    size_t      num_unknown; /* pairs with a word that has no vector */
} w2v_pairs_t;

/* TERN_ERR_IO; TERN_ERR_FORMAT: the complaint names the file and the line. */
tern_status_t w2v_pairs_read(const char *path, const app_names_t *names,
                             w2v_pairs_t *pairs, app_complaint_t *complaint);
void          w2v_pairs_fini(w2v_pairs_t *pairs);

typedef enum w2v_half {
    W2V_HALF_VALID = 0,
    W2V_HALF_TEST  = 1,
    W2V_HALF_BOTH  = 2,
} w2v_half_t;

/* The chance that a related pair has a larger cosine than an unrelated one (area under the ROC curve; ties count half).
 * 0.5 if there are no pairs of one kind. */
double w2v_pairs_auc(const w2v_pairs_t *pairs, w2v_half_t half, const w2v_space_t *space);

#endif
