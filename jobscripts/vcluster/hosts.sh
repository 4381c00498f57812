# Starting hosts, entering them, faults. Sourced by vcluster.

start_hosts() {
    local i
    {
        echo "127.0.0.1 localhost"
        for ((i = 1; i <= num_hosts; i++)); do echo "$(address_of "$i") $name-$i"; done
    } >"$state/hosts"
    for ((i = 1; i <= num_hosts; i++)); do echo "$name-$i slots=$(nproc)"; done >"$state/hostfile"
    mkdir "$state/tmp"
    # All networks first: a host sees those that were there before it.
    for ((i = 1; i <= num_hosts; i++)); do make_namespace "$name-$i" && connect_host "$i"; done
    for ((i = 1; i <= num_hosts; i++)); do start_host "$name-$i"; done
    for ((i = 1; i <= num_hosts; i++)); do await_host "$name-$i"; done
}

# start_host HOST: the hosts have equal parts of the memory for their /dev/shm.
start_host() {
    exec setsid nsenter --net="/run/netns/$1" unshare --uts --mount --ipc --propagation private \
        "$here/host" "$1" "$state" $((100 / num_hosts)) </dev/null >"$state/$1.log" 2>&1 9<&- &
}

# The keeper writes its pid when the host is ready.
await_host() {
    local round
    for ((round = 0; round < 500; round++)); do
        if [[ -s $state/$1.pid ]]; then return; fi
        sleep 0.02
    done
    fail "host $1 did not start: $(cat "$state/$1.log")"
}

# find_host HOST: sets host and number; HOST is a number or a name.
find_host() {
    number=${1#"$name-"}
    expect_number "HOST" "$number" 1 "$num_hosts"
    number=$((10#$number))
    host=$name-$number
}

# The pid of the process that keeps a host alive, checked: pids are used again.
keeper_of() {
    local pid
    read -r pid 2>/dev/null <"$state/$1.pid" && [[ /proc/$pid/ns/net -ef /run/netns/$1 ]] && echo "$pid"
}

# enter HOST COMMAND...: becomes the command, in the same folder and with the same environment.
enter() {
    local host=$1 keeper
    shift
    keeper=$(keeper_of "$host") || fail "host $host is not alive"
    join_quota "$host"
    # The folder is looked up in the host: a folder that is open from outside has no path there.
    exec nsenter --target "$keeper" --net --uts --mount --ipc \
        sh -c 'cd "$1" && shift && exec "$@"' sh "$PWD" "$@"
}

# signal_processes SIGNAL: every process of the host but its keeper; twice, as they may be starting others.
signal_processes() {
    local keeper pids round
    keeper=$(keeper_of "$host") || fail "host $host is not alive"
    for round in 1 2; do
        pids=$(processes_of "$host" | grep -vx "$keeper") || return 0
        # shellcheck disable=SC2086
        kill -s "$1" $pids 2>/dev/null || true
    done
}

kill_host() { end_processes "$host" "$(keeper_of "$host")"; }

# No last word gets out: the link goes first.
crash_host() { cut_host && kill_host; }

stop_host() { signal_processes STOP; }
cont_host() { signal_processes CONT; }
cut_host() { in_switch link set "host$number" down; }
heal_host() { in_switch link set "host$number" up; }
