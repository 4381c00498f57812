# Names, the state folder, its lock, and what is left behind. Sourced by vcluster.
#
# The kernel is the record of what exists: network namespaces NAME-1, NAME-2, ... and NAME-switch, marked
# as ours, and the processes in them. The folder below /run has what the kernel does not know:
#   shape        hosts, groups, host rate, CPU percent
#   wan          the settings of wanlink
#   quota        the folder of the cluster's control groups, if there are quotas
#   hosts        /etc/hosts of every host
#   hostfile     mpirun's
#   NAME-1.pid   the process that keeps host 1 alive
#   tmp/         session folders of MPI
# Only root writes in /run, so nobody else can have put them there.

readonly mark=tern-vcluster # the alias of the loopback device in every namespace of ours

# set_name NAME: names of one cluster can never be those of another, as a host's has one hyphen.
set_name() {
    [[ $1 =~ ^[a-z][a-z0-9]{0,30}$ ]] ||
        usage_error "--name takes small letters and digits, beginning with a letter, not \"$1\""
    name=$1
    switch=$name-switch
    state=/run/tern-vcluster-$name
}

check_root() {
    [[ $(uname -s) == Linux ]] || fail "needs Linux: hosts are made of its namespaces"
    [[ $(id -u) == 0 ]] || fail "needs root, to make network namespaces"
    local program
    for program in ip tc nsenter unshare setsid mount flock; do
        command -v "$program" >/dev/null ||
            fail "needs the program $program (Debian: packages iproute2, util-linux, mount)"
    done
}

# Say now what is missing, before anything is changed.
check_machine() {
    local problem
    check_root
    problem=$(unshare --net --uts --mount --ipc true 2>&1) ||
        fail "needs namespaces, which this machine or container refuses: $problem"
    problem=$(unshare --net ip link add name test type bridge 2>&1) ||
        fail "needs network bridges, which this kernel refuses: $problem"
    if ((num_groups > 1)); then
        [[ -c /dev/net/tun ]] || fail "groups need the device /dev/net/tun, which is not there"
        problem=$(unshare --net ip tuntap add dev test mode tap 2>&1) ||
            fail "groups need TAP devices, which this machine refuses: $problem"
    fi
}

# lock_cluster SECONDS: from here on no other up or down works on this cluster. The lock is on the state
# folder, which one of them may remove while another waits for it: then the next folder is locked. What goes
# on in the background closes file 9, else it would keep the lock.
lock_cluster() {
    while :; do
        mkdir -p "$state"
        exec 9<"$state"
        flock --wait "$1" 9 || fail "another vcluster is building or removing cluster $name"
        [[ /proc/self/fd/9 -ef $state ]] && return
    done
}

# make_namespace NAME
make_namespace() {
    ip netns add "$1"
    ip -n "$1" link set lo alias "$mark"
    ip -n "$1" link set lo up
    # No addresses are wanted beside ours, and no traffic that looks for them.
    ip netns exec "$1" sh -c 'echo 1 | tee /proc/sys/net/ipv6/conf/*/disable_ipv6' >/dev/null 2>&1 || true
}

# A namespace without our mark is ours only if it is empty: up was ended between making and marking it.
is_ours() {
    local links
    links=$(ip -n "$1" link show 2>/dev/null) || return 0
    [[ $links == *"alias $mark"* ]] && return 0 # in a trap, return alone means the code from before it
    [[ -z $(ip netns pids "$1") && $(grep -c '^[0-9]' <<<"$links") == 1 ]]
}

namespaces_of_this_name() {
    ip netns list | sed -n "s/^\($name-\([0-9]*\|switch\)\)\( .*\)\?$/\1/p"
}

processes_of() { ip netns pids "$1" 2>/dev/null || true; }

# end_processes NAMESPACE [SPARED_PID]: again until none is left, since they may be starting others.
end_processes() {
    local round pids
    for ((round = 0; round < 100; round++)); do
        pids=$(processes_of "$1" | grep -vx "${2:-none}") || return 0
        # shellcheck disable=SC2086
        kill -KILL $pids 2>/dev/null || true
        sleep 0.02
    done
    fail "these processes of $1 do not end: $pids"
}

# Remove whatever there is of this cluster, also what a broken up or a lost state folder left.
remove_cluster() {
    local namespace
    for namespace in $(namespaces_of_this_name); do
        is_ours "$namespace" || fail "the network namespace $namespace is not ours; choose another --name"
        end_processes "$namespace"
        ip netns del "$namespace"
    done
    remove_quotas
    find "$state" -mindepth 1 -delete # the folder itself is locked
}

write_shape() { echo "$num_hosts $num_groups $host_rate $cpu" >"$state/shape"; }

# Read the shape of a cluster that is up.
need_cluster() {
    check_root
    read -r num_hosts num_groups host_rate cpu 2>/dev/null <"$state/shape" ||
        fail "cluster $name is not up"
}

print_shape() {
    echo "cluster $name: $num_hosts hosts, $num_groups groups," \
        "link of a host: $( ((host_rate)) && echo "$host_rate Mbit/s" || echo "no limit")," \
        "CPU of a host: $([[ -e $state/quota ]] && echo "$cpu %" || echo "no limit")"
    if [[ -e $state/wan ]]; then
        read -r delay rate loss <"$state/wan"
        echo "between groups: delay $delay ms, rate" \
            "$( ((rate)) && echo "$rate Mbit/s" || echo "no limit"), loss $loss of 1000"
    fi
}

# What a host's processes do; its own keeper is not counted.
status() {
    local i pids link
    need_cluster
    print_shape
    printf '%-12s %5s  %-12s %-5s %s\n' host group address link processes
    for ((i = 1; i <= num_hosts; i++)); do
        find_host "$i"
        link=up
        [[ $(ip -n "$switch" link show "host$i") == *"state DOWN"* ]] && link=cut
        pids=$(processes_of "$host" | grep -cvx "$(keeper_of "$host")") || true
        printf '%-12s %5d  %-12s %-5s %d\n' "$host" "$(group_of "$i")" "$(address_of "$i")" $link "$pids"
    done
}
