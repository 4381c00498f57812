/* Chains as texts: what is understood, and in which words the rest is refused. */
#include <string.h>

#include "capture.h"
#include "chains.h"
#include "facts.h"
#include "filter_libraries.h"

/* What is said about a chain that must be refused. */
static bool is_refused(const char *text, bool is_for_pulls, const char *words)
{
    capture_t     capture;
    tern_chain_t *chain;
    char         *said;
    bool          is_said;

    capture_begin(&capture, stderr);
    chain = chain_of(text, is_for_pulls, TERN_FLOAT32, 1);
    said  = capture_end(&capture);
    is_said =
        chain == NULL && strstr(said, words) != NULL && strstr(said, "table 't'") != NULL;
    if (!is_said)
        printf("# '%s' was %s: %s", text, chain == NULL ? "refused" : "accepted", said);
    tern_chain_destroy(&chain);
    free(said);
    return is_said;
}

static void names_and_parameters_are_understood(void)
{
    tern_chain_t *chain =
        chain_of("significant:0.001,zero,key-cache:8,fixed:2:feedback,zstd", false,
                 TERN_FLOAT32, 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(chain);
    CU_ASSERT_EQUAL(chain->num_steps, 5);
    CU_ASSERT_EQUAL(chain->steps[0].number, 0.001);
    CU_ASSERT_EQUAL(chain->key_cache_bytes, 8 << 20);
    CU_ASSERT_EQUAL(chain->steps[3].number, 2);
    CU_ASSERT(chain->steps[3].has_word);
    CU_ASSERT_EQUAL(chain->steps[4].number, 3);
    CU_ASSERT(chain->chooses_rows);
    CU_ASSERT(chain->remembers_keys);
    tern_chain_destroy(&chain);
}

static void misspelt_names_get_a_suggestion(void)
{
    CU_ASSERT(is_refused("fixd:2", false, "no filter 'fixd'; did you mean 'fixed'?"));
    CU_ASSERT(is_refused("keycache", false, "did you mean 'key-cache'?"));
    CU_ASSERT(is_refused("zero,snappy", false, "there is no filter 'snappy'"));
    CU_ASSERT(is_refused("zero,,lz4", false, "there is no filter ''"));
}

static void bad_parameters_are_named(void)
{
    CU_ASSERT(
        is_refused("fixed", false, "'fixed' wants its number of bytes: fixed:NUMBER"));
    CU_ASSERT(is_refused("fixed:5", false,
                         "number of bytes '5' is not a whole number from 1 to 4"));
    CU_ASSERT(is_refused("fixed:1.5", false, "'1.5' is not a whole number"));
    CU_ASSERT(is_refused("fixed:two", false, "'two' is not a whole number"));
    CU_ASSERT(is_refused("fixed:2:feed", false, "bad parameter 'feed', only 'feedback'"));
    CU_ASSERT(is_refused("significant:-1", false,
                         "threshold '-1' is not a number of at least 0"));
    CU_ASSERT(is_refused("significant:nan", false, "threshold 'nan'"));
    CU_ASSERT(
        is_refused("skip:1", false, "probability '1' is not a number from 0 to 0.999"));
    CU_ASSERT(is_refused("lz4:9", false, "'lz4' takes no parameter '9'"));
    CU_ASSERT(
        is_refused("zstd:0", false, "level '0' is not a whole number from 1 to 19"));
    CU_ASSERT(is_refused("bf16:random", false, "only 'stochastic' may follow"));
}

static void filters_stand_in_their_order(void)
{
    CU_ASSERT(is_refused("fixed:2,zero", false, "'zero' must stand before 'fixed'"));
    CU_ASSERT(is_refused("lz4,bf16", true, "'bf16' must stand before 'lz4'"));
    CU_ASSERT(is_refused("bf16,fixed:1", false, "'bf16' and 'fixed' both write values"));
    CU_ASSERT(is_refused("lz4,zstd,lz4", false, "'lz4' is there twice"));
    CU_ASSERT(is_refused("zero,skip:0,significant:0,kkt,fixed:1,lz4,zstd,key-cache,bf16",
                         false, "more than 8 filters"));
}

static void what_is_for_pushes_is_not_for_pulls(void)
{
    CU_ASSERT(is_refused("significant:1", true, "'significant' chooses what is pushed"));
    CU_ASSERT(is_refused("skip:0.5", true, "'skip' chooses what is pushed"));
    CU_ASSERT(is_refused("fixed:1:feedback", true, "'feedback' is for pushes only"));
}

/* --- filters of a program --- */

static size_t same_size(size_t num_bytes, const void *context)
{
    (void)context;
    return num_bytes;
}

/* Every byte plus the context. */
static size_t shift(const void *from, size_t num_bytes, void *to, const void *context)
{
    for (size_t i = 0; i < num_bytes; i++)
        ((char *)to)[i] = (char)(((const char *)from)[i] + *(const int *)context);
    return num_bytes;
}

static bool shift_back(const void *from, size_t num_bytes, void *to, size_t to_bytes,
                       const void *context)
{
    for (size_t i = 0; i < to_bytes; i++)
        ((char *)to)[i] = (char)(((const char *)from)[i] - *(const int *)context);
    return num_bytes == to_bytes;
}

static void a_programs_filter_stands_in_a_chain(void)
{
    static const int          by     = 3;
    const tern_filter_t       filter = {"shift", true, same_size, shift, shift_back, &by};
    const tern_filter_shape_t shape  = {.type = TERN_FLOAT32, .width = 1};
    const float               rows[] = {1, 0, 3, 4};
    const tern_chain_use_t    use    = {.is_exact = true};
    tern_filter_registry_t   *registry = NULL;
    tern_chain_t             *chain    = NULL;
    tern_traffic_t            traffic  = {.num_messages = 0};
    char                      wire[100];

    CU_ASSERT_EQUAL_FATAL(tern_filter_registry_create(&registry), TERN_OK);
    CU_ASSERT_EQUAL(tern_filter_registry_add(registry, &filter), TERN_OK);
    CU_ASSERT_EQUAL_FATAL(
        tern_chain_create(registry, "t", "zero,shift,lz4", true, &shape, &chain),
        TERN_OK);
    CU_ASSERT_EQUAL(tern_chain_encode(chain, (const char *)rows, sizeof rows, 4, NULL,
                                      &use, &traffic),
                    TERN_OK);
    CU_ASSERT_NOT_EQUAL(memcmp(chain->rows.values, rows, 4), 0);
    tern_section_write(&chain->rows, wire);
    CU_ASSERT_EQUAL(tern_chain_decode(chain, wire, tern_section_wire_bytes(&chain->rows),
                                      sizeof rows, &use, &traffic),
                    TERN_OK);
    CU_ASSERT_EQUAL(memcmp(chain->rows.values, rows, sizeof rows), 0);
    tern_chain_destroy(&chain);
    tern_filter_registry_destroy(&registry);
}

static void bad_registrations_are_refused(void)
{
    tern_filter_t           filter = {"shift", true, same_size, shift, shift_back, NULL};
    tern_filter_registry_t *registry = NULL;
    capture_t               capture;

    CU_ASSERT_EQUAL_FATAL(tern_filter_registry_create(&registry), TERN_OK);
    capture_begin(&capture, stderr);
    CU_ASSERT_EQUAL(tern_filter_registry_add(registry, &filter), TERN_OK);
    CU_ASSERT_EQUAL(tern_filter_registry_add(registry, &filter), TERN_ERR_ARG);
    filter.name = "fixed";
    CU_ASSERT_EQUAL(tern_filter_registry_add(registry, &filter), TERN_ERR_ARG);
    filter.name = "a,b";
    CU_ASSERT_EQUAL(tern_filter_registry_add(registry, &filter), TERN_ERR_ARG);
    filter.name   = "other";
    filter.decode = NULL;
    CU_ASSERT_EQUAL(tern_filter_registry_add(registry, &filter), TERN_ERR_ARG);
    free(capture_end(&capture));
    tern_filter_registry_destroy(&registry);
}

static void nothing_is_left_behind(void)
{
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_FILTER), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(names_and_parameters_are_understood),
        FACT(misspelt_names_get_a_suggestion),
        FACT(bad_parameters_are_named),
        FACT(filters_stand_in_their_order),
        FACT(what_is_for_pushes_is_not_for_pulls),
        FACT(a_programs_filter_stands_in_a_chain),
        FACT(bad_registrations_are_refused),
        FACT(nothing_is_left_behind),
    };
    static const fact_t no_facts[] = {FACT(filters_need_their_libraries)};

    if (!has_filter_libraries())
        return facts_run("filters", no_facts, 1);
    return facts_run("chains of filters", facts, sizeof facts / sizeof *facts);
}
