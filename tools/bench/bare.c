/** \file
 * Both ends of the plain exchange.
 *
 * Both know the schedule: with S servers, call c brings server s batch / S keys, and one more if
 * (s + c) mod S is less than the remainder, so that the shares are equal in the long run. A share of no key
 * is no message. An MPI error ends the job, as errors on this communicator are fatal.
 */
#include "bare.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_REQUEST = 1, TAG_ANSWER = 2 };

/* What this rank does in a slice. */
typedef enum part { PART_NONE, PART_ASKS, PART_ANSWERS } part_t;

struct bare {
    MPI_Comm     comm, workers;
    part_t       part;
    size_t       number;           /* among those of the same part */
    int         *able, *answering; /* ranks */
    size_t       num_able, num_answering;
    size_t       num_asking; /* the first of the able */
    char        *sent;       /* read only; every message leaves from here */
    char        *received;   /* one piece per receive that can be posted */
    size_t      *num_left;   /* [num_able] requests for which no receive is posted yet */
    MPI_Request *receives, *sends;
};

/* Sort every rank into the lists; note where this one came. */
static void assign_parts(bare_t *bare, const bare_member_t members[], int size, int rank,
                         int num_servers)
{
    int server = 0;

    for (int r = 0; r < size; r++) {
        bool answers = members[r].is_server && server++ < num_servers;

        if (!members[r].is_worker || (!answers && members[r].is_near))
            continue;
        if (r == rank) {
            bare->part   = answers ? PART_ANSWERS : PART_ASKS;
            bare->number = answers ? bare->num_answering : bare->num_able;
        }
        if (answers)
            bare->answering[bare->num_answering++] = r;
        else
            bare->able[bare->num_able++] = r;
    }
}

bare_t *bare_create(MPI_Comm comm, const bare_member_t *self, int num_servers)
{
    bare_t        *bare = calloc(1, sizeof(*bare));
    bare_member_t *members;
    int            size, rank;

    MPI_Comm_size(comm, &size);
    MPI_Comm_rank(comm, &rank);
    members = malloc((size_t)size * sizeof(*members));
    if (bare != NULL) {
        bare->able      = malloc((size_t)size * sizeof(int));
        bare->answering = malloc((size_t)size * sizeof(int));
    }
    if (bare == NULL || members == NULL || bare->able == NULL || bare->answering == NULL)
        MPI_Abort(comm, 1); /* a few bytes: the machine is beyond help */
    MPI_Comm_dup(comm, &bare->comm);
    MPI_Allgather(self, sizeof(*self), MPI_BYTE, members, sizeof(*self), MPI_BYTE,
                  bare->comm);
    MPI_Comm_split(bare->comm, self->is_worker ? 0 : MPI_UNDEFINED, rank, &bare->workers);
    assign_parts(bare, members, size, rank, num_servers);
    bare->num_asking = bare->num_able;
    free(members);
    return bare;
}

static void release_buffers(bare_t *bare)
{
    free(bare->sent);
    free(bare->received);
    free(bare->num_left);
    free(bare->receives);
    free(bare->sends);
}

void bare_destroy(bare_t **bare_p)
{
    bare_t *bare = *bare_p;

    if (bare == NULL)
        return;
    release_buffers(bare);
    if (bare->workers != MPI_COMM_NULL)
        MPI_Comm_free(&bare->workers);
    MPI_Comm_free(&bare->comm);
    free(bare->able);
    free(bare->answering);
    free(bare);
    *bare_p = NULL;
}

size_t bare_num_able(const bare_t *bare)
{
    return bare->num_able;
}

size_t bare_num_answering(const bare_t *bare)
{
    return bare->num_answering;
}

void bare_set_asking(bare_t *bare, size_t num)
{
    bare->num_asking = num < bare->num_able ? num : bare->num_able;
}

size_t bare_num_asking(const bare_t *bare)
{
    return bare->num_asking;
}

size_t bare_number(const bare_t *bare)
{
    return bare->number;
}

bool bare_asks(const bare_t *bare)
{
    return bare->part == PART_ASKS && bare->number < bare->num_asking;
}

bool bare_answers(const bare_t *bare)
{
    return bare->part == PART_ANSWERS;
}

/* Keys of a call for server `number`. */
static size_t share(const bare_t *bare, const bare_slice_t *slice, size_t number,
                    size_t call)
{
    size_t num = bare->num_answering;

    return slice->batch / num + ((number + call) % num < slice->batch % num);
}

static size_t largest_share(const bare_t *bare, const bare_slice_t *slice)
{
    return (slice->batch + bare->num_answering - 1) / bare->num_answering;
}

tern_status_t bare_reserve(bare_t *bare, const bare_slice_t *largest)
{
    size_t num_peers = bare->part == PART_ASKS ? bare->num_answering : bare->num_able;
    size_t num       = largest->inflight * num_peers;
    size_t key_bytes = largest->request_bytes > largest->answer_bytes
                           ? largest->request_bytes
                           : largest->answer_bytes;
    size_t bytes     = largest_share(bare, largest) * key_bytes;

    release_buffers(bare);
    bare->sent     = malloc(bytes);
    bare->received = malloc(num * bytes);
    bare->num_left = calloc(bare->num_able, sizeof(size_t));
    bare->receives = malloc(num * sizeof(MPI_Request));
    bare->sends    = malloc(num * sizeof(MPI_Request));
    if (bare->sent == NULL || bare->received == NULL || bare->num_left == NULL ||
        bare->receives == NULL || bare->sends == NULL)
        return TERN_ERR_NO_MEMORY;
    memset(bare->sent, 1,
           bytes); /* else all of it would be one page of zeros, in cache */
    for (size_t i = 0; i < num; i++)
        bare->receives[i] = bare->sends[i] = MPI_REQUEST_NULL;
    return TERN_OK;
}

/* --- the worker --- */

static void start_call(bare_t *bare, const bare_slice_t *slice, size_t call)
{
    size_t num         = bare->num_answering;
    size_t place       = call % slice->inflight * num;
    size_t piece_bytes = largest_share(bare, slice) * slice->answer_bytes;

    for (size_t s = 0; s < num; s++)
        if (share(bare, slice, s, call) > 0)
            MPI_Irecv(bare->received + (place + s) * piece_bytes, (int)piece_bytes,
                      MPI_BYTE, bare->answering[s], TAG_ANSWER, bare->comm,
                      &bare->receives[place + s]);
    for (size_t s = 0; s < num; s++) {
        size_t num_keys = share(bare, slice, s, call);

        if (num_keys > 0)
            MPI_Isend(bare->sent, (int)(num_keys * slice->request_bytes), MPI_BYTE,
                      bare->answering[s], TAG_REQUEST, bare->comm,
                      &bare->sends[place + s]);
    }
}

static void wait_for_call(bare_t *bare, const bare_slice_t *slice, size_t call)
{
    size_t num   = bare->num_answering;
    size_t place = call % slice->inflight * num;

    MPI_Waitall((int)num, &bare->receives[place], MPI_STATUSES_IGNORE);
    MPI_Waitall((int)num, &bare->sends[place], MPI_STATUSES_IGNORE);
}

static void ask(bare_t *bare, const bare_slice_t *slice)
{
    size_t num_under_way =
        slice->inflight < slice->num_calls ? slice->inflight : slice->num_calls;

    for (size_t call = 0; call < slice->num_calls; call++) {
        double started = 0.0;

        if (call >= slice->inflight)
            wait_for_call(bare, slice, call);
        if (slice->call_seconds != NULL)
            started = MPI_Wtime();
        start_call(bare, slice, call);
        if (slice->call_seconds != NULL) {
            wait_for_call(bare, slice, call);
            slice->call_seconds[call] = MPI_Wtime() - started;
        }
    }
    for (size_t call = slice->num_calls - num_under_way; call < slice->num_calls; call++)
        wait_for_call(bare, slice, call);
}

/* --- the server --- */

/* Requests that every worker will send to this server in the slice. */
static size_t count_requests(const bare_t *bare, const bare_slice_t *slice)
{
    size_t num = 0;

    if (slice->batch >= bare->num_answering)
        return slice->num_calls;
    for (size_t call = 0; call < slice->num_calls; call++)
        num += share(bare, slice, bare->number, call) > 0;
    return num;
}

/* Post receive `i` for its worker's next request, if one is to come. */
static void post_receive(bare_t *bare, const bare_slice_t *slice, size_t i)
{
    size_t worker      = i / slice->inflight;
    size_t piece_bytes = largest_share(bare, slice) * slice->request_bytes;

    if (bare->num_left[worker] == 0)
        return;
    bare->num_left[worker]--;
    MPI_Irecv(bare->received + i * piece_bytes, (int)piece_bytes, MPI_BYTE,
              bare->able[worker], TAG_REQUEST, bare->comm, &bare->receives[i]);
}

static void answer(bare_t *bare, const bare_slice_t *slice)
{
    size_t num = bare->num_asking * slice->inflight;
    int    i   = 0;

    for (size_t worker = 0; worker < bare->num_asking; worker++)
        bare->num_left[worker] = count_requests(bare, slice);
    for (size_t r = 0; r < num; r++)
        post_receive(bare, slice, r);
    for (;;) {
        MPI_Status status;
        int        request_bytes;
        size_t     num_keys;

        MPI_Waitany((int)num, bare->receives, &i, &status);
        if (i == MPI_UNDEFINED)
            break; /* nothing more is posted: all are answered */
        MPI_Get_count(&status, MPI_BYTE, &request_bytes);
        num_keys = (size_t)request_bytes / slice->request_bytes;
        MPI_Wait(&bare->sends[i], MPI_STATUS_IGNORE);
        MPI_Isend(bare->sent, (int)(num_keys * slice->answer_bytes), MPI_BYTE,
                  status.MPI_SOURCE, TAG_ANSWER, bare->comm, &bare->sends[i]);
        post_receive(bare, slice, (size_t)i);
    }
    MPI_Waitall((int)num, bare->sends, MPI_STATUSES_IGNORE);
}

void bare_run(bare_t *bare, const bare_slice_t *slice)
{
    assert(slice->call_seconds == NULL || slice->inflight == 1);
    if (bare_asks(bare))
        ask(bare, slice);
    else if (bare_answers(bare))
        answer(bare, slice);
}

/* --- all workers --- */

void bare_barrier(bare_t *bare)
{
    MPI_Barrier(bare->workers);
}

void bare_minimum(bare_t *bare)
{
    uint64_t own = 0, minimum;

    MPI_Allreduce(&own, &minimum, 1, MPI_UINT64_T, MPI_MIN, bare->workers);
}

void bare_sum(bare_t *bare, const float own[], float sums[], size_t num)
{
    MPI_Allreduce(own, sums, (int)num, MPI_FLOAT, MPI_SUM, bare->workers);
}
