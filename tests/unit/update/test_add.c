/** \file
 * Pushes add up.
 */
#include "unit/update/rule_fixture.h"

static void reference(uint32_t width, double w[], double state[], const double g[],
                      const tern_update_options_t *options)
{
    (void)state;
    (void)options;
    for (uint32_t j = 0; j < width; j++)
        w[j] += g[j];
}

static void add_sums_the_pushes(void)
{
    check_rule(&tern_update_add, &(tern_update_options_t){0}, reference);
}

int main(void)
{
    static const fact_t facts[] = {FACT(add_sums_the_pushes)};

    return facts_run("update/add", facts, 1);
}
