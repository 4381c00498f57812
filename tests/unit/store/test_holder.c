#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "facts.h"
#include "store/holder.h"

static pid_t start_child(void)
{
    pid_t child = fork();

    if (child == 0)
        for (;;)
            pause();
    return child;
}

static void a_living_process_is_not_dead(void)
{
    pid_t          pids[2] = {getpid(), start_child()};
    tern_holders_t holders;

    CU_ASSERT_FATAL(tern_holders_init(&holders, 2, pids, 1) == TERN_OK);
    CU_ASSERT(!tern_holders_is_dead(&holders, 1));
    CU_ASSERT(!tern_holders_is_dead(&holders, 2));
    CU_ASSERT(!tern_holders_is_dead(&holders, 3)); /* no such holder */
    tern_holders_fini(&holders);
    kill(pids[1], SIGKILL);
    waitpid(pids[1], NULL, 0);
}

static void a_zombie_is_dead(void)
{
    pid_t          pids[2] = {getpid(), start_child()};
    siginfo_t      info;
    tern_holders_t holders;

    CU_ASSERT_FATAL(tern_holders_init(&holders, 2, pids, 1) == TERN_OK);
    kill(pids[1], SIGKILL);
    CU_ASSERT_FATAL(waitid(P_PID, (id_t)pids[1], &info, WEXITED | WNOWAIT) == 0);
    CU_ASSERT(kill(pids[1], 0) == 0); /* which is why kill() cannot tell */
    CU_ASSERT(tern_holders_is_dead(&holders, 2));
    waitpid(pids[1], NULL, 0);
    CU_ASSERT(tern_holders_is_dead(&holders, 2));
    tern_holders_fini(&holders);
}

static void who_ended_before_the_start_is_dead(void)
{
    pid_t          pids[2] = {getpid(), start_child()};
    tern_holders_t holders;

    kill(pids[1], SIGKILL);
    waitpid(pids[1], NULL, 0);
    CU_ASSERT_FATAL(tern_holders_init(&holders, 2, pids, 1) == TERN_OK);
    CU_ASSERT(tern_holders_is_dead(&holders, 2));
    tern_holders_fini(&holders);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_living_process_is_not_dead),
        FACT(a_zombie_is_dead),
        FACT(who_ended_before_the_start_is_dead),
    };

    return facts_run("store/holder", facts, sizeof(facts) / sizeof(facts[0]));
}
