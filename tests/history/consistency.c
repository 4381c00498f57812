/* Depth-first search for an operation on a cycle, then breadth-first from it for a short one to show. Pairs are not stored
 * but asked for, so that a check is quadratic in the operations and a rule is a few lines. */
#include "history/consistency.h"

#include <stdlib.h>

const char *const consistency_names[NUM_CONSISTENCIES] = {
    "eventual", "late PRAM", "PRAM", "causal", "sequential", "linearizable"};

#define EVERYBODY UINT32_MAX

/* An order is sought for the operations that `viewer` is to be convinced of. */
typedef struct view {
    const history_t *history;
    consistency_t    level;
    uint32_t         viewer; /* a worker, or EVERYBODY */
    size_t          *from;   /* [num_ops] scratch */
} view_t;

static bool is_in_view(const view_t *view, const history_op_t *op)
{
    return view->level > CONSISTENCY_PRAM || op->kind == HISTORY_PUSH ||
           op->worker == view->viewer;
}

/* Whether what the read did not see counts. */
static bool is_convinced(const view_t *view, const history_op_t *read)
{
    return view->viewer == EVERYBODY || read->worker == view->viewer;
}

/* One worker called `a` before `b`. */
static bool is_called_before(const view_t *view, const history_op_t *a,
                             const history_op_t *b)
{
    bool is_late_read = view->level == CONSISTENCY_LATE_PRAM && a->kind == HISTORY_READ &&
                        a->end_ns > b->begin_ns;

    return a->worker == b->worker && a->sequence < b->sequence && !is_late_read;
}

static bool must_precede(const view_t *view, const history_op_t *a, const history_op_t *b)
{
    if (is_called_before(view, a, b))
        return true;
    if (view->level == CONSISTENCY_LINEARIZABLE && a->end_ns < b->begin_ns)
        return true;
    if (a->key != b->key || a->kind == b->kind)
        return false;
    return b->kind == HISTORY_READ ? (b->set & a->set) != 0
                                   : (a->set & b->set) == 0 && is_convinced(view, a);
}

/* Whether operations a and b of the view are such a pair. */
static bool has_pair(const view_t *view, size_t a, size_t b)
{
    const history_op_t *ops = view->history->ops;

    return a != b && is_in_view(view, &ops[a]) && is_in_view(view, &ops[b]) &&
           must_precede(view, &ops[a], &ops[b]);
}

enum { UNSEEN, OPEN, DONE };

/* An operation on a cycle that can be reached from `op`; num_ops if there is none. */
static size_t find_on_cycle(const view_t *view, unsigned char state[], size_t op)
{
    size_t num_ops = view->history->num_ops, found = num_ops;

    state[op] = OPEN;
    for (size_t next = 0; next < num_ops && found == num_ops; next++) {
        if (state[next] == DONE || !has_pair(view, op, next))
            continue;
        found = state[next] == OPEN ? next : find_on_cycle(view, state, next);
    }
    state[op] = DONE;
    return found;
}

/* The way back from `end` to `op` along view->from, in forward order. */
static void trace(const view_t *view, size_t op, size_t end, violation_t *violation)
{
    size_t length = 1;

    for (size_t at = end; at != op; at = view->from[at])
        length++;
    violation->num_ops = length < VIOLATION_MAX_OPS ? length : VIOLATION_MAX_OPS;
    for (size_t at = end, i = length; i > 0; at = view->from[at])
        if (--i < VIOLATION_MAX_OPS)
            violation->ops[i] = view->history->ops[at];
}

/* The shortest cycle through `op`, which is on one. */
static void describe_cycle(const view_t *view, size_t op, violation_t *violation)
{
    size_t  num_ops = view->history->num_ops, head = 0, tail = 0;
    size_t *queue = malloc(num_ops * sizeof *queue);

    for (size_t i = 0; i < num_ops; i++)
        view->from[i] = num_ops;
    view->from[op] = op;
    queue[tail++]  = op;
    while (head < tail && !has_pair(view, queue[head], op)) {
        size_t at = queue[head++];

        for (size_t next = 0; next < num_ops; next++)
            if (view->from[next] == num_ops && has_pair(view, at, next)) {
                view->from[next] = at;
                queue[tail++]    = next;
            }
    }
    trace(view, op, queue[head], violation);
    free(queue);
}

static bool is_ordered(const view_t *view, violation_t *violation)
{
    size_t         num_ops = view->history->num_ops, found = num_ops;
    unsigned char *state = calloc(num_ops + 1, sizeof *state);

    for (size_t op = 0; op < num_ops && found == num_ops; op++)
        if (state[op] == UNSEEN)
            found = find_on_cycle(view, state, op);
    free(state);
    if (found < num_ops && violation != NULL)
        describe_cycle(view, found, violation);
    return found == num_ops;
}

/* Reads saw pushes that there were, final ones all of them. */
static bool is_sound(const history_t *history, bool is_eventual, violation_t *violation)
{
    for (size_t i = 0; i < history->num_ops; i++) {
        const history_op_t *op  = &history->ops[i];
        uint64_t            all = history_pushes(history, op->key);

        if (op->kind == HISTORY_READ &&
            ((op->set & ~all) != 0 || (is_eventual && op->is_final && op->set != all))) {
            if (violation != NULL)
                *violation = (violation_t){.ops = {*op}, .num_ops = 1};
            return false;
        }
    }
    return true;
}

static uint32_t count_workers(const history_t *history)
{
    uint32_t num_workers = 0;

    for (size_t i = 0; i < history->num_ops; i++)
        if (history->ops[i].worker >= num_workers)
            num_workers = history->ops[i].worker + 1;
    return num_workers;
}

bool consistency_holds(const history_t *history, consistency_t level,
                       violation_t *violation)
{
    view_t view  = {.history = history, .level = level, .viewer = EVERYBODY};
    bool   holds = is_sound(history, level == CONSISTENCY_EVENTUAL, violation);

    if (!holds || level == CONSISTENCY_EVENTUAL)
        return holds;
    view.from = malloc((history->num_ops + 1) * sizeof *view.from);
    if (level <= CONSISTENCY_CAUSAL) {
        uint32_t num_workers = count_workers(history);

        for (view.viewer = 0; holds && view.viewer < num_workers; view.viewer++)
            holds = is_ordered(&view, violation);
    } else {
        holds = is_ordered(&view, violation);
    }
    free(view.from);
    return holds;
}

/* Whether operation `i` is the first on its key. */
static bool is_first_of_key(const history_t *history, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (history->ops[j].key == history->ops[i].key)
            return false;
    return true;
}

bool consistency_holds_per_key(const history_t *history, consistency_t level,
                               violation_t *violation)
{
    bool holds = true;

    for (size_t i = 0; holds && i < history->num_ops; i++) {
        history_t of_key = {.ops = NULL};

        if (!is_first_of_key(history, i))
            continue;
        history_add_key(&of_key, history, history->ops[i].key);
        holds = consistency_holds(&of_key, level, violation);
        history_fini(&of_key);
    }
    return holds;
}

void violation_print(const violation_t *violation, const char *prefix, FILE *stream)
{
    for (size_t i = 0; i < violation->num_ops; i++) {
        fprintf(stream, "%s%s", prefix, i > 0 ? "must come before: " : "");
        history_op_print(&violation->ops[i], stream);
        fprintf(stream, "\n");
    }
    if (violation->num_ops > 1)
        fprintf(stream, "%swhich must come before the first\n", prefix);
}
