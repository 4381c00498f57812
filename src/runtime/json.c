/** \file
 * Commas, escapes and shortest decimals.
 */
#include "runtime/json.h"

#include <math.h>
#include <stdlib.h>

void tern_json_init(tern_json_t *json, FILE *stream)
{
    *json = (tern_json_t){.stream = stream};
}

static void print_string(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte == '"' || byte == '\\')
            fprintf(stream, "\\%c", byte);
        else if (byte < 0x20)
            fprintf(stream, "\\u%04x", byte);
        else
            fputc(byte, stream);
    }
    fputc('"', stream);
}

static void begin_value(tern_json_t *json, const char *name)
{
    if (json->needs_comma)
        fputs(", ", json->stream);
    if (name) {
        print_string(json->stream, name);
        fputs(": ", json->stream);
    }
    json->needs_comma = true;
}

static void begin_group(tern_json_t *json, const char *name, char bracket)
{
    begin_value(json, name);
    fputc(bracket, json->stream);
    json->needs_comma = false;
}

static void end_group(tern_json_t *json, char bracket)
{
    fputc(bracket, json->stream);
    json->needs_comma = true;
}

void tern_json_begin_object(tern_json_t *json, const char *name)
{
    begin_group(json, name, '{');
}

void tern_json_end_object(tern_json_t *json)
{
    end_group(json, '}');
}

void tern_json_begin_array(tern_json_t *json, const char *name)
{
    begin_group(json, name, '[');
}

void tern_json_end_array(tern_json_t *json)
{
    end_group(json, ']');
}

void tern_json_number(tern_json_t *json, const char *name, double number)
{
    char text[40];

    begin_value(json, name);
    if (!isfinite(number)) {
        fputs("null", json->stream);
        return;
    }
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    fputs(text, json->stream);
}

void tern_json_text(tern_json_t *json, const char *name, const char *text)
{
    begin_value(json, name);
    print_string(json->stream, text);
}
