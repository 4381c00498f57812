#include "help.h"

#include <stdio.h>
#include <string.h>

#include "options.h"

static const char usage[] =
    "Usage: tern-run -n N [options] [mpirun options] PROGRAM [arguments]\n"
    "\n"
    "Start PROGRAM on N ranks so that the job outlives the loss of some of them.\n"
    "\n"
    "Options (and their defaults):\n"
    "  --transport auto|ob1|ucx  what carries messages (auto: UCX over TCP if the job "
    "spans\n"
    "                            hosts and UCX is there, else what Open MPI chooses)\n"
    "  --interface NAME          network interface (OMPI_MCA_btl_tcp_if_include, else "
    "the\n"
    "                            one by which a host reaches tern-run)\n"
    "  --tolerate-crashes        death by SIGSEGV, SIGABRT, SIGBUS, SIGILL or SIGFPE is "
    "a\n"
    "                            loss like any other (no: it ends and fails the run)\n"
    "  --grace-seconds N         time for mpirun to end after all ranks have (5)\n"
    "  --mpirun PROGRAM          Open MPI's launcher (mpirun)\n"
    "  --pass WORD               hand WORD to mpirun as it is; may be repeated\n"
    "  --help, --version\n"
    "\n"
    "Options of mpirun that pass through, with one dash or two:\n";

static const char exit_status[] =
    "\n"
    "Exit status:\n"
    "  0      at least one rank survived, and all survivors exited with 0\n"
    "  n      the first exit code of a rank that was not 0; it ends the job\n"
    "  128+s  a rank crashed by signal s; or no rank survived and the first died by s; "
    "or\n"
    "         tern-run was ended by s\n"
    "  2      a wrong command line\n"
    "  125    no verdict: mpirun did not start all ranks, or all left without a word\n"
    "  127    PROGRAM could not be started\n";

static const char *const value_notes[] = {"", " VALUE", " NAME VALUE"};

void run_help_print(void)
{
    int column = 0;

    fputs(usage, stdout);
    for (const run_option_t *option = run_options; option->name; option++) {
        const char *note = value_notes[option->num_values];

        if (option->is_own)
            continue;
        if (column + strlen(option->name) + strlen(note) > 76) {
            putchar('\n');
            column = 0;
        }
        column += printf("%s-%s%s", column ? ", " : "  ", option->name, note);
    }
    putchar('\n');
    fputs(exit_status, stdout);
}
