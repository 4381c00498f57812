#include "session.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dial.h"
#include "wire.h"

/* Have the programs of the job started? tern-run knows. */
static bool has_started(void)
{
    const char *addresses = getenv(RUN_ADDRESSES), *token = getenv(RUN_TOKEN);
    run_lines_t lines = {.length = 0};
    int         fd    = addresses && token ? run_dial(addresses) : -1;
    bool        has;

    if (fd < 0)
        return false;
    run_line_send(fd, "session %s", token);
    has = run_lines_receive(&lines, fd) && run_lines_next(&lines);
    close(fd);
    return has;
}

int run_session(char *command[])
{
    pid_t child = fork();
    int   status;

    if (child == 0) {
        execvp(command[0], command);
        fprintf(stderr, "tern-shield: cannot start %s: %s\n", command[0],
                strerror(errno));
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 127;
    if (status == 0 || has_started())
        return 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
