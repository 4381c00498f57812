#!/bin/sh
# Facts about a rank that dies by SIGKILL. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"

name=a_worker_killed_with_a_latch_blocks_nobody
if ! ${MPIRUN:-mpirun} --version 2>/dev/null | grep -q 'Open MPI) 4'; then
    skip $name "only Open MPI 4's launcher is known to let survivors go on"
    facts_end
fi

# A shell around each rank turns its death by signal into exit code 0, so that mpirun does not end the job.
log=$(TERN_STATS=none timeout --kill-after=10 60 ${MPIRUN:-mpirun} --mca orte_allowed_exit_without_sync 1 \
    -n 4 sh -c '"$0"; exit 0' tests/fault/latch_victim 2>&1)
case $log in
    *"survived: the row is 1, 1 latches broken"*) fact $name "" ;;
    *) fact $name "$log" ;;
esac
facts_end
