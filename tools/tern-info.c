/** \file
 * tern-info: what this build and this machine can do.
 *
 *     $ tern-info
 *     tern           0.1.0
 *     mpi            Open MPI v4.1.4, ...
 *     ...
 *     $ tern-info --json | jq .hdf5
 *
 * With --json the facts are one object of strings. Starts no MPI, so it answers anywhere.
 */
#include <stdio.h>

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

static void print_facts(bool as_json)
{
    bool is_first = true;

    if (!as_json) {
        tern_info_visit(print_line, NULL);
        return;
    }
    tern_info_visit(print_member, &is_first);
    printf("}\n");
}

int main(int argc, char *argv[])
{
    tern_options_t *options = NULL;
    tern_status_t   status;

    status = tern_options_create("tern-info", "what this build and this machine can do",
                                 &options);
    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status == TERN_OK)
        print_facts(tern_option_flag(options, "json"));
    tern_options_destroy(&options);
    return tern_status_exit_code(status);
}
