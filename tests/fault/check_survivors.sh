#!/bin/sh
# Facts about jobs that lose a rank by SIGKILL under tern-run: on one host, and between virtual hosts. Runs in
# the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
. "$top/tests/support/vcluster.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mpirun=${MPIRUN:-mpirun}
mpirun=${mpirun%% *}

if ! "$mpirun" --version 2>/dev/null | grep -q 'Open MPI) 4'; then
    skip survivors_go_on "only Open MPI 4's launcher is known to let survivors go on"
    facts_end
fi

says() { grep -qF -- "$1" "$scratch/output" || { echo "no \"$1\""; cat "$scratch/output"; }; }

# The last of four ranks is no server; ranks 0 and 2 are on the first host, 1 and 3 on the second.
talker="tests/fault/talker --roles scheduler+server+worker,server+worker,worker,worker"
all_talked="survivors: 3, rows with all their changes: 2048 of 2048"

fact a_worker_killed_with_a_latch_blocks_nobody "$(
    TERN_STATS=none expect 0 "survived: the row is 1, 1 latches broken" \
        ./tern-run --mpirun "$mpirun" -n 4 tests/fault/latch_victim
    says "rank 3 on $(hostname) was killed by SIGKILL; the others go on")"
# Orders have no deadline. Servers do not die: nobody takes over their rows yet.
foreman="tests/fault/order_victim --roles scheduler+server,worker,worker,worker"
all_answered="orders answered once: 24 of 24, of these lost: 0"
one_lost="orders answered once: 24 of 24, of these lost: 1"

fact orders_of_a_killed_neighbour_are_given_to_others "$(
    expect 0 "$all_answered" timeout 60 ./tern-run --mpirun "$mpirun" -n 4 $foreman
    says "worker 2, rank 3 on $(hostname), is lost: others get what it was given")"
fact orders_of_a_killed_worker_of_another_node_are_given_to_others "$(
    expect 0 "$all_answered" timeout 60 ./tern-run --mpirun "$mpirun" -n 4 $foreman --node-ranks 1
    says "worker 2, rank 3 on $(hostname), is lost: others get what it was given")"
fact an_order_that_kills_its_workers_ends "$(
    expect 0 "$one_lost" timeout 60 ./tern-run --mpirun "$mpirun" -n 4 $foreman --hard-order)"
fact survivors_go_on_on_one_host "$(
    expect 0 "$all_talked" ./tern-run --mpirun "$mpirun" -n 4 $talker
    says "rank 3 on $(hostname) was killed by SIGKILL; the others go on"
    says "transport: ob1 over shared memory; survivable (shielded by tern-run)")"
fact survivors_go_on_between_nodes_of_one_host "$(
    expect 0 "$all_talked" ./tern-run --mpirun "$mpirun" -n 4 $talker --node-ranks 1)"
fact without_tern_run_the_start_says_not_survivable "$(
    expect 0 "not survivable: mpirun ends the job" \
        "$mpirun" -n 2 ./tern-bench --case raw-gather --rows 1k --seconds 0.01)"

reason=$(vcluster_missing)
if [ -n "$reason" ]; then
    skip survivors_go_on_between_hosts "no virtual hosts: $reason"
    facts_end
elif ! ompi_info --parsable 2>/dev/null | grep -q '^mca:pml:ucx:version'; then
    skip survivors_go_on_between_hosts "this Open MPI has no UCX"
    facts_end
fi

trap 'vcluster down; rm -rf "$scratch"' EXIT
vcluster up 3 >/dev/null

fact survivors_go_on_between_hosts "$(
    expect 0 "$all_talked" "$vcluster_program" run --launcher "$PWD/tern-run" -n 4 \
        --host "$cluster-1:2,$cluster-2:2" $talker
    says "4 ranks on 2 hosts, transport ucx/tcp, survivable: yes (shielded ranks)"
    says "rank 3 on $cluster-2 was killed by SIGKILL; the others go on"
    says "transport: ucx over tcp; survivable (shielded by tern-run)")"
fact orders_of_a_killed_worker_of_another_host_are_given_to_others "$(
    expect 0 "$all_answered" timeout 60 "$vcluster_program" run --launcher "$PWD/tern-run" -n 4 \
        --host "$cluster-1:2,$cluster-2:2" $foreman
    says "worker 2, rank 3 on $cluster-2, is lost: others get what it was given")"
fact ob1_between_hosts_is_called_not_survivable "$(
    expect 0 "transport: ob1 over tcp; not survivable: a lost rank may block the others" \
        "$vcluster_program" run --launcher "$PWD/tern-run" -n 2 --transport ob1 \
        ./tern-bench --case local-pull --rows 1k --seconds 0.01
    says "2 ranks on 2 hosts, transport ob1/tcp, survivable: no")"

fact networks_that_were_not_tried_are_called_not_survivable "$(
    UCX_TLS=self expect 0 "transport ucx/UCX_TLS, survivable: no (losses have been tried over TCP only" \
        "$vcluster_program" run --launcher "$PWD/tern-run" -n 2 true)"

# lose_host FAULT: three ranks on three hosts note that they run, host 3 is lost, then the others may end.
lose_host() {
    vcluster run --launcher "$PWD/tern-run" -n 3 sh -c "touch $scratch/begun.\$OMPI_COMM_WORLD_RANK
        until [ -e $scratch/lost ]; do sleep 0.1; done; echo went on" >"$scratch/output" 2>&1 &
    launcher=$!
    within test -e "$scratch/begun.0" -a -e "$scratch/begun.1" -a -e "$scratch/begun.2" || echo "ranks did not start"
    vcluster "$1" 3
    within grep -q "rank 2 is lost" "$scratch/output"
    touch "$scratch/lost"
    wait $launcher
    found=$?
    [ $found -eq 0 ] || echo "exit code $found"
    says "rank 2 is lost, with its shield or all of $cluster-3; the others go on"
    says "2 of 3 ranks survived and exited with 0"
    [ "$(grep -c '^went on' "$scratch/output")" = 2 ] || cat "$scratch/output"
    for host in 1 2; do vcluster_processes $host; done
}
fact survivors_go_on_when_a_host_is_killed "$(lose_host kill)"

# A host without power closes no connection: that of its worker, which computes, falls silent.
lose_silently() {
    vcluster run --launcher "$PWD/tern-run" -n 3 tests/fault/order_victim --roles scheduler+server,worker,worker \
        --halt "$scratch/halted" >"$scratch/output" 2>&1 &
    launcher=$!
    within test -e "$scratch/halted" || echo "the worker was given nothing"
    vcluster crash 3
    within grep -qF "$all_answered" "$scratch/output" || cat "$scratch/output"
    says "worker 1, rank 2 on $cluster-3, is lost: others get what it was given"
    vcluster down >/dev/null 2>&1
    wait $launcher
}
vcluster up 3 >/dev/null
fact orders_of_a_silent_host_are_given_to_others "$(lose_silently)"
facts_end
