#include "client/crew.h"

#include <string.h>

#include "base/alloc.h"

tern_status_t tern_crew_create(tern_courier_t *courier, int scheduler, bool is_far,
                               tern_crew_t **crew_p)
{
    tern_crew_t *crew = tern_alloc_zeroed(TERN_LOG_TASK, sizeof *crew);

    if (crew == NULL)
        return TERN_ERR_NO_MEMORY;
    crew->courier     = courier;
    crew->scheduler   = scheduler;
    crew->end_p       = &crew->first;
    crew->wants_watch = is_far;
    crew->lifeline    = (tern_lifeline_t){.listener = -1, .watcher = -1};
    *crew_p           = crew;
    return TERN_OK;
}

static void free_assignment(tern_assignment_t *assignment)
{
    tern_free(TERN_LOG_TASK, assignment->answer);
    tern_free(TERN_LOG_TASK, assignment->args);
    tern_free(TERN_LOG_TASK, assignment->name);
    tern_free(TERN_LOG_TASK, assignment);
}

static tern_assignment_t *take_first(tern_crew_t *crew)
{
    tern_assignment_t *assignment = crew->first;

    crew->first = assignment->next;
    if (crew->first == NULL)
        crew->end_p = &crew->first;
    return assignment;
}

static void forget_all(tern_crew_t *crew)
{
    while (crew->first != NULL)
        free_assignment(take_first(crew));
}

void tern_crew_destroy(tern_crew_t **crew_p)
{
    tern_crew_t *crew = *crew_p;

    if (crew == NULL)
        return;
    forget_all(crew);
    tern_lifeline_close(&crew->lifeline);
    tern_free(TERN_LOG_TASK, crew->functions);
    tern_free(TERN_LOG_TASK, crew);
    *crew_p = NULL;
}

/* --- functions --- */

static const tern_work_function_t *find_function(const tern_crew_t *crew,
                                                 const char        *name)
{
    for (size_t f = 0; f < crew->num_functions; f++)
        if (strcmp(crew->functions[f].name, name) == 0)
            return &crew->functions[f];
    return NULL;
}

static tern_status_t check_function(const tern_crew_t          *crew,
                                    const tern_work_function_t *function)
{
    if (function->name != NULL && function->name[0] != '\0' && function->run != NULL &&
        find_function(crew, function->name) == NULL)
        return TERN_OK;
    tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_work_register: function '%s' has %s",
             function->name != NULL ? function->name : "",
             function->name == NULL || function->name[0] == '\0' ? "no name"
             : function->run == NULL                             ? "no code"
                                     : "a name that is taken");
    return TERN_ERR_ARG;
}

tern_status_t tern_crew_register(tern_crew_t *crew, const tern_work_function_t *function)
{
    tern_status_t         status = check_function(crew, function);
    tern_work_function_t *functions;

    if (status != TERN_OK)
        return status;
    functions = tern_realloc(TERN_LOG_TASK, crew->functions,
                             (crew->num_functions + 1) * sizeof *functions);
    if (functions == NULL)
        return TERN_ERR_NO_MEMORY;
    functions[crew->num_functions++] = *function;
    crew->functions                  = functions;
    return TERN_OK;
}

/* --- rounds --- */

static tern_status_t tell(tern_crew_t *crew, tern_work_note_kind_t kind, uint32_t round)
{
    tern_work_note_t note = {.kind = kind, .round = round};

    return tern_courier_send(crew->courier, crew->scheduler, &note, sizeof note, NULL, 0);
}

/* On another node than the scheduler, say where this process can be watched, for once. */
static tern_status_t tell_ready(tern_crew_t *crew, uint32_t round)
{
    tern_work_note_t        note = {.kind = TERN_NOTE_READY, .round = round};
    tern_lifeline_address_t address;

    if (!crew->wants_watch)
        return tell(crew, TERN_NOTE_READY, round);
    crew->wants_watch = false;
    tern_lifeline_open(&crew->lifeline, &address);
    return tern_courier_send(crew->courier, crew->scheduler, &note, sizeof note, &address,
                             sizeof address);
}

tern_status_t tern_crew_enter(tern_crew_t *crew, uint32_t round, bool tells)
{
    crew->round = round + 1;
    return tells ? tell_ready(crew, round) : TERN_OK;
}

tern_status_t tern_crew_leave(tern_crew_t *crew)
{
    uint32_t round = crew->round - 1;

    crew->num_left = crew->round;
    crew->round    = 0;
    forget_all(crew);
    return tell(crew, TERN_NOTE_LEAVE, round);
}

tern_status_t tern_crew_disband(tern_crew_t *crew)
{
    return crew->num_functions == 0 ? TERN_OK
                                    : tell(crew, TERN_NOTE_LEAVE, TERN_LAST_ROUND);
}

bool tern_crew_poll(void *context)
{
    tern_crew_t *crew = context;

    tern_lifeline_take(&crew->lifeline);
    return false;
}

/* --- work --- */

bool tern_crew_has_work(const tern_crew_t *crew)
{
    return crew->first != NULL && !crew->is_running;
}

static tern_status_t run(tern_crew_t *crew, tern_assignment_t *assignment)
{
    const tern_work_function_t *function = find_function(crew, assignment->name);
    tern_status_t               status;

    if (function == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR,
                 "this worker is ordered to run '%s', which it has not registered",
                 assignment->name);
        return TERN_ERR_ARG;
    }
    crew->is_running = true;
    status           = function->run(assignment, function->context);
    crew->is_running = false;
    return status;
}

tern_status_t tern_crew_run_next(tern_crew_t *crew)
{
    tern_assignment_t *assignment = take_first(crew);
    tern_work_note_t   note       = assignment->note;
    tern_status_t      status     = run(crew, assignment);
    bool               leaves     = status == TERN_DONE;

    note.kind   = TERN_NOTE_ANSWER;
    note.status = status < 0 ? status : TERN_OK;
    status      = tern_courier_send(crew->courier, crew->scheduler, &note, sizeof note,
                                    assignment->answer,
                               note.status < 0 ? 0 : assignment->answer_bytes);
    free_assignment(assignment);
    if (leaves && status == TERN_OK && crew->round > 0)
        status = tern_crew_leave(crew);
    return status;
}

static bool take_order(tern_crew_t *crew, const tern_work_note_t *note, const char *bytes,
                       size_t num_bytes)
{
    size_t             args_at    = tern_work_args_at(note);
    tern_assignment_t *assignment = tern_alloc_zeroed(TERN_LOG_TASK, sizeof *assignment);

    if (assignment == NULL)
        return false;
    assignment->note       = *note;
    assignment->args_bytes = num_bytes - args_at;
    assignment->name       = tern_alloc_zeroed(TERN_LOG_TASK, note->name_bytes + 1u);
    assignment->args       = tern_alloc(TERN_LOG_TASK, assignment->args_bytes);
    if (assignment->name == NULL || assignment->args == NULL) {
        free_assignment(assignment);
        return false;
    }
    memcpy(assignment->name, bytes, note->name_bytes);
    memcpy(assignment->args, bytes + args_at, assignment->args_bytes);
    *crew->end_p = assignment;
    crew->end_p  = &assignment->next;
    return true;
}

bool tern_crew_take_note(tern_crew_t *crew, const tern_work_note_t *note,
                         const char *bytes, size_t num_bytes)
{
    if (note->kind == TERN_NOTE_END) {
        crew->num_ended =
            note->round == TERN_LAST_ROUND ? TERN_LAST_ROUND : note->round + 1;
        if (crew->round <= crew->num_ended)
            crew->round = 0;
        return true;
    }
    /* What crossed our leaving goes to somebody else. */
    if (note->round + 1 != crew->round || num_bytes < tern_work_args_at(note))
        return true;
    return take_order(crew, note, bytes, num_bytes);
}

/* --- assignments --- */

const void *tern_assignment_args(const tern_assignment_t *assignment, size_t *bytes_p)
{
    if (bytes_p != NULL)
        *bytes_p = assignment->args_bytes;
    return assignment->args;
}

uint32_t tern_assignment_part(const tern_assignment_t *assignment)
{
    return assignment->note.part;
}

uint32_t tern_assignment_num_parts(const tern_assignment_t *assignment)
{
    return assignment->note.num_parts;
}

uint32_t tern_assignment_attempt(const tern_assignment_t *assignment)
{
    return assignment->note.attempt;
}

tern_status_t tern_assignment_answer(tern_assignment_t *assignment, const void *bytes,
                                     size_t num_bytes)
{
    size_t needed = assignment->answer_bytes + num_bytes;
    size_t max    = 2 * assignment->max_answer_bytes;
    char  *answer = assignment->answer;

    if (needed > assignment->max_answer_bytes) {
        max    = needed > max ? needed : max;
        answer = tern_realloc(TERN_LOG_TASK, answer, max);
        if (answer == NULL)
            return TERN_ERR_NO_MEMORY;
        assignment->answer           = answer;
        assignment->max_answer_bytes = max;
    }
    if (num_bytes > 0)
        memcpy(answer + assignment->answer_bytes, bytes, num_bytes);
    assignment->answer_bytes = needed;
    return TERN_OK;
}
