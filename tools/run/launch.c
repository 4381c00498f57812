/** \file
 * What lets survivors go on under Open MPI 4:
 *
 *   tern-shield                      mpirun sees no death, only exit code 0; of a rank, and of the remote shell
 *                                    to a lost host
 *   orte_allowed_exit_without_sync   a rank may leave without MPI_Finalize, as survivors must
 *   orte_enable_recovery             a host that is lost, with mpirun's daemon, does not end the job; mpirun then
 *                                    does not end at all, so tern-run ends it when the last rank has reported
 */
#include "launch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "wire.h"

#define AGENT "OMPI_MCA_plm_rsh_agent"

static const char *const survival[] = {"--mca",
                                       "orte_allowed_exit_without_sync",
                                       "1",
                                       "--mca",
                                       "orte_enable_recovery",
                                       "1",
                                       "-x",
                                       RUN_ADDRESSES,
                                       "-x",
                                       RUN_TOKEN};
enum { NUM_SURVIVAL = sizeof survival / sizeof *survival };

/* The shield is installed beside tern-run. */
static bool find_shield(char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    char   *slash;

    path[length > 0 ? length : 0] = '\0';
    slash                         = strrchr(path, '/');
    if (!slash || (size_t)(slash - path) + sizeof "/tern-shield" > PATH_MAX)
        return false;
    strcpy(slash, "/tern-shield");
    return access(path, X_OK) == 0;
}

/* Put a shield before the remote shell, too (session.h). Where the user names none it is ssh; if there is a batch
 * system that has its own way to other hosts, mpirun knows better. An --mca plm_rsh_agent overrules this. */
static void shield_sessions(const char *shield)
{
    const char *agent = getenv(AGENT);
    char        text[2 * PATH_MAX];

    if (!agent && (getenv("SGE_ROOT") || getenv("LOADL_STEP_ID")))
        return;
    snprintf(text, sizeof text, "%s " RUN_SESSION " %s", shield, agent ? agent : "ssh");
    setenv(AGENT, text, 1);
}

static char **build_command(const run_settings_t *settings, char *shield)
{
    size_t num_arguments = 0, n = 0;
    char **command;

    while (settings->program[num_arguments])
        num_arguments++;
    command =
        calloc(NUM_SURVIVAL + settings->num_words + num_arguments + 7, sizeof *command);
    if (!command)
        return NULL;
    command[n++] = (char *)settings->mpirun;
    for (size_t i = 0; i < NUM_SURVIVAL; i++)
        command[n++] = (char *)survival[i];
    if (settings->interface) {
        command[n++] = "--mca";
        command[n++] = "oob_tcp_if_include";
        command[n++] = (char *)settings->interface;
    }
    for (size_t i = 0; i < settings->num_words; i++)
        command[n++] = settings->words[i];
    command[n++] = shield;
    for (size_t i = 0; i < num_arguments; i++)
        command[n++] = settings->program[i];
    return command;
}

static void become(char *command[], const sigset_t *mask)
{
    /* A group of its own, so that whoever signals tern-run's group does not signal mpirun twice, which it takes
     * for impatience. Not at a terminal: only the foreground group may read from it, and gets its signals. */
    if (!isatty(STDIN_FILENO))
        setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(command[0], command);
    fprintf(stderr, "tern-run: cannot start %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

pid_t run_launch(const run_settings_t *settings, const sigset_t *mask)
{
    char   shield[PATH_MAX];
    char **command;
    pid_t  child;

    if (!find_shield(shield)) {
        fprintf(stderr, "tern-run: there is no %s\n", shield);
        return -1;
    }
    shield_sessions(shield);
    command = build_command(settings, shield);
    child   = command ? fork() : -1;
    if (child == 0)
        become(command, mask);
    if (child < 0)
        fprintf(stderr, "tern-run: cannot start a process: %s\n", strerror(errno));
    free(command);
    return child;
}
