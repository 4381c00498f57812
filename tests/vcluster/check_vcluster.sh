#!/bin/sh
# Facts about the virtual cluster: what is a host's own, delay, rate, faults, and that nothing is left
# behind. Times are compared with lower bounds only, which physics gives. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/vcluster.sh"
scratch=$(mktemp -d)
trap 'vcluster down 2>/dev/null; rm -rf "$scratch"' EXIT

# refused TEXT ARGUMENT...: vcluster names what is wrong with its arguments.
refused() {
    text=$1
    shift
    expect 2 "$text" "$vcluster_program" "$@"
}

fact wrong_usage_is_refused_by_name "$(
    refused 'a command is missing'
    refused 'unknown command fly' fly
    refused '--name takes small letters' --name ../x up 2
    refused 'up needs the number of hosts' up
    refused 'the number of hosts takes a whole number from 1 to 64' up 65
    refused 'unknown option --dealy' up 2 --dealy 5
    refused '--delay takes milliseconds' up 2 --delay fast
    refused '--rate needs a value' up 2 --rate
    refused '--loss takes a whole number from 0 to 1000' up 2 --loss 1001
    refused '--groups 3 is more than there are hosts' up 2 --groups 3
    refused 'they need --groups 2' up 2 --groups 1 --delay 5
    refused '--transport takes ob1 or ucx' run --transport tcp true
    refused 'exec takes HOST COMMAND' exec 1
    refused 'kill takes HOST' kill)"
fact help_is_printed "$(expect 0 'up N [options]' "$vcluster_program" --help)"
if unshare --user true 2>/dev/null; then
    fact without_root_it_says_so "$(expect 1 'needs root' unshare --user "$vcluster_program" up 2)"
else
    skip without_root_it_says_so "no user namespaces"
fi

reason=$(vcluster_missing)
if [ -n "$reason" ]; then
    skip virtual_hosts "$reason"
    facts_end
fi

# Milliseconds that a command takes.
milliseconds() {
    begin=$(date +%s%N)
    "$@" >"$scratch/timed" 2>&1
    echo $((($(date +%s%N) - begin) / 1000000))
}

# at_least MINIMUM FOUND WHAT
at_least() {
    [ "$2" -ge "$1" ] || { echo "$3 took $2 ms, which is less than $1"; cat "$scratch/timed"; }
}

on() {
    vcluster exec "$@"
}

# reach FROM TO: open a connection to a port where nobody listens; a refusal takes one round trip.
reach() {
    on "$1" timeout 3 bash -c ": </dev/tcp/10.77.0.$2/9" 2>&1
}

is_reached() {
    case $(reach "$1" "$2") in *refused*) ;; *) echo "host $2 is not reached from host $1" ;; esac
}

is_apart() {
    case $(reach "$1" "$2") in *refused*) echo "host $2 is reached from host $1" ;; esac
}

# Send $3 bytes from host $1 to host $2 and wait until all have come.
transfer() {
    on "$2" timeout 60 perl -MSocket -e '
        socket(SERVER, PF_INET, SOCK_STREAM, 0) and setsockopt(SERVER, SOL_SOCKET, SO_REUSEADDR, 1)
            and bind(SERVER, sockaddr_in(7000, INADDR_ANY)) and listen(SERVER, 1) or die $!;
        accept(CLIENT, SERVER);
        while (my $n = sysread(CLIENT, my $data, 65536)) { $sum += $n }
        print "received $sum\n"' &
    receiver=$!
    on "$1" timeout 60 bash -c "until exec 3>/dev/tcp/10.77.0.$2/7000; do sleep 0.02; done 2>/dev/null
        head -c $3 /dev/zero >&3"
    wait $receiver
}

# Wait until host $1 has $2 processes.
await_processes() {
    tries=100
    until [ "$(vcluster status | awk -v host="$cluster-$1" '$1 == host { print $5 }')" = "$2" ]; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "host $1 has not $2 processes:"; vcluster status; return; }
        sleep 0.05
    done
}

# Whatever bears the name of our cluster.
left_behind() {
    ip netns list | grep "^$cluster-"
    ls -d "/run/tern-vcluster-$cluster" /sys/fs/cgroup/*/"tern-vcluster-$cluster" \
        "/sys/fs/cgroup/tern-vcluster-$cluster" 2>/dev/null
    ip -o link show | grep -E ': (group|wan|host)[0-9]'
    # Processes in namespaces that have no name any more.
    for inode in ${inodes-}; do
        ls -lL --time-style=+ /proc/[0-9]*/ns/net -i 2>/dev/null | grep "^ *$inode "
    done
}

remember_namespaces() {
    inodes=$(stat -L -c %i "/run/netns/$cluster"-*)
}

check_hosts() {
    fact hosts_have_names_of_their_own "$(for i in 1 2 3; do
        [ "$(on $i hostname)" = "$cluster-$i" ] || echo "host $i is called $(on $i hostname)"; done)"
    on 1 touch "/dev/shm/$cluster"
    fact shared_memory_is_a_hosts_own "$(
        on 1 test -e "/dev/shm/$cluster" || echo "host 1 lost its file"
        ! on 2 test -e "/dev/shm/$cluster" || echo "host 2 has the file of host 1"
        [ ! -e "/dev/shm/$cluster" ] || echo "the machine has the file of host 1")"
    fact hosts_reach_each_other "$(is_reached 1 2; is_reached 2 3; is_reached 3 1)"
    fact hosts_know_each_other_by_name "$(
        on 1 getent hosts "$cluster-3" | grep -q 10.77.0.3 || echo "host 1 does not know host 3")"
    fact a_wrong_host_is_refused "$(refused 'HOST takes a whole number from 1 to 3' exec 4 true)"
    fact exit_codes_are_the_programs "$(on 2 sh -c 'exit 7'; [ $? -eq 7 ] || echo "not 7")"
    fact arguments_stay_whole "$(
        [ "$(on 2 printf '[%s]' 'a  b' '$c')" = '[a  b][$c]' ] || on 2 printf '[%s]' 'a  b' '$c')"
}

check_mpi() {
    if ! command -v mpirun >/dev/null; then
        skip mpi_runs_on_all_hosts "no mpirun"
        return
    fi
    # mpirun warns now and then that a launcher of its own was faster than it at making it a group.
    for transport in ob1 ucx; do
        fact "mpi_runs_on_all_hosts ($transport)" "$(
            timeout 60 "$vcluster_program" run --transport $transport -n 6 hostname 2>&1 | grep -v 'Warning: setpgid' |
                LC_ALL=C sort | tr '\n' ' ' |
                grep -vx "$cluster-1 $cluster-1 $cluster-2 $cluster-2 $cluster-3 $cluster-3 ")"
    done
}

check_faults() {
    vcluster cut 2
    fact a_cut_host_is_out_of_reach_until_it_is_healed "$(
        is_apart 1 2; is_reached 1 3; vcluster heal 2; is_reached 1 2)"
    ("$vcluster_program" exec 2 sleep 1000 &) # by a shell of its own, which tells nobody that it was killed
    ("$vcluster_program" exec 3 sleep 1000 &)
    fact processes_are_counted "$(await_processes 2 1; await_processes 3 1)"
    vcluster stop 2
    fact a_stopped_host_does_nothing "$(
        pid=$(vcluster_processes 2)
        grep -q '^State:.*stopped' "/proc/$pid/status" || grep State "/proc/$pid/status"
        vcluster cont 2
        grep -q '^State:.*stopped' "/proc/$pid/status" && echo "still stopped")"
    vcluster kill 2
    fact kill_ends_the_processes_of_one_host "$(await_processes 2 0; await_processes 3 1; is_reached 1 2)"
    vcluster crash 3
    fact crash_ends_the_processes_and_cuts_the_link "$(await_processes 3 0; is_apart 1 3
        vcluster heal 3; is_reached 1 3)"
}

check_distance() {
    vcluster up 3 --groups 3 --delay 30 >"$scratch/up" || cat "$scratch/up"
    reach 1 2 >"$scratch/timed" # addresses are known now
    fact a_round_trip_takes_two_delays "$(at_least 60 "$(milliseconds reach 1 2)" "a round trip")"
    vcluster wan 50 0
    fact the_delay_may_change "$(at_least 100 "$(milliseconds reach 1 2)" "a round trip")"
    vcluster wan 0 8
    fact the_rate_holds "$(at_least 500 "$(milliseconds transfer 1 2 500000)" "500 kB at 8 Mbit/s"
        grep -q 'received 500000' "$scratch/timed" || cat "$scratch/timed")"
    vcluster wan 0 0 50
    fact losses_are_made_good_by_tcp "$(
        transfer 1 2 500000 | grep -q 'received 500000' || echo "not all came")"
    vcluster wan 0 0
    vcluster wan cut 2
    fact a_cut_group_is_out_of_reach_until_it_is_healed "$(
        is_apart 1 2; is_reached 1 3; vcluster wan heal 2; is_reached 1 2)"
    fact a_wrong_group_is_refused "$(refused 'the group of wan takes a whole number from 1 to 3' wan cut 4)"
}

check_limits() {
    vcluster up 2 --host-rate 10 --cpu 30 >"$scratch/up" 2>&1 || cat "$scratch/up"
    fact the_rate_of_a_hosts_link_holds "$( # the bucket may send its 64 KiB at once
        at_least 340 "$(milliseconds transfer 1 2 500000)" "500 kB at 10 Mbit/s"
        grep -q 'received 500000' "$scratch/timed" || cat "$scratch/timed")"
    if grep -q 'no CPU quotas here' "$scratch/up"; then
        skip the_cpu_quota_holds "$(grep -o 'no control groups.*written' "$scratch/up")"
        return
    fi
    # A second of processor time takes more than three, less what one period lets through.
    fact the_cpu_quota_holds "$(at_least 900 "$(milliseconds on 2 perl -e 'while ((times)[0] < 0.3) {}')" "0.3 s of work")"
}

check_remains() {
    vcluster up 2 --groups 2 --cpu 50 >"$scratch/up" 2>&1
    remember_namespaces
    ("$vcluster_program" exec 1 sleep 1000 &)
    await_processes 1 1
    (
        exec 9<"/run/tern-vcluster-$cluster"
        flock 9
        fact_text=$(expect 1 'another vcluster is building or removing' "$vcluster_program" up 2)
        echo "$fact_text" >"$scratch/locked"
    )
    fact two_at_once_are_refused "$(cat "$scratch/locked")"
    vcluster up 2 >"$scratch/up"
    fact up_again_ends_what_was_up "$(await_processes 1 0; vcluster status | grep 'between groups')"
    vcluster up 3 --groups 3 >"$scratch/up"
    rm -r "/run/tern-vcluster-$cluster" # as if the machine's state had been lost
    fact a_lost_state_folder_does_not_matter "$(vcluster up 2 2>&1 | grep -v '2 hosts, 1 groups'; vcluster exec 2 true
        ip netns list | grep "^$cluster-3")"
    remember_namespaces
    vcluster down
    fact down_leaves_nothing_behind "$(left_behind)"
    fact an_up_that_fails_leaves_nothing_behind "$(
        TERN_VCLUSTER_WANLINK=/bin/false expect 1 'up failed' "$vcluster_program" up 2 --groups 2
        left_behind)"
    fact down_again_is_no_error "$(vcluster down 2>&1 || echo "exit code $?")"
    fact what_is_down_says_so "$(expect 1 "cluster $cluster is not up" "$vcluster_program" status)"
    ip netns add "$cluster-1"
    ip -n "$cluster-1" link add other type bridge
    fact the_namespace_of_somebody_else_is_left_alone "$(
        expect 1 "$cluster-1 is not ours" "$vcluster_program" up 2
        ip -n "$cluster-1" link show other 2>&1 | grep 'not exist')"
    ip netns del "$cluster-1"
}

if ! vcluster up 3 >"$scratch/up" 2>&1; then
    fact the_cluster_starts "$(cat "$scratch/up")"
    facts_end
fi
check_hosts
check_mpi
check_faults
check_distance
check_limits
check_remains
facts_end
