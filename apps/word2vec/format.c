/** \file
 * Reading and writing word vectors, see format.h.
 */
#include "format.h"

#include "memory.h"
#include "tokens.h"
#include "whole_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- writing --- */

static void write_text(const w2v_vectors_t *vectors, uint32_t word, FILE *stream)
{
    const float *values = vectors->values + word * vectors->dim;

    fputs(app_names_text(vectors->names, word), stream);
    for (size_t j = 0; j < vectors->dim; j++)
        fprintf(stream, " %.6g", (double)values[j]);
    fputc('\n', stream);
}

static void write_binary(const w2v_vectors_t *vectors, uint32_t word, FILE *stream)
{
    fprintf(stream, "%s ", app_names_text(vectors->names, word));
    fwrite(vectors->values + word * vectors->dim, sizeof(float), vectors->dim, stream);
    fputc('\n', stream);
}

tern_status_t w2v_format_write(const w2v_vectors_t *vectors, w2v_format_t format,
                               const char *path, app_complaint_t *complaint)
{
    w2v_whole_file_t file;
    tern_status_t    status = w2v_whole_file_open(&file, path, complaint);

    if (status != TERN_OK)
        return status;
    fprintf(file.stream, "%zu %zu\n", vectors->num, vectors->dim);
    for (uint32_t word = 0; word < vectors->num; word++)
        if (format == W2V_FORMAT_BINARY)
            write_binary(vectors, word, file.stream);
        else
            write_text(vectors, word, file.stream);
    return w2v_whole_file_close(&file, complaint);
}

/* --- reading --- */

typedef struct reader {
    FILE            *stream;
    const char      *path;
    w2v_vectors_t   *vectors;
    app_complaint_t *complaint;
} reader_t;

static tern_status_t complain(const reader_t *reader, uint32_t word, const char *what)
{
    return app_complain(reader->complaint, TERN_ERR_FORMAT, "%s: vector %u of %zu: %s",
                        reader->path, word + 1, reader->vectors->num, what);
}

static tern_status_t read_header(reader_t *reader)
{
    w2v_vectors_t *vectors = reader->vectors;

    if (fscanf(reader->stream, "%zu %zu", &vectors->num, &vectors->dim) != 2 ||
        vectors->num == 0 || vectors->num > UINT32_MAX - 1 || vectors->dim == 0 ||
        vectors->dim > 65536)
        return app_complain(reader->complaint, TERN_ERR_FORMAT,
                            "%s:1: expected the number of words and the dimension",
                            reader->path);
    fgetc(reader->stream); /* the line end */
    vectors->values = APP_NEW(float, vectors->num * vectors->dim);
    return TERN_OK;
}

/* Up to the next blank; false if there is none in time. */
static bool read_word(FILE *stream, char word[])
{
    size_t length = 0;
    int    byte   = fgetc(stream);

    while (byte == '\n') /* the end of the vector before */
        byte = fgetc(stream);
    for (; byte != EOF && byte != ' '; byte = fgetc(stream)) {
        if (length == W2V_MAX_TOKEN)
            return false;
        word[length++] = (char)byte;
    }
    word[length] = '\0';
    return length > 0 && byte == ' ';
}

static tern_status_t read_text_values(reader_t *reader, uint32_t word, float values[])
{
    for (size_t j = 0; j < reader->vectors->dim; j++)
        if (fscanf(reader->stream, "%f", &values[j]) != 1)
            return complain(reader, word, "too few values");
    return TERN_OK;
}

static tern_status_t read_binary_values(reader_t *reader, uint32_t word, float values[])
{
    size_t dim = reader->vectors->dim;

    return fread(values, sizeof(float), dim, reader->stream) == dim
               ? TERN_OK
               : complain(reader, word, "the file ends");
}

/* Values in text consist of these alone; four bytes of a float rarely, a whole row of them never. */
static w2v_format_t guess_format(FILE *stream, size_t dim)
{
    long first = ftell(stream);
    bool text  = true;

    for (size_t i = 0; i < 2 * dim && text; i++) {
        int byte = fgetc(stream);

        if (byte == EOF || byte == '\n')
            break;
        text = isdigit(byte) || strchr("+-.e naif", byte) != NULL;
    }
    fseek(stream, first, SEEK_SET);
    return text ? W2V_FORMAT_TEXT : W2V_FORMAT_BINARY;
}

static tern_status_t read_vectors(reader_t *reader)
{
    w2v_vectors_t *vectors = reader->vectors;
    w2v_format_t   format  = W2V_FORMAT_TEXT;
    tern_status_t  status  = read_header(reader);
    char           text[W2V_MAX_TOKEN + 1];

    for (uint32_t word = 0; status == TERN_OK && word < vectors->num; word++) {
        float *values = vectors->values + word * vectors->dim;

        if (!read_word(reader->stream, text))
            return complain(reader, word, "expected a word and a blank");
        if (app_names_add(vectors->names, text) != word)
            return complain(reader, word, "the word was there before");
        if (word == 0)
            format = guess_format(reader->stream, vectors->dim);
        status = format == W2V_FORMAT_TEXT ? read_text_values(reader, word, values)
                                           : read_binary_values(reader, word, values);
    }
    return status;
}

tern_status_t w2v_format_read(const char *path, w2v_vectors_t *vectors,
                              app_complaint_t *complaint)
{
    reader_t      reader = {fopen(path, "r"), path, vectors, complaint};
    tern_status_t status = TERN_OK;

    *vectors = (w2v_vectors_t){.names = app_names_create()};
    if (reader.stream == NULL)
        status = app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    else
        status = read_vectors(&reader);
    if (reader.stream != NULL)
        fclose(reader.stream);
    if (status != TERN_OK)
        w2v_vectors_fini(vectors);
    return status;
}
