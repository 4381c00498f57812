/** \file
 * Test programs as lists of facts.
 *
 * A fact is a function that uses CUnit's CU_ASSERT* and is named by what it proves. facts_run() proves
 * them in order and prints the Test Anything Protocol:
 *
 *     1..3
 *     ok 1 - parts_tile_the_range
 *     not ok 2 - every_key_has_one_owner
 *     # tests/unit/keys/test_partition.c:41 CU_ASSERT_EQUAL(num_owners,1)
 *     ok 3 - ties_go_to_the_first_part # SKIP needs two NUMA nodes
 */
#ifndef TERN_TESTS_FACTS_H
#define TERN_TESTS_FACTS_H

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct fact {
    const char *name;
    void (*prove)(void);
} fact_t;

/* An entry of the list: the fact is named as its function. */
/* clang-format off */
#define FACT(function) { #function, function }
/* clang-format on */

/* Prove every fact; returns the program's exit code: 0 if no assertion failed, else 1. */
int facts_run(const char *suite, const fact_t facts[], size_t num_facts);

/* Called in a fact, which should then return: it cannot be proved here, and why. */
void facts_skip(const char *reason);

/* The steps of facts_run(), for runners that prove facts on several ranks. What is said about
 * failures and skips is about the fact proved last. */
bool        facts_begin(const char *suite, const fact_t facts[], size_t num_facts);
unsigned    facts_prove(size_t index); /* number of failed assertions */
const char *facts_skip_reason(void);   /* NULL if it was not skipped */
void        facts_print_failures(FILE *stream, const char *prefix);
void        facts_print_result(size_t number, unsigned num_failed, const char *name,
                               const char *reason);
void        facts_end(void);

#endif
