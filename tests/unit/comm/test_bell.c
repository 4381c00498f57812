#include "comm/bell.h"

#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "facts.h"

static bool is_ringing(int bell)
{
    struct pollfd poll_bell = {bell, POLLIN, 0};

    return poll(&poll_bell, 1, 0) == 1;
}

static void a_bell_rings_until_it_is_silenced(void)
{
    char name[TERN_BELL_NAME_BYTES], other_name[TERN_BELL_NAME_BYTES];
    int  bell = tern_bell_open(name), other = tern_bell_open(other_name);

    CU_ASSERT(bell >= 0 && other >= 0);
    CU_ASSERT(memcmp(name, other_name, sizeof name) != 0);
    CU_ASSERT(!is_ringing(bell));
    for (int i = 0; i < 1000; i++) /* more than are kept; no ring waits */
        tern_bell_ring(other, name);
    CU_ASSERT(is_ringing(bell));
    CU_ASSERT(!is_ringing(other));
    tern_bell_silence(bell);
    CU_ASSERT(!is_ringing(bell));
    close(bell);
    tern_bell_ring(other, name); /* nobody is there: no harm */
    close(other);
}

static void another_process_can_ring(void)
{
    char          name[TERN_BELL_NAME_BYTES], own_name[TERN_BELL_NAME_BYTES];
    int           bell      = tern_bell_open(name);
    struct pollfd poll_bell = {bell, POLLIN, 0};
    pid_t         child     = fork();

    if (child == 0) {
        close(bell);
        tern_bell_ring(tern_bell_open(own_name), name);
        _exit(0);
    }
    CU_ASSERT_EQUAL(poll(&poll_bell, 1, 60000), 1);
    waitpid(child, NULL, 0);
    close(bell);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_bell_rings_until_it_is_silenced),
        FACT(another_process_can_ring),
    };

    return facts_run("comm/bell", facts, sizeof facts / sizeof *facts);
}
