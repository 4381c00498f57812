/** \file
 * Filters: what is done to the messages of a table between the worker and the server.
 *
 * A table has two chains, texts such as "significant:0.001,zero,key-cache,fixed:2,zstd:3" in its
 * description: `push_filters` for what workers push, `pull_filters` for what they ask for and for
 * the rows that answer it. They work on messages alone: rows that lie in the node's own memory are
 * read and changed in place, unfiltered. A chain is applied in its order by the sender and undone
 * in reverse by the receiver; no other code sees filtered messages.
 *
 * Choose rows:
 * - significant:T (pushes; T >= 0). A row goes when what was pushed to its key and did not go
 *   exceeds T in some value; so what the server lacks of a key is at most T in each value.
 *   tern_push_held() sends the rest.
 * - skip:P (pushes; 0 <= P <= 0.999). Unbiased: a row is left out with probability P, others are
 *   multiplied by 1 / (1 - P).
 * - zero. Exact: pushed rows of zeros do not go, pulled ones take a bit.
 * - kkt[:T] (T >= 0, default 0). Pushed rows whose first value is NaN do not go, nor do those of
 *   inactive keys (this worker pulled 0 or NaN last) whose first value is at most T. Exact for
 *   pulls: rows that are all NaN, the server's mark of an inactive key, take a bit.
 *
 * Write values in fewer bytes; at most one of these:
 * - fixed:B[:feedback] (B = 1 to 4 bytes). Unbiased, and within (max - min) / (256^B - 4), where
 *   max and min are those of the column in the message; infinities and NaN are kept. With feedback
 *   (pushes only) the error of a key is added to its next push, so that the errors of all pushes to
 *   a key sum to no more than one.
 * - bf16[:stochastic]. Within 2^-8 of the value; stochastic: within 2^-7, unbiased.
 * - fp16[:stochastic]. Within 2^-11 of the value or 2^-25; stochastic: 2^-10, 2^-24, unbiased.
 *   Values beyond the greatest of these formats become the greatest.
 *
 * Compress, exactly: lz4, zstd[:LEVEL] (1 to 19, default 3).
 *
 * Keys: key-cache[:M] (M MiB, default 64). Exact: a list of keys that the server has had before is
 * sent as its hash.
 *
 * That is the order in a chain, programs' own filters before those that compress; key-cache may be
 * anywhere. What tern_set() sends goes through the exact filters that choose no rows, tern_push_pull()
 * through all that choose none.
 *
 * Filters are for tables of policy "static" and "aggregate". Those that choose rows want an update
 * rule to which a sum of pushes may be given (is_additive or takes_sums, see tern/update.h), or
 * policy "aggregate".
 *
 * Source: Li et al., OSDI 2014, sections 3.5 and 5.1. Ours differ from the authors' code: the hash
 * covers all bytes of the keys and an unknown one is answered by "send the keys"; rounding of
 * `fixed` is unbiased; error feedback is that of Seide et al., Interspeech 2014.
 */
#ifndef TERN_FILTER_H
#define TERN_FILTER_H

#include "tern/request.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TERN_MAX_FILTERS       8u   /**< in a chain */
#define TERN_FILTER_NAME_BYTES 24u  /**< of a name, with the final zero */
#define TERN_FILTER_TEXT_BYTES 160u /**< of a chain's text, with the final zero */

/** What messages of a table carry. */
typedef enum tern_flow {
    TERN_FLOW_PUSH   = 0, /**< keys and rows, from workers: push, set, pushpull */
    TERN_FLOW_PULL   = 1, /**< keys, from workers */
    TERN_FLOW_ANSWER = 2, /**< rows, from servers, through the pull filters */
    TERN_NUM_FLOWS   = 3
} tern_flow_t;

/** Bytes of a flow at one end, since the table was created; exact. Nothing is counted of a flow
 * without filters. A repetition that the protocol needs (a lost message, missing keys) counts
 * in `wire_bytes` alone. */
typedef struct tern_traffic {
    uint64_t num_messages;
    uint64_t raw_key_bytes;   /**< 8 for each key of the calls; answers have none */
    uint64_t raw_value_bytes; /**< of their rows */
    uint64_t
             coded_key_bytes; /**< keys (of an answer: positions) as messages without filters write them */
    uint64_t wire_bytes;  /**< of the messages, all headers included */
    uint64_t cached_keys; /**< keys that went as a hash */
    uint64_t key_misses;  /**< messages that had to be sent again with their keys */
    uint32_t num_filters;
    struct {
        char name[TERN_FILTER_NAME_BYTES];
        uint64_t
            key_bytes; /**< behind this filter; where it chooses rows, 8 for each key */
        uint64_t value_bytes; /**< behind this filter, with what it needs to be undone */
    } after[TERN_MAX_FILTERS];
} tern_traffic_t;

/** Counters of the calling rank. Not collective.  \param [in]  table      The table. \param [in]
 * flow       Which messages. \param [in]  is_sender  Those that this rank sent; else those that
 * it received, where filters that choose rows change nothing. \param [out] traffic    All zero
 * if the flow has no filters. */
TERN_API void tern_table_traffic(const tern_table_t *table, tern_flow_t flow,
                                 bool is_sender, tern_traffic_t *traffic);

/** Push what the table's filters have held back of this worker's pushes. Nonblocking, not
 * collective. Happens by itself in tern_finalize().  \param [out] request_p  As of tern_push(). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_push_held(tern_table_t    *table,
                                                        tern_request_t **request_p);

/** Change the threshold of "significant" or "kkt" for the calling worker from its next call on.
 * \return  TERN_OK; TERN_ERR_ARG (the table's push filters have none of that name; not a number
 * >= 0). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_table_set_threshold(tern_table_t *table,
                                                                  const char   *filter,
                                                                  double threshold);

/** Drop the key lists that this rank keeps for "key-cache", as a server and as a worker, and
 * their memory. May be called at any time: whoever refers to such a list is asked to send it.
 * Not collective. */
TERN_API void tern_table_forget_keys(tern_table_t *table);

/** A filter of the program: from bytes of values to other bytes. */
typedef struct tern_filter {
    const char *name;     /**< for chains: letters, digits, '-' */
    bool        is_exact; /**< decode gives back what encode was given */
    /** The most bytes that encode writes for `num_bytes`. */
    size_t (*max_bytes)(size_t num_bytes, const void *context);
    /** Write `from` [num_bytes] to `to` in other form; returns the bytes written. `from` are the
     * values of the rows as the filters before have left them: of the table's type, if none of
     * them codes values. */
    size_t (*encode)(const void *from, size_t num_bytes, void *to, const void *context);
    /** Write the `to_bytes` bytes that encode was given; false: `from` [num_bytes] is malformed. */
    bool (*decode)(const void *from, size_t num_bytes, void *to, size_t to_bytes,
                   const void *context);
    const void *context; /**< borrowed until tern_finalize() */
} tern_filter_t;

/** Make a filter known by name. Not collective, but every rank must register the same filters
 * before the first table that uses one. The name is borrowed until tern_finalize(). The
 * functions run while messages are sent and received: they must not call Tern.  \return
 * TERN_OK; TERN_ERR_ARG (no name, a bad or a taken one, a function is missing);
 * TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_filter_register(tern_runtime_t *runtime, const tern_filter_t *filter);

#ifdef __cplusplus
}
#endif
#endif
