/** \file
 * Creation of tables: what is refused, and that every rank learns it; the initial model.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

static tern_status_t try_to_create(session_t *session, tern_table_desc_t desc)
{
    tern_table_t *table  = NULL;
    tern_status_t status = tern_table_create(session->runtime, &desc, &table);

    CU_ASSERT_EQUAL(status == TERN_OK, table != NULL);
    return status;
}

static void a_bad_description_is_refused_on_every_rank(void)
{
    session_t               session = session_begin(NULL);
    const tern_table_desc_t good    = {.name = "t", .keys = {0, 4}, .width = 1};
    tern_table_desc_t       bad[15];

    for (size_t i = 0; i < 15; i++)
        bad[i] = good;
    bad[0].name        = NULL;
    bad[1].name        = "";
    bad[2].width       = 0;
    bad[3].keys.end    = 0;
    bad[4].update      = "no such rule";
    bad[5].policy      = "no such policy";
    bad[6].staleness   = 3; /* without TERN_SYNC_SSP */
    bad[7].columns     = 1u << 9;
    bad[8].type        = (tern_type_t)7;
    bad[9].consistency = (tern_consistency_t)2;
    bad[10].placement       = TERN_PLACEMENT_RING; /* without TERN_INDEX_HASH */
    bad[11].placement       = (tern_placement_t)3;
    bad[12].virtual_servers = 8; /* without a ring */
    bad[13].admit_after     = 2; /* without TERN_INDEX_HASH */
    bad[14].index           = TERN_INDEX_HASH;
    bad[14].policy          = "relocate";
    for (size_t i = 0; i < 15; i++)
        CU_ASSERT_EQUAL(try_to_create(&session, bad[i]), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(try_to_create(&session, good), TERN_OK);
    CU_ASSERT_EQUAL(try_to_create(&session, good), TERN_ERR_ARG); /* the name is taken */
    session_end(&session);
}

static void ranks_must_agree_on_the_description(void)
{
    session_t         session = session_begin(NULL);
    int               rank    = tern_rank(session.runtime);
    tern_table_desc_t desc   = {.name = "t", .keys = {0, 4 + (uint64_t)rank}, .width = 1};
    tern_status_t     status = try_to_create(&session, desc);

    if (tern_size(session.runtime) == 1)
        CU_ASSERT_EQUAL(status, TERN_OK);
    if (tern_size(session.runtime) > 1)
        CU_ASSERT_EQUAL(status, rank == 0 ? TERN_ERR_REMOTE : TERN_ERR_ARG);
    session_end(&session);
}

static void a_rank_that_cannot_refuses_for_all(void)
{
    session_t         session = session_begin(NULL);
    int               last    = tern_size(session.runtime) - 1;
    bool              is_last = tern_rank(session.runtime) == last;
    tern_table_desc_t desc    = {.name = "t", .keys = {0, 4}, .width = is_last ? 0 : 1};

    CU_ASSERT_EQUAL(try_to_create(&session, desc),
                    is_last ? TERN_ERR_ARG : TERN_ERR_REMOTE);
    session_end(&session);
}

static void too_little_shared_memory_is_an_error_everywhere(void)
{
    static const char *const small[] = {"shared-limit", "1Mi", NULL};
    session_t                session = session_begin(small);
    tern_table_desc_t        desc    = {.name = "big", .keys = {0, 100000}, .width = 100};
    tern_status_t            status  = try_to_create(&session, desc);

    CU_ASSERT(status == TERN_ERR_NO_MEMORY || status == TERN_ERR_REMOTE);
    if (tern_is_server(session.runtime))
        CU_ASSERT_EQUAL(status, TERN_ERR_NO_MEMORY);
    desc = (tern_table_desc_t){.name = "small", .keys = {0, 100}, .width = 4};
    CU_ASSERT_EQUAL(try_to_create(&session, desc), TERN_OK); /* and nothing was lost */
    session_end(&session);
}

/* A number that any two runs share if their models do. */
static double checksum_of(session_t *session, tern_table_desc_t desc)
{
    size_t        num_keys = desc.keys.end - desc.keys.first;
    tern_table_t *table    = NULL;
    double       *rows     = calloc(num_keys * desc.width, sizeof *rows);
    double        sum      = 0;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    if (tern_is_worker(session->runtime)) {
        CU_ASSERT_EQUAL(tern_pull_range(table, desc.keys, rows, NULL), TERN_OK);
        for (size_t i = 0; i < num_keys * desc.width; i++)
            sum = 0.5 * sum + rows[i] * (double)(i % 31 + 1);
    }
    free(rows);
    return sum;
}

static void the_initial_model_does_not_depend_on_the_number_of_ranks(void)
{
    /* Rank 0 alone, then all ranks: workers of both must find the same. */
    tern_table_desc_t desc  = {.name  = "t",
                               .keys  = {5, 505},
                               .width = 7,
                               .type  = TERN_FLOAT64,
                               .init  = {TERN_INIT_NORMAL, 1, 0.5}};
    session_t         alone = session_begin_on(MPI_COMM_SELF, NULL);
    double            expected, found;
    session_t         together;

    CU_ASSERT_EQUAL(alone.status, TERN_OK);
    expected = checksum_of(&alone, desc);
    session_end(&alone);
    together = session_begin(NULL);
    found    = checksum_of(&together, desc);
    if (tern_is_worker(together.runtime))
        CU_ASSERT_EQUAL(found, expected);
    session_end(&together);
}

static void initialisers_have_their_moments(void)
{
    enum { NUM_KEYS = 2000, WIDTH = 10 };
    session_t                session  = session_begin(NULL);
    const tern_initializer_t inits[]  = {{TERN_INIT_ZERO, 0, 0},
                                         {TERN_INIT_CONSTANT, 2.5, 0},
                                         {TERN_INIT_UNIFORM, -1, 3},
                                         {TERN_INIT_NORMAL, 1, 0.5}};
    const double             mean[]   = {0, 2.5, 1, 1};
    const double             spread[] = {0, 0, 4 / sqrt(12), 0.5};
    float                   *rows     = malloc(NUM_KEYS * WIDTH * sizeof *rows);

    for (int i = 0; i < 4; i++) {
        const char       *names[] = {"zero", "constant", "uniform", "normal"};
        tern_table_desc_t desc    = {
               .name = names[i], .keys = {0, NUM_KEYS}, .width = WIDTH, .init = inits[i]};
        tern_table_t *table = NULL;
        double        sum = 0, squares = 0;

        CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
        if (!tern_is_worker(session.runtime))
            continue;
        CU_ASSERT_EQUAL(tern_pull_range(table, desc.keys, rows, NULL), TERN_OK);
        for (int j = 0; j < NUM_KEYS * WIDTH; j++) {
            sum += rows[j];
            squares += (rows[j] - mean[i]) * (rows[j] - mean[i]);
        }
        CU_ASSERT(fabs(sum / (NUM_KEYS * WIDTH) - mean[i]) < 0.03);
        CU_ASSERT(fabs(sqrt(squares / (NUM_KEYS * WIDTH)) - spread[i]) < 0.03);
    }
    free(rows);
    session_end(&session);
}

static void double_each_value(const tern_row_view_t *row, const void *delta,
                              const void *context)
{
    const float *amount = delta;
    const float *factor = context;

    for (uint32_t j = 0; j < row->width; j++)
        ((float *)row->value)[j] = *factor * ((float *)row->value)[j] + amount[j];
}

static void a_programs_own_rule_is_applied_where_the_row_is(void)
{
    static const float         factor = 2;
    static const tern_update_t rule   = {
          .name = "double and add", .apply = double_each_value, .context = &factor};
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = {
           .name = "t", .keys = {0, 100}, .width = 1, .update = rule.name};
    tern_table_t *table  = NULL;
    tern_key_t    keys[] = {0, 99, 0, 99, 99};
    float         rows[] = {1, 1, 1, 1, 1};

    CU_ASSERT_EQUAL(tern_update_register(session.runtime, &rule), TERN_OK);
    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(tern_push(table, 5, keys, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(session_value(table, 0), 3);
        CU_ASSERT_EQUAL(session_value(table, 99), 7);
    }
    session_end(&session);
}

static void two_runtimes_live_side_by_side(void)
{
    int      rank;
    MPI_Comm half;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, rank, &half);
    {
        session_t     whole = session_begin(NULL);
        session_t     part  = session_begin_on(half, NULL);
        tern_table_t *a     = session_table(&whole, "t", 10, 1);
        tern_table_t *b     = session_table(&part, "t", 10, 1);
        tern_key_t    key   = 9;
        float         one = 1, ten = 10;

        if (tern_is_worker(whole.runtime)) {
            CU_ASSERT_EQUAL(tern_push(a, 1, &key, &one, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_barrier(whole.runtime), TERN_OK);
            CU_ASSERT_EQUAL(session_value(a, key),
                            (float)tern_num_workers(whole.runtime));
        }
        /* Who serves both must not turn to one while somebody waits for the other. */
        CU_ASSERT_EQUAL(tern_agree(whole.runtime, TERN_OK), TERN_OK);
        if (tern_is_worker(part.runtime)) {
            CU_ASSERT_EQUAL(tern_push(b, 1, &key, &ten, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_barrier(part.runtime), TERN_OK);
            CU_ASSERT_EQUAL(session_value(b, key),
                            10 * (float)tern_num_workers(part.runtime));
        }
        session_end(&part);
        session_end(&whole);
    }
    MPI_Comm_free(&half);
}

static void spares_have_no_rows_and_hold_up_nobody(void)
{
    static const char *const one_spare[] = {"spares", "1", NULL};
    session_t                session     = session_begin_on(MPI_COMM_WORLD, one_spare);
    tern_table_t            *table;

    if (session.status == TERN_ERR_USAGE) { /* nodes of one rank have none to spare */
        CU_ASSERT_PTR_NULL(session.runtime);
        session_end(&session);
        return;
    }
    table = session_table(&session, "t", 100, 1);
    if (tern_is_worker(session.runtime)) {
        tern_key_t key = 99;
        float      one = 1;

        CU_ASSERT_EQUAL(tern_roles(session.runtime) & TERN_ROLE_SPARE, 0);
        CU_ASSERT(tern_num_workers(session.runtime) + tern_num_nodes(session.runtime) <=
                  tern_size(session.runtime));
        CU_ASSERT_EQUAL(tern_push(table, 1, &key, &one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(session_value(table, key),
                        (float)tern_num_workers(session.runtime));
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_bad_description_is_refused_on_every_rank),
        FACT(ranks_must_agree_on_the_description),
        FACT(a_rank_that_cannot_refuses_for_all),
        FACT(too_little_shared_memory_is_an_error_everywhere),
        FACT(the_initial_model_does_not_depend_on_the_number_of_ranks),
        FACT(initialisers_have_their_moments),
        FACT(a_programs_own_rule_is_applied_where_the_row_is),
        FACT(two_runtimes_live_side_by_side),
        FACT(spares_have_no_rows_and_hold_up_nobody),
    };

    return mpi_facts_run("mpi/tables", facts, sizeof facts / sizeof *facts);
}
