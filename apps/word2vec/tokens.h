/** \file
 * Text as tokens, read by byte ranges.
 *
 * A token belongs to the range that contains its first byte, so that any partition of a file into ranges yields
 * every token once and whole. A border of a range ends a sentence, too.
 */
#ifndef W2V_TOKENS_H
#define W2V_TOKENS_H

#include "complaint.h"
#include "tern/types.h"

typedef enum w2v_token_kind {
    W2V_TOKENS_WORDS      = 0, /* runs of letters a-z, in lower case */
    W2V_TOKENS_WHITESPACE = 1, /* whatever stands between blanks */
} w2v_token_kind_t;

typedef enum w2v_sentence_end {
    W2V_SENTENCE_PARAGRAPH = 0, /* an empty line ends a sentence */
    W2V_SENTENCE_LINE      = 1, /* every line end does */
    W2V_SENTENCE_NONE      = 2, /* the text is one stream */
} w2v_sentence_end_t;

typedef struct w2v_token_rules {
    w2v_token_kind_t   kind;
    w2v_sentence_end_t sentence_end;
} w2v_token_rules_t;

/* Longer tokens are cut. */
enum { W2V_MAX_TOKEN = 100 };

/* Called for each token, and with NULL at the end of a sentence, empty ones included. */
typedef void w2v_token_fn(const char *token, void *context);

/* The tokens of the bytes [first, end) of a file. TERN_ERR_IO: the complaint names the file. */
tern_status_t w2v_tokens_read(const char *path, uint64_t first, uint64_t end,
                              w2v_token_rules_t rules, w2v_token_fn *visit, void *context,
                              app_complaint_t *complaint);

#endif
