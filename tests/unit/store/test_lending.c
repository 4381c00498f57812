/** \file
 * Who has borrowed what, and when a row that nobody finds any more is nobody's.
 */
#include "store/lending.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "facts.h"

enum { NUM_BORROWERS = 3, NUM_ROUNDS = 5000 };

static tern_lending_t *create(void)
{
    size_t          bytes   = tern_lending_bytes(NUM_BORROWERS);
    tern_lending_t *lending = aligned_alloc(64, (bytes + 63) / 64 * 64);

    for (size_t i = 0; i < bytes; i++)
        ((char *)lending)[i] = 0;
    tern_lending_init(lending, NUM_BORROWERS);
    return lending;
}

static void nothing_waits_where_nobody_borrows(void)
{
    tern_lending_t *lending = create();
    uint64_t        rounds[NUM_BORROWERS];

    CU_ASSERT(tern_lending_note(lending, rounds));
    tern_lending_begin(lending, 1);
    CU_ASSERT(!tern_lending_end(lending, 1));
    CU_ASSERT(tern_lending_note(lending, rounds));
    free(lending);
}

static void what_was_borrowed_before_is_waited_for(void)
{
    tern_lending_t *lending = create();
    uint64_t        rounds[NUM_BORROWERS];

    tern_lending_begin(lending, 0);
    tern_lending_begin(lending, 2);
    CU_ASSERT(!tern_lending_note(lending, rounds));
    CU_ASSERT(tern_lending_end(lending, 0));
    CU_ASSERT(!tern_lending_has_passed(lending, rounds));
    CU_ASSERT(tern_lending_end(lending, 2));
    CU_ASSERT(tern_lending_has_passed(lending, rounds));
    free(lending);
}

static void what_is_borrowed_later_is_not_waited_for(void)
{
    tern_lending_t *lending = create();
    uint64_t        rounds[NUM_BORROWERS];

    tern_lending_begin(lending, 0);
    CU_ASSERT(!tern_lending_note(lending, rounds));
    tern_lending_begin(lending, 1);
    tern_lending_end(lending, 0);
    tern_lending_begin(lending, 0);
    CU_ASSERT(tern_lending_has_passed(lending, rounds));
    free(lending);
}

/* A place with a row, which is taken away and reused: who finds it may use it until he gives it back. */
typedef struct place {
    tern_lending_t *lending;
    uint64_t        is_findable; /* atomic */
    uint64_t        value;       /* what borrowers read twice */
    uint64_t        num_changed; /* atomic: readings that differed */
    uint64_t        is_over;     /* atomic */
} place_t;

typedef struct borrower {
    place_t *place;
    uint32_t number;
} borrower_t;

static void *borrow(void *argument)
{
    const borrower_t *self  = argument;
    place_t          *place = self->place;

    while (!__atomic_load_n(&place->is_over, __ATOMIC_ACQUIRE)) {
        tern_lending_begin(place->lending, self->number);
        if (__atomic_load_n(&place->is_findable, __ATOMIC_SEQ_CST)) {
            uint64_t first = __atomic_load_n(&place->value, __ATOMIC_RELAXED);

            for (int i = 0; i < 20; i++)
                if (__atomic_load_n(&place->value, __ATOMIC_RELAXED) != first)
                    __atomic_fetch_add(&place->num_changed, 1, __ATOMIC_RELAXED);
        }
        tern_lending_end(place->lending, self->number);
    }
    return NULL;
}

static void a_place_is_not_reused_under_a_borrower(void)
{
    place_t    place = {.lending = create(), .is_findable = 1};
    borrower_t borrowers[NUM_BORROWERS];
    pthread_t  threads[NUM_BORROWERS];
    uint64_t   rounds[NUM_BORROWERS];

    for (uint32_t b = 0; b < NUM_BORROWERS; b++) {
        borrowers[b] = (borrower_t){&place, b};
        pthread_create(&threads[b], NULL, borrow, &borrowers[b]);
    }
    for (int round = 0; round < NUM_ROUNDS; round++) {
        bool has_passed;

        __atomic_store_n(&place.is_findable, 0, __ATOMIC_SEQ_CST);
        has_passed = tern_lending_note(place.lending, rounds);
        while (!has_passed && sched_yield() == 0)
            has_passed = tern_lending_has_passed(place.lending, rounds);
        __atomic_store_n(&place.value, (uint64_t)round, __ATOMIC_RELAXED);
        __atomic_store_n(&place.is_findable, 1, __ATOMIC_SEQ_CST);
    }
    __atomic_store_n(&place.is_over, 1, __ATOMIC_RELEASE);
    for (uint32_t b = 0; b < NUM_BORROWERS; b++)
        pthread_join(threads[b], NULL);
    CU_ASSERT_EQUAL(place.num_changed, 0);
    free(place.lending);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(nothing_waits_where_nobody_borrows),
        FACT(what_was_borrowed_before_is_waited_for),
        FACT(what_is_borrowed_later_is_not_waited_for),
        FACT(a_place_is_not_reused_under_a_borrower),
    };

    return facts_run("store/lending", facts, sizeof facts / sizeof *facts);
}
