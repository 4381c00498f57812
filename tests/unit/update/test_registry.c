/** \file
 * Rules by name: what is built in, what is refused, what zero means.
 */
#include <string.h>

#include "base/alloc.h"
#include "support/facts.h"
#include "update/registry.h"
#include "update/rules.h"

static const char *const builtin_names[] = {
    "assign", "add", "sgd", "momentum", "adagrad", "rowwise_adagrad", "adam", "ftrl",
};
enum { NUM_BUILTINS = sizeof(builtin_names) / sizeof(builtin_names[0]) };

static void apply_nothing(const tern_row_view_t *row, const void *delta,
                          const void *context)
{
    (void)row;
    (void)delta;
    (void)context;
}

static tern_update_registry_t *new_registry(void)
{
    tern_update_registry_t *registry = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_update_registry_create(&registry), TERN_OK);
    return registry;
}

static void built_in_rules_are_found_by_name(void)
{
    tern_update_registry_t *registry = new_registry();

    for (int i = 0; i < NUM_BUILTINS; i++) {
        const tern_update_t *rule = tern_update_registry_find(registry, builtin_names[i]);

        CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
        CU_ASSERT_STRING_EQUAL(rule->name, builtin_names[i]);
        CU_ASSERT_PTR_NULL(rule->context);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(tern_update_registry_names(registry), builtin_names[i]));
    }
    CU_ASSERT_PTR_NULL(tern_update_registry_find(registry, "adagra"));
    CU_ASSERT_PTR_NULL(tern_update_registry_find(registry, ""));
    tern_update_registry_destroy(&registry);
    CU_ASSERT_PTR_NULL(registry);
}

static void registered_rules_stay_where_they_are(void)
{
    tern_update_registry_t *registry = new_registry();
    const int               context  = 5;
    char                    names[100][16];
    const tern_update_t    *first = NULL;

    for (int i = 0; i < 100; i++) {
        snprintf(names[i], sizeof(names[i]), "mine_%d", i);
        CU_ASSERT_EQUAL(tern_update_registry_add(
                            registry, &(tern_update_t){.name         = names[i],
                                                       .state_factor = (uint32_t)i,
                                                       .apply        = apply_nothing,
                                                       .context      = &context}),
                        TERN_OK);
        if (i == 0)
            first = tern_update_registry_find(registry, names[0]);
    }
    CU_ASSERT_PTR_EQUAL(tern_update_registry_find(registry, "mine_0"), first);
    CU_ASSERT_EQUAL(tern_update_registry_find(registry, "mine_99")->state_factor, 99);
    CU_ASSERT_PTR_EQUAL(tern_update_registry_find(registry, "mine_99")->context,
                        &context);
    tern_update_registry_destroy(&registry);
}

static void bad_rules_are_refused(void)
{
    tern_update_registry_t *registry = new_registry();
    const tern_update_t     bad[]    = {
               {.name = NULL, .apply = apply_nothing},
               {.name = "", .apply = apply_nothing},
               {.name = "no_function"},
               {.name = "adagrad", .apply = apply_nothing},
    };
    size_t length = strlen(tern_update_registry_names(registry));

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_EQUAL(tern_update_registry_add(registry, &bad[i]), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(strlen(tern_update_registry_names(registry)), length);
    CU_ASSERT_PTR_EQUAL(tern_update_registry_find(registry, "adagrad")->apply,
                        tern_update_adagrad.apply);
    tern_update_registry_destroy(&registry);
}

static void zero_means_the_default_of_the_rule(void)
{
    const tern_update_options_t none = {0};
    tern_update_options_t       options;

    options = tern_update_options_resolve(&tern_update_adagrad, &none);
    CU_ASSERT_EQUAL(options.rate, 0.01);
    CU_ASSERT_EQUAL(options.epsilon, 1e-10);
    options = tern_update_options_resolve(&tern_update_adam, &none);
    CU_ASSERT_EQUAL(options.beta1, 0.9);
    CU_ASSERT_EQUAL(options.beta2, 0.999);
    CU_ASSERT_EQUAL(options.epsilon, 1e-8);
    options = tern_update_options_resolve(&tern_update_momentum, &none);
    CU_ASSERT_EQUAL(options.momentum, 0.9);
    options = tern_update_options_resolve(&tern_update_ftrl, &none);
    CU_ASSERT_EQUAL(options.alpha, 0.05);
    CU_ASSERT_EQUAL(options.beta, 1.0);
    CU_ASSERT_EQUAL(options.l1, 0);
}

static void given_options_are_kept(void)
{
    const tern_update_options_t given = {.rate     = 1,
                                         .momentum = 2,
                                         .beta1    = 3,
                                         .beta2    = 4,
                                         .epsilon  = 5,
                                         .alpha    = 6,
                                         .beta     = 7,
                                         .l1       = 8,
                                         .l2       = 9};
    const tern_update_t         mine  = {.name = "mine", .apply = apply_nothing};
    tern_update_options_t       options;

    options = tern_update_options_resolve(&tern_update_adam, &given);
    CU_ASSERT_EQUAL(memcmp(&options, &given, sizeof(given)), 0);
    options = tern_update_options_resolve(&mine, &given);
    CU_ASSERT_EQUAL(memcmp(&options, &given, sizeof(given)), 0);
}

/* apply(a) then apply(b) against apply(a + b); integers, so that sums are exact. */
static bool is_additive(const tern_update_t *rule)
{
    tern_update_options_t options = tern_update_options_resolve(
        rule, &(tern_update_options_t){.rate = 0.5, .l2 = 0.25});
    const float     a[4] = {1, -2, 3, 8}, b[4] = {16, 5, -7, 2}, sum[4] = {17, 3, -4, 10};
    float           twice[4] = {4, 4, 4, 4}, once[4] = {4, 4, 4, 4};
    float           state[2][16] = {{0}};
    tern_row_view_t row          = {.width = 4, .type = TERN_FLOAT32};

    row.value = twice;
    row.state = state[0];
    rule->apply(&row, a, &options);
    rule->apply(&row, b, &options);
    row.value = once;
    row.state = state[1];
    rule->apply(&row, sum, &options);
    return memcmp(twice, once, sizeof(once)) == 0;
}

static void exactly_the_additive_rules_say_so(void)
{
    tern_update_registry_t *registry = new_registry();

    for (int i = 0; i < NUM_BUILTINS; i++) {
        const tern_update_t *rule = tern_update_registry_find(registry, builtin_names[i]);

        CU_ASSERT_EQUAL(rule->is_additive, is_additive(rule));
    }
    tern_update_registry_destroy(&registry);
}

static void nothing_is_left_allocated(void)
{
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_UPDATE), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(built_in_rules_are_found_by_name),
        FACT(registered_rules_stay_where_they_are),
        FACT(bad_rules_are_refused),
        FACT(zero_means_the_default_of_the_rule),
        FACT(given_options_are_kept),
        FACT(exactly_the_additive_rules_say_so),
        FACT(nothing_is_left_allocated),
    };

    return facts_run("update/registry", facts, sizeof(facts) / sizeof(facts[0]));
}
