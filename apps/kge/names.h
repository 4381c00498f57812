/** \file
 * Names of entities and relations: text <-> number, numbered in order of first appearance.
 */
#ifndef KGE_NAMES_H
#define KGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct kge_names kge_names_t;

kge_names_t *kge_names_create(void);
void         kge_names_destroy(kge_names_t **names_p);

/* The number of `text`, a new one at first sight. */
uint32_t kge_names_add(kge_names_t *names, const char *text);

/* False if `text` is unknown. */
bool kge_names_find(const kge_names_t *names, const char *text, uint32_t *number_p);

/* Text of a number below kge_names_count(). The table of all texts moves when a name is added. */
const char        *kge_names_text(const kge_names_t *names, uint32_t number);
const char *const *kge_names_texts(const kge_names_t *names);
size_t             kge_names_count(const kge_names_t *names);

/* FNV-1a (Fowler, Noll, Vo): also the hash that splits triples, so it must never change. */
uint64_t kge_names_hash(const char *text);

#endif
