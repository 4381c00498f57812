/** \file
 * The memory of dense tables: what the workers of a node have pushed in this step, and what the rows of other nodes
 * are after it.
 *
 * \code
 * part of node rank 0:    done[num_servers] | values of all keys (pages of the node's own rows are never touched)
 * part of each worker:    stage | marks, one bit a key | rows of all keys
 * \endcode
 * Only workers of the table's group have a stage. Everybody maps everything: so the servers of a node take what its
 * workers pushed from where it lies.
 *
 * A *chunk* is as many rows of a server's part as a message carries. Between nodes one rank speaks for its node to a server,
 * and hears from it: its *delegate*.
 */
#ifndef TERN_TABLE_DENSE_H
#define TERN_TABLE_DENSE_H

#include "table/create.h"
#include "update/sum.h"

#define TERN_DENSE_LEFT UINT64_MAX

/* Rows of at least so many bytes travel as a tail, which needs no copy: 16 KiB take longer to copy twice than a message. */
#define TERN_DENSE_TAIL_BYTES ((size_t)16 << 10)

struct tern_request;

typedef enum tern_pushed {
    TERN_PUSHED_NOTHING = 0,
    TERN_PUSHED_ROWS, /* those that are marked */
    TERN_PUSHED_ALL
} tern_pushed_t;

/* What a worker has pushed. Its own until it ends the step, everybody's to read until all have the new values. */
typedef struct tern_dense_stage {
    uint64_t ended;    /* atomic: steps; TERN_DENSE_LEFT: it takes no more */
    uint32_t pushed;   /* tern_pushed_t */
    uint32_t is_whole; /* it pushed all rows, and had read all since the step before */
    char     padding[48];
} tern_dense_stage_t;

/* What has happened to the rows of a server. */
typedef struct tern_dense_done {
    uint64_t steps; /* atomic: applied, and their values here */
    uint32_t
        is_whole; /* of the last: all rows were exchanged, `values` has those of other nodes */
    char padding[52];
} tern_dense_done_t;

/* A node that has workers of the table. */
typedef struct tern_dense_node {
    int node, num_workers;
    int first; /* of its workers, in tern_dense_t.workers */
} tern_dense_node_t;

typedef struct tern_dense {
    tern_mailbox_t          *mailbox;
    tern_shared_t           *memory;
    tern_ledger_t           *ledger;
    size_t                   reserved_bytes;
    uint64_t                 num_keys;
    uint64_t                 rows_per_chunk;
    tern_dense_done_t       *done;   /* [num_servers] */
    char                    *values; /* [num_keys] */
    tern_dense_stage_t     **stages; /* [num_stages]: of this node's workers, in order */
    uint32_t                 num_stages;
    tern_dense_stage_t      *own;   /* the caller's; NULL: it is no worker of the table */
    tern_dense_node_t       *nodes; /* [num_nodes], by node */
    uint32_t                 num_nodes;
    const tern_dense_node_t *own_node; /* NULL: it has no workers */
    int                     *workers;  /* ranks, node by node */
    bool     shares_clock; /* steps are clocks of the workers' group, less first_clock */
    uint64_t first_clock;

    /* The caller as a worker. */
    const char *
        lent; /* [num_keys] rows that it pushed, where the user has them; NULL: in its stage */
    struct tern_request *borrower;  /* that ends when nobody reads them; NULL: none */
    uint64_t             num_ended; /* steps */
    uint64_t  num_marked;      /* rows that it pushed in this step, if not all at once */
    uint64_t  num_read;        /* keys from the first on, since the step before */
    bool      was_whole;       /* the last step */
    uint64_t  num_told;        /* steps of its node that it told other nodes' servers */
    uint64_t *num_chunks_here; /* [num_servers]: that came of this step */

    /* The caller as a server. */
    uint64_t num_applied; /* steps */
    uint64_t next_chunk;  /* of the one in hand */
    uint64_t num_chunks;
    tern_buffer_t  *
        *sums; /* [num_nodes][num_chunks]: what other nodes pushed; NULL: not here yet */
    bool *has_left;          /* [num_nodes]: no worker of it takes a step any more */
    char *sum;               /* [rows_per_chunk] */
    tern_sum_run_t *runs;    /* [num_stages][rows_per_chunk / 2 + 1] */
    bool           *touched; /* [rows_per_chunk] */
    tern_key_t     *keys;    /* [rows_per_chunk] */
    uint32_t       *missing; /* [rows_per_chunk] */
    tern_addend_t  *addends; /* [num_stages + num_nodes] */
    const char    **wholes;  /* the same */

    tern_buffer_t **sending; /* [num_sending]: messages that MPI may still read */
    size_t          num_sending, max_sending;
} tern_dense_t;

/** Collective over the ranks. */
tern_status_t tern_table_create_dense(const tern_table_site_t *site, tern_table_t *table);

/** Collective over the node. */
void tern_table_destroy_dense(tern_table_t *table);

/** Marks and rows of a stage. */
uint64_t *tern_dense_marks(tern_dense_stage_t *stage);
char     *tern_dense_rows(const tern_dense_t *dense, tern_dense_stage_t *stage);

/** The keys of chunk number `chunk` of a server. */
tern_range_t tern_dense_chunk(const tern_table_t *table, uint32_t server, uint64_t chunk);
uint64_t     tern_dense_num_chunks(const tern_table_t *table, uint32_t server);

/** The rank that speaks for a node to a server. */
int tern_dense_delegate(const tern_dense_t *dense, const tern_group_t *group,
                        const tern_dense_node_t *node, uint32_t server);

/** The rank of this node that reads what its workers push to a server's rows. */
int tern_dense_reader(const tern_dense_t *dense, const tern_group_t *group,
                      uint32_t server);

/** True if every worker of this node has ended `step` steps or left; *have_left_p: all have left. */
bool tern_dense_is_staged(const tern_dense_t *dense, uint64_t step, bool *have_left_p);

/** True if the workers of this node that have not left exchange the whole table in the step that they ended last. */
bool tern_dense_is_whole(const tern_dense_t *dense);

/** What the workers of this node pushed to `keys`, in their order; to addends [num_stages]. Those who pushed
 * nothing are left out. The keys are of one server, and the caller is who reads them. Returns how many. */
size_t tern_dense_list_addends(const tern_table_t *table, tern_range_t keys,
                               tern_addend_t addends[]);

/** Keep a message in mind that was sent, until MPI has done with it. Takes the caller's reference. */
void tern_dense_note_sending(tern_dense_t *dense, tern_buffer_t *message);

/** Forget those that MPI has done with; true if none is left. */
bool tern_dense_have_gone(tern_dense_t *dense);

#endif
