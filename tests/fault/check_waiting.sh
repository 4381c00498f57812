#!/bin/sh
# Facts about waits that last: who waits for whom is reported, SIGUSR2 lists what is outstanding, SIGTERM
# ends the job cleanly. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Wait until a line of file $1 matches $2; says what is missing if none has come after a minute.
await() {
    tries=600
    until grep -q "$2" "$1"; do
        tries=$((tries - 1))
        if [ $tries -eq 0 ]; then
            echo "no line matches '$2' in:"
            cat "$1"
            return
        fi
        sleep 0.1
    done
}

# One run of 4 ranks in nodes of $1 (0: one node), looked at from outside.
look_on() {
    log=$scratch/log$1
    TERN_NODE_RANKS=$1 TERN_STALL_SECONDS=0.2 TERN_STATS=none timeout --kill-after=10 120 \
        ${MPIRUN:-mpirun} -n 4 tests/fault/idler >"$log" 2>&1 &
    launcher=$!
    fact "a_wait_that_lasts_names_the_rank_that_is_waited_for ($2)" \
        "$(await "$log" "waited .* for clock 1 of the slowest worker: rank 3 stands at 0")"
    pid=$(sed -n 's/worker 0 has pid //p' "$log")
    [ -n "$pid" ] && kill -USR2 "$pid"
    fact "SIGUSR2_lists_what_is_outstanding ($2)" "$(await "$log" "clock 1, 0 messages not answered")"
    [ -n "$pid" ] && kill -TERM "$pid" # one rank is told, all stop
    wait $launcher
    fact "SIGTERM_at_one_rank_ends_all_cleanly ($2)" \
        "$(await "$log" "worker 0: .*signal 15"; await "$log" "worker 1: .*signal 15")"
}

look_on 0 "one node"
look_on 2 "two nodes"
facts_end
