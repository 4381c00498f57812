/** \file
 * Reading a part of a file of examples, see reader.h.
 */
#include "reader.h"

#include "lines.h"

/* A row number of a part is 32 bits wide. */
static tern_status_t parse(const lr_source_t *source, char *text, lr_examples_t *examples,
                           app_complaint_t *complaint)
{
    if (examples->num == UINT32_MAX)
        return app_complain(
            complaint, TERN_ERR_FORMAT,
            "more than %u examples in a part: use more workers or --shards", UINT32_MAX);
    return source->format->parse(text, source->hash_bits, examples, complaint);
}

tern_status_t lr_read_part(const lr_source_t *source, size_t part, size_t num_parts,
                           lr_examples_t *examples, app_complaint_t *complaint)
{
    lr_lines_t      lines;
    app_complaint_t cause;
    tern_status_t   status =
        lr_lines_open(&lines, source->path, part, num_parts, complaint);

    if (status != TERN_OK)
        return status;
    while ((status = lr_lines_next(&lines, complaint)) == TERN_OK) {
        status = parse(source, lines.text, examples, &cause);
        if (status != TERN_OK) {
            app_complain(complaint, status, "%s:%zu: %s", source->path,
                         lr_lines_number(&lines), cause.text);
            break;
        }
    }
    lr_lines_close(&lines);
    return status == TERN_DONE ? TERN_OK : status;
}
