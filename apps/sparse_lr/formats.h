/** \file
 * Formats of examples, one on a line each.
 *
 * - *libsvm*: `label index:value index:value ...`, with `#` comments. Indices are any integers below 2^64 - 1, in any
 *   order, but not twice; labels are +1 and -1, or 1 and 0.
 * - *criteo*: the label, 13 integers and 26 categories between tabs, each of which may be missing. A field's value
 *   becomes a feature by a hash of both; integers above 2 by the square of their logarithm, as the winners of
 *   that contest did.
 */
#ifndef LR_FORMATS_H
#define LR_FORMATS_H

#include "complaint.h"
#include "examples.h"

typedef struct lr_format {
    const char *name;
    /* Add the example of a line (there may be none on it) or return TERN_ERR_FORMAT; the complaint says what
     * is wrong, not where. `hash_bits` of hashes make a key. The text may be changed. */
    tern_status_t (*parse)(char *text, int hash_bits, lr_examples_t *examples,
                           app_complaint_t *complaint);
} lr_format_t;

extern const lr_format_t lr_format_libsvm, lr_format_criteo;

/* Keys are below it. */
#define LR_MAX_KEY (UINT64_MAX - 1)

/* +1 or -1, or 0 if the text is neither of +1, 1, -1, 0. */
int lr_label_of(const char *text);

#endif
