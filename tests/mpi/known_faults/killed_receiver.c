/** \file
 * A fact about MPI, not about Tern: do the survivors go on talking to each other after a receiver is
 * killed while they stream to it?
 *
 *     killed_receiver BYTES
 *
 * The last rank receives messages of BYTES from all others and dies by SIGKILL at a random moment. The others never
 * stop sending to it, nonblocking, and exchange small and large messages with each other, round by round,
 * as Tern would: everything is tested, nothing waited for. Rank 0 ends the rounds when they have gone on for a
 * while after the death. A survivor prints
 *
 *     talks    a round was completed long after the death
 *     stuck    no round was completed for STUCK_SECONDS
 *     error    MPI returned an error from an exchange between survivors
 *
 * and leaves by _exit(), as a job that lost a rank cannot finalize. One that prints nothing was aborted by MPI.
 */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { STREAM_TAG = 1, SMALL_TAG, LARGE_TAG };
enum { NUM_IN_FLIGHT = 16, SMALL_INTS = 2, LARGE_BYTES = 1 << 20 };
enum { MAX_RANKS = 64, STUCK_SECONDS = 20 };

#define DEATH_SECONDS  0.3 /* plus up to 0.1, at random */
#define ROUNDS_SECONDS 1.5

static int rank, size;

static void say(const char *word)
{
    char line[100];
    int  length = snprintf(line, sizeof line, "rank %d: %s\n", rank, word);

    /* At once: standard output's buffer would not survive _exit(). */
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(1);
}

static void die(int signal_number)
{
    (void)signal_number;
    raise(SIGKILL);
}

static void give_up(int signal_number)
{
    (void)signal_number;
    say("stuck");
    _exit(0);
}

static void check(int code)
{
    if (code == MPI_SUCCESS)
        return;
    say("error");
    _exit(0);
}

/* ---- the one that dies ---- */

static void receive_until_death(size_t bytes)
{
    char            *buffer = malloc(bytes);
    struct itimerval timer  = {.it_value.tv_usec = (suseconds_t)(DEATH_SECONDS * 1e6) +
                                                   getpid() % 100 * 1000};

    signal(SIGALRM, die);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (;;)
        MPI_Recv(buffer, (int)bytes, MPI_BYTE, MPI_ANY_SOURCE, STREAM_TAG, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
}

/* ---- those that survive ---- */

typedef struct stream {
    MPI_Request requests[NUM_IN_FLIGHT]; /* MPI_REQUEST_NULL: free */
    char       *buffer;                  /* every message is the same */
    int         bytes;
} stream_t;

static void stream_open(stream_t *stream, size_t bytes)
{
    stream->buffer = calloc(1, bytes);
    stream->bytes  = (int)bytes;
    for (int i = 0; i < NUM_IN_FLIGHT; i++)
        stream->requests[i] = MPI_REQUEST_NULL;
}

/* Keep NUM_IN_FLIGHT messages under way. What MPI says about them is not looked at: the receiver may be dead. */
static void stream_feed(stream_t *stream)
{
    for (int i = 0; i < NUM_IN_FLIGHT; i++) {
        int is_done = 1;

        if (stream->requests[i] != MPI_REQUEST_NULL)
            MPI_Test(&stream->requests[i], &is_done, MPI_STATUS_IGNORE);
        if (is_done)
            MPI_Isend(stream->buffer, stream->bytes, MPI_BYTE, size - 1, STREAM_TAG,
                      MPI_COMM_WORLD, &stream->requests[i]);
    }
}

typedef struct mail {
    int  small_out[SMALL_INTS], small_in[SMALL_INTS];
    char large_out[LARGE_BYTES], large_in[LARGE_BYTES];
} mail_t;

static int post(mail_t *mail, int peer, MPI_Request requests[])
{
    check(MPI_Irecv(mail->small_in, SMALL_INTS, MPI_INT, peer, SMALL_TAG, MPI_COMM_WORLD,
                    &requests[0]));
    check(MPI_Irecv(mail->large_in, LARGE_BYTES, MPI_BYTE, peer, LARGE_TAG,
                    MPI_COMM_WORLD, &requests[1]));
    check(MPI_Isend(mail->small_out, SMALL_INTS, MPI_INT, peer, SMALL_TAG, MPI_COMM_WORLD,
                    &requests[2]));
    check(MPI_Isend(mail->large_out, LARGE_BYTES, MPI_BYTE, peer, LARGE_TAG,
                    MPI_COMM_WORLD, &requests[3]));
    return 4;
}

/* Exchange with every other survivor. True if rank 0 says that this was the last round. */
static int exchange(mail_t mails[], int round, int is_last, stream_t *stream)
{
    MPI_Request requests[4 * MAX_RANKS];
    int         num_requests = 0, is_done = 0;

    for (int peer = 0; peer < size - 1; peer++) {
        if (peer == rank)
            continue;
        mails[peer].small_out[0] = round;
        mails[peer].small_out[1] = is_last;
        num_requests += post(&mails[peer], peer, requests + num_requests);
    }
    while (!is_done) {
        check(MPI_Testall(num_requests, requests, &is_done, MPI_STATUSES_IGNORE));
        stream_feed(stream);
    }
    for (int peer = 0; peer < size - 1; peer++)
        if (peer != rank && mails[peer].small_in[0] != round)
            check(MPI_ERR_OTHER);
    return rank == 0 ? is_last : mails[0].small_in[1];
}

/* Messages that were handed to MPI may still need its help to arrive. */
static void linger(void)
{
    double end = MPI_Wtime() + 0.3;
    int    flag;

    while (MPI_Wtime() < end)
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
}

static void talk(size_t bytes)
{
    mail_t  *mails = calloc((size_t)size, sizeof *mails);
    stream_t stream;
    double   end     = MPI_Wtime() + ROUNDS_SECONDS;
    int      is_last = 0;

    signal(SIGALRM, give_up);
    signal(SIGPIPE,
           SIG_IGN); /* as Tern does: else a reset connection may kill the sender */
    stream_open(&stream, bytes);
    for (int round = 1; !is_last; round++) {
        alarm(STUCK_SECONDS);
        is_last = exchange(mails, round, MPI_Wtime() > end, &stream);
    }
    linger();
    say("talks");
}

int main(int argc, char *argv[])
{
    size_t bytes = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (bytes == 0 || size < 3 || size > MAX_RANKS) {
        fprintf(stderr, "usage: killed_receiver BYTES, on 3 to %d ranks\n", MAX_RANKS);
        return 2;
    }
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == size - 1)
        receive_until_death(bytes);
    else
        talk(bytes);
    _exit(0);
}
