/** \file
 * tern-info: what this build and this machine can do.
 *
 *     $ tern-info
 *     tern           0.1.0
 *     mpi            Open MPI v4.1.4, ...
 *     ...
 *     $ tern-info --json | jq .hdf5
 *     $ mpirun -n 2 --map-by node tern-info --probe
 *     pulls          memory, else window
 *     ...
 *
 * With --json the facts are one object of strings. Starts no MPI, so it answers anywhere; with --probe it
 * does, and says what the start of a run found out about the way between these ranks.
 */
#include <stdio.h>

#include "tern/runtime.h"

#include "tern/info.h"
#include "tern/options.h"

static void print_line(const char *name, const char *value, void *context)
{
    (void)context;
    printf("%-14s %s\n", name, value);
}

static void print_json_string(const char *text)
{
    putchar('"');
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            printf("\\u%04x", (unsigned char)*text);
        else
            putchar(*text);
    putchar('"');
}

static void print_member(const char *name, const char *value, void *context)
{
    bool *is_first = context;

    printf(*is_first ? "{" : ", ");
    *is_first = false;
    print_json_string(name);
    printf(": ");
    print_json_string(value);
}

/* About this build, or about a run. */
static void print_facts(const tern_runtime_t *runtime, bool as_json)
{
    bool                is_first = true;
    tern_info_visit_fn *visit    = as_json ? print_member : print_line;

    if (runtime == NULL)
        tern_info_visit(visit, &is_first);
    else
        tern_info_probe(runtime, visit, &is_first);
    if (as_json)
        printf("}\n");
}

static tern_status_t probe(tern_options_t *options)
{
    tern_runtime_t *runtime = NULL;
    tern_status_t   status  = tern_options_set(options, "stats", "none");

    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, options, &runtime);
    if (status != TERN_OK)
        return status;
    if (tern_rank(runtime) == 0)
        print_facts(runtime, tern_option_flag(options, "json"));
    return tern_finalize(&runtime);
}

static const tern_option_t tool_options[] = {
    {.name          = "probe",
     .type          = TERN_OPTION_FLAG,
     .default_value = "no",
     .help          = "start a run and say how pulls between its nodes go; under mpirun"},
};

int main(int argc, char *argv[])
{
    tern_options_t *options = NULL;
    tern_status_t   status;

    status = tern_options_create("tern-info", "what this build and this machine can do",
                                 &options);
    if (status == TERN_OK)
        status = tern_options_add(options, 1, tool_options);
    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status == TERN_OK && tern_option_flag(options, "probe"))
        status = probe(options);
    else if (status == TERN_OK)
        print_facts(NULL, tern_option_flag(options, "json"));
    tern_options_destroy(&options);
    return tern_status_exit_code(status);
}
