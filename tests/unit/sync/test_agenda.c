#include "sync/agenda.h"

#include "facts.h"
#include "tern/random.h"

enum { NUM_THINGS = 1000 };

static void things_come_out_in_the_order_of_their_clocks(void)
{
    static uint64_t clocks[NUM_THINGS];
    tern_agenda_t   agenda = {0};
    uint64_t        last = 0, num = 0;
    uint64_t       *clock;

    for (size_t i = 0; i < NUM_THINGS; i++) {
        clocks[i] = tern_random_below(1, 2, i, 300);
        CU_ASSERT_EQUAL(tern_agenda_add(&agenda, clocks[i], &clocks[i]), TERN_OK);
    }
    while ((clock = tern_agenda_take(&agenda, UINT64_MAX)) != NULL) {
        CU_ASSERT(*clock >= last);
        last = *clock;
        num++;
    }
    CU_ASSERT_EQUAL(num, NUM_THINGS);
    tern_agenda_fini(&agenda);
}

static void what_is_later_stays(void)
{
    tern_agenda_t agenda = {0};
    int           a, b;

    CU_ASSERT_PTR_NULL(tern_agenda_take(&agenda, 100));
    CU_ASSERT_EQUAL(tern_agenda_add(&agenda, 7, &a), TERN_OK);
    CU_ASSERT_EQUAL(tern_agenda_add(&agenda, 5, &b), TERN_OK);
    CU_ASSERT_PTR_NULL(tern_agenda_take(&agenda, 4));
    CU_ASSERT_PTR_EQUAL(tern_agenda_take(&agenda, 5), &b);
    CU_ASSERT_PTR_NULL(tern_agenda_take(&agenda, 6));
    CU_ASSERT_PTR_EQUAL(tern_agenda_take(&agenda, 7), &a);
    tern_agenda_fini(&agenda);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(things_come_out_in_the_order_of_their_clocks),
        FACT(what_is_later_stays),
    };

    return facts_run("sync/agenda", facts, sizeof facts / sizeof *facts);
}
