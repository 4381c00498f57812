#include "comm/collective.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

typedef struct pending {
    MPI_Request request;
    const char *what;
} pending_t;

static bool is_complete(void *context)
{
    pending_t *pending = context;
    int        done    = 0;

    MPI_Test(&pending->request, &done, MPI_STATUS_IGNORE);
    return done != 0;
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const pending_t *pending = context;

    snprintf(text, text_bytes, "the other ranks to come to: %s", pending->what);
}

/* Wait for the collective that was started with `code` into `pending`. */
static tern_status_t complete(tern_waiter_t *waiter, pending_t *pending, int code)
{
    tern_wait_for_t what   = {.is_done   = is_complete,
                              .describe  = describe,
                              .context   = pending,
                              .needs_mpi = true};
    tern_status_t   status = tern_mpi_check(code, pending->what);

    if (status == TERN_OK)
        tern_waiter_wait(waiter, &what);
    return status;
}

tern_status_t tern_collective_agree(tern_waiter_t *waiter, tern_status_t status,
                                    const char *what)
{
    pending_t     pending    = {.what = what};
    int           mine       = status < 0;
    int           anyone     = 0;
    tern_status_t mpi_status = complete(
        waiter, &pending,
        MPI_Iallreduce(&mine, &anyone, 1, MPI_INT, MPI_MAX,
                       tern_mailbox_group(waiter->mailbox)->comm, &pending.request));

    if (mpi_status != TERN_OK)
        return mpi_status;
    if (status < 0)
        return status;
    return anyone ? TERN_ERR_REMOTE : TERN_OK;
}

tern_status_t tern_collective_max(tern_waiter_t *waiter, size_t num_values,
                                  double values[], const char *what)
{
    pending_t pending = {.what = what};

    return complete(waiter, &pending,
                    MPI_Iallreduce(MPI_IN_PLACE, values, (int)num_values, MPI_DOUBLE,
                                   MPI_MAX, tern_mailbox_group(waiter->mailbox)->comm,
                                   &pending.request));
}

tern_status_t tern_collective_broadcast(tern_waiter_t *waiter, void *data, size_t bytes,
                                        const char *what)
{
    pending_t pending = {.what = what};

    return complete(waiter, &pending,
                    MPI_Ibcast(data, (int)bytes, MPI_BYTE, 0,
                               tern_mailbox_group(waiter->mailbox)->comm,
                               &pending.request));
}

tern_status_t tern_collective_gather(tern_waiter_t *waiter, const void *data,
                                     size_t bytes, void *gathered, const char *what)
{
    pending_t pending = {.what = what};

    return complete(waiter, &pending,
                    MPI_Igather(data, (int)bytes, MPI_BYTE, gathered, (int)bytes,
                                MPI_BYTE, 0, tern_mailbox_group(waiter->mailbox)->comm,
                                &pending.request));
}

/* What this rank has still to receive. */
typedef struct arrivals {
    tern_mailbox_t *mailbox;
    uint64_t        num_due;
} arrivals_t;

static bool have_all_come(void *context)
{
    const arrivals_t *arrivals = context;

    return tern_mailbox_num_received(arrivals->mailbox) >= arrivals->num_due &&
           tern_mailbox_num_pending(arrivals->mailbox) == 0;
}

static void describe_arrivals(void *context, char *text, size_t text_bytes)
{
    const arrivals_t *arrivals = context;
    uint64_t          num_come = tern_mailbox_num_received(arrivals->mailbox);

    snprintf(text, text_bytes,
             "the last messages: %llu of %llu have come, %zu are in MPI",
             (unsigned long long)num_come, (unsigned long long)arrivals->num_due,
             tern_mailbox_num_pending(arrivals->mailbox));
}

tern_status_t tern_collective_drain(tern_waiter_t *waiter)
{
    arrivals_t      arrivals = {.mailbox = waiter->mailbox};
    pending_t       pending  = {.what = "counting the last messages"};
    tern_wait_for_t what     = {.is_done   = have_all_come,
                                .describe  = describe_arrivals,
                                .context   = &arrivals,
                                .needs_mpi = true};
    tern_status_t   status;

    tern_mailbox_close(waiter->mailbox);
    tern_waiter_wait(waiter, &what); /* what is held back counts as sent */
    status = complete(waiter, &pending,
                      MPI_Ireduce_scatter_block(
                          tern_mailbox_num_sent(waiter->mailbox), &arrivals.num_due, 1,
                          MPI_UINT64_T, MPI_SUM,
                          tern_mailbox_group(waiter->mailbox)->comm, &pending.request));
    if (status == TERN_OK)
        tern_waiter_wait(waiter, &what);
    return status;
}

tern_status_t tern_collective_sum(tern_waiter_t *waiter, size_t num_values,
                                  double values[], const char *what)
{
    const tern_group_t *group   = tern_mailbox_group(waiter->mailbox);
    int                 own     = tern_group_own_worker_group(group);
    size_t              workers = (size_t)tern_group_num_workers_of(group, own);
    pending_t           pending = {.what = what};
    tern_status_t       status;
    double             *all;

    if (num_values > INT_MAX)
        return TERN_ERR_ARG;
    all = tern_alloc(TERN_LOG_COMM, workers * num_values * sizeof *all);
    if (all == NULL)
        return TERN_ERR_NO_MEMORY;
    status =
        complete(waiter, &pending,
                 MPI_Iallgather(values, (int)num_values, MPI_DOUBLE, all, (int)num_values,
                                MPI_DOUBLE, group->worker_comm, &pending.request));
    if (status == TERN_OK) {
        memset(values, 0, num_values * sizeof *values);
        for (size_t w = 0; w < workers; w++)
            for (size_t j = 0; j < num_values; j++)
                values[j] += all[w * num_values + j];
    }
    tern_free(TERN_LOG_COMM, all);
    return status;
}
