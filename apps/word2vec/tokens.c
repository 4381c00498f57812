/** \file
 * Text as tokens: a state machine over bytes, see tokens.h.
 *
 * Reading starts one byte before the range: if that byte belongs to a token, so do those that follow it, and the
 * range before has them. It goes on behind the range until the last token ends.
 */
#include "tokens.h"

#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 1 << 20, NUM_BYTES = 256 };

typedef struct scanner {
    w2v_sentence_end_t sentence_end;
    w2v_token_fn      *visit;
    void              *context;
    char   letters[NUM_BYTES]; /* what a byte adds to a token; 0: it ends it */
    char   token[W2V_MAX_TOKEN + 1];
    size_t length;       /* of the token so far */
    bool   is_in_token;  /* also in one that is skipped */
    bool   is_skipping;  /* the token began before the range */
    bool   is_line_bare; /* no token since the last line end */
} scanner_t;

static void scanner_init(scanner_t *scanner, w2v_token_rules_t rules, w2v_token_fn *visit,
                         void *context)
{
    *scanner = (scanner_t){
        .sentence_end = rules.sentence_end, .visit = visit, .context = context};
    for (int byte = 0; byte < NUM_BYTES; byte++) {
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');

        if (rules.kind == W2V_TOKENS_WHITESPACE)
            scanner->letters[byte] = byte > ' ' && byte != 127 ? (char)byte : 0;
        else
            scanner->letters[byte] = is_letter ? (char)(byte | 0x20) : 0;
    }
}

static void end_token(scanner_t *scanner)
{
    scanner->token[scanner->length] = '\0';
    if (!scanner->is_skipping)
        scanner->visit(scanner->token, scanner->context);
    scanner->length       = 0;
    scanner->is_in_token  = false;
    scanner->is_skipping  = false;
    scanner->is_line_bare = false;
}

static void end_line(scanner_t *scanner)
{
    if (scanner->sentence_end == W2V_SENTENCE_LINE ||
        (scanner->sentence_end == W2V_SENTENCE_PARAGRAPH && scanner->is_line_bare))
        scanner->visit(NULL, scanner->context);
    scanner->is_line_bare = true;
}

static void take_byte(scanner_t *scanner, unsigned char byte)
{
    char letter = scanner->letters[byte];

    if (letter != 0) {
        scanner->is_in_token = true;
        if (scanner->length < W2V_MAX_TOKEN)
            scanner->token[scanner->length++] = letter;
        return;
    }
    if (scanner->is_in_token)
        end_token(scanner);
    if (byte == '\n')
        end_line(scanner);
}

/* Bytes from `at` on; 0 at the end of the file. */
static ssize_t read_block(int file, uint64_t at, unsigned char block[])
{
    ssize_t num = 0;

    do
        num = pread(file, block, BLOCK_BYTES, (off_t)at);
    while (num < 0 && errno == EINTR);
    return num;
}

/* The bytes of a block that starts at `at`; false once the range and its last token are done. */
static bool take_block(scanner_t *scanner, const unsigned char block[], size_t num,
                       uint64_t at, uint64_t end)
{
    for (size_t i = 0; i < num; i++) {
        if (at + i >= end && (!scanner->is_in_token || scanner->is_skipping))
            return false;
        take_byte(scanner, block[i]);
        if (at + i >= end && !scanner->is_in_token)
            return false;
    }
    return true;
}

static tern_status_t scan(scanner_t *scanner, int file, uint64_t first, uint64_t end)
{
    unsigned char *block    = APP_NEW(unsigned char, BLOCK_BYTES);
    uint64_t       at       = first;
    ssize_t        num_read = 0;
    unsigned char  before   = '\n';

    if (first > 0 && pread(file, &before, 1, (off_t)first - 1) < 0)
        num_read = -1;
    scanner->is_skipping  = scanner->letters[before] != 0;
    scanner->is_in_token  = scanner->is_skipping;
    scanner->is_line_bare = true;
    while (num_read >= 0 && (num_read = read_block(file, at, block)) > 0 &&
           take_block(scanner, block, (size_t)num_read, at, end))
        at += (uint64_t)num_read;
    free(block);
    if (num_read < 0)
        return TERN_ERR_IO;
    if (scanner->is_in_token)
        end_token(scanner);
    scanner->visit(NULL, scanner->context);
    return TERN_OK;
}

tern_status_t w2v_tokens_read(const char *path, uint64_t first, uint64_t end,
                              w2v_token_rules_t rules, w2v_token_fn *visit, void *context,
                              app_complaint_t *complaint)
{
    int           file   = open(path, O_RDONLY);
    tern_status_t status = TERN_OK;
    scanner_t     scanner;

    if (file < 0)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    scanner_init(&scanner, rules, visit, context);
    if (first < end)
        status = scan(&scanner, file, first, end);
    if (status != TERN_OK)
        status = app_complain(complaint, status, "%s: %s", path, strerror(errno));
    close(file);
    return status;
}
