/** \file
 * The verdict on a fact is the sum of its failed assertions over the ranks.
 */
#include "mpi_facts.h"

#include <mpi.h>
#include <string.h>

#include "tern/types.h"

#ifdef __SANITIZE_ADDRESS__
/* MPI and its plug-ins leave memory behind, on whatever host they run. */
TERN_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

/* Why the first rank that skipped the fact did so; NULL if none did. The text lives until the next call. */
static const char *agree_on_skip(int rank, int size)
{
    static char reason[200];
    int         skipper = facts_skip_reason() ? rank : size;

    MPI_Allreduce(MPI_IN_PLACE, &skipper, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (skipper == size)
        return NULL;
    if (skipper == rank)
        snprintf(reason, sizeof reason, "%s", facts_skip_reason());
    MPI_Bcast(reason, sizeof reason, MPI_CHAR, skipper, MPI_COMM_WORLD);
    return reason;
}

/* Prove one fact on all ranks; returns the number of failed assertions of all. */
static unsigned prove_together(const fact_t *fact, size_t index, int rank, int size)
{
    char        text[200];
    unsigned    num_failed = facts_prove(index);
    const char *reason;

    snprintf(text, sizeof text, "# [rank %d] ", rank);
    if (rank > 0)
        facts_print_failures(stderr, text);
    MPI_Allreduce(MPI_IN_PLACE, &num_failed, 1, MPI_UNSIGNED, MPI_SUM, MPI_COMM_WORLD);
    reason = agree_on_skip(rank, size);
    if (rank == 0) {
        snprintf(text, sizeof text, "%s (%d %s)", fact->name, size,
                 size == 1 ? "rank" : "ranks");
        facts_print_result(index + 1, num_failed, text, reason);
        facts_print_failures(stdout, "# ");
    }
    return num_failed;
}

int mpi_facts_run(const char *suite, const fact_t facts[], size_t num_facts)
{
    unsigned num_failed = 0;
    int      provided, rank, size;

    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (!facts_begin(suite, facts, num_facts)) {
        printf("Bail out! %s: %s\n", suite, CU_get_error_msg());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    if (rank == 0)
        printf("1..%zu\n", num_facts);
    for (size_t i = 0; i < num_facts; i++)
        num_failed += prove_together(&facts[i], i, rank, size);
    facts_end();
    MPI_Finalize();
    return num_failed ? 1 : 0;
}
