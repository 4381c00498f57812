#include "base/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stop_signal, dump_requested;
static int                   num_installed;

static const int        handled[] = {SIGINT, SIGTERM, SIGUSR2, SIGPIPE};
static struct sigaction previous[sizeof handled / sizeof *handled];

static void on_stop(int number)
{
    if (stop_signal != 0) {
        signal(number, SIG_DFL);
        raise(number);
    }
    stop_signal = number;
}

static void on_dump(int number)
{
    (void)number;
    dump_requested = 1;
}

static void install_one(size_t i)
{
    struct sigaction action = {.sa_handler = on_stop};

    if (handled[i] == SIGUSR2)
        action.sa_handler = on_dump;
    else if (handled[i] == SIGPIPE)
        action.sa_handler = SIG_IGN;
    sigaction(handled[i], &action, &previous[i]);
}

void tern_signals_install(void)
{
    if (num_installed++ > 0)
        return;
    stop_signal = dump_requested = 0;
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        install_one(i);
}

void tern_signals_restore(void)
{
    if (--num_installed > 0)
        return;
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        sigaction(handled[i], &previous[i], NULL);
}

int tern_signals_stop(void)
{
    return stop_signal;
}

bool tern_signals_take_dump(void)
{
    bool was_requested = dump_requested != 0;

    dump_requested = 0;
    return was_requested;
}
