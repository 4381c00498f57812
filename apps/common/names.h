/** \file
 * Names: text <-> number, numbered in order of first appearance.
 */
#ifndef APP_NAMES_H
#define APP_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct app_names app_names_t;

app_names_t *app_names_create(void);
void         app_names_destroy(app_names_t **names_p);

/* The number of `text`, a new one at first sight. */
uint32_t app_names_add(app_names_t *names, const char *text);

/* False if `text` is unknown. */
bool app_names_find(const app_names_t *names, const char *text, uint32_t *number_p);

/* Text of a number below app_names_count(). The table of all texts moves when a name is added. */
const char        *app_names_text(const app_names_t *names, uint32_t number);
const char *const *app_names_texts(const app_names_t *names);
size_t             app_names_count(const app_names_t *names);

/* FNV-1a (Fowler, Noll, Vo): also the hash that splits triples, so it must never change. */
uint64_t app_names_hash(const char *text);

#endif
