/** \file
 * Writing JSON: objects and arrays of numbers and texts on one line, always valid. A number that JSON
 * does not have (infinite, not a number) becomes null; texts are escaped.
 */
#ifndef TERN_RUNTIME_JSON_H
#define TERN_RUNTIME_JSON_H

#include <stdbool.h>
#include <stdio.h>

typedef struct tern_json {
    FILE *stream;
    bool  needs_comma; /* something stands before in the same object or array */
} tern_json_t;

void tern_json_init(tern_json_t *json, FILE *stream);

/* `name` is NULL at the top and inside arrays. */
void tern_json_begin_object(tern_json_t *json, const char *name);
void tern_json_end_object(tern_json_t *json);
void tern_json_begin_array(tern_json_t *json, const char *name);
void tern_json_end_array(tern_json_t *json);

/* The shortest decimal that reads back as the same number. */
void tern_json_number(tern_json_t *json, const char *name, double number);
void tern_json_text(tern_json_t *json, const char *name, const char *text);

#endif
