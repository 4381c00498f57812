# Switch, groups and links. Sourced by vcluster.
#
# All of it is in the namespace NAME-switch, nothing in the machine's own, so clusters cannot collide:
#
#   host NAME-1: eth0 -- host1 ]                                  [ host3 -- eth0 of NAME-3
#   host NAME-2: eth0 -- host2 ] bridge group1            group2  [ host4 -- eth0 of NAME-4
#                                       wan1 -- wanlink -- wan2

address_of() { echo "10.77.0.$1"; }

# Hosts are spread over the groups in blocks.
group_of() { echo $((($1 - 1) * num_groups / num_hosts + 1)); }

in_switch() { ip -n "$switch" "$@"; }

make_switch() {
    local group
    make_namespace "$switch"
    for ((group = 1; group <= num_groups; group++)); do
        in_switch link add "group$group" type bridge forward_delay 0 mcast_snooping 0
        in_switch link set "group$group" up
    done
}

# connect_host I: a cable from its eth0 to the bridge of its group.
connect_host() {
    local host=$name-$1 port=host$1
    ip link add name eth0 netns "$host" type veth peer name "$port" netns "$switch"
    in_switch link set "$port" master "group$(group_of "$1")" up
    ip -n "$host" addr add "$(address_of "$1")/24" brd + dev eth0
    ip -n "$host" link set eth0 up
    if ((host_rate)); then
        limit_rate "$host" eth0     # what it sends
        limit_rate "$switch" "$port" # what it receives
    fi
}

# limit_rate NAMESPACE DEVICE: a token bucket; packets that would wait for more than 50 ms are dropped.
limit_rate() {
    tc -n "$1" qdisc add dev "$2" root tbf rate "${host_rate}mbit" burst 64kb latency 50ms
}

start_wan() {
    local group taps=() program scratch=''
    ((num_groups > 1)) || return 0
    for ((group = 1; group <= num_groups; group++)); do
        in_switch tuntap add dev "wan$group" mode tap
        in_switch link set "wan$group" txqueuelen 10000 master "group$group" up
        taps+=("wan$group")
    done
    echo "$delay $rate $loss" >"$state/wan"
    program=$(find_wanlink)
    if [[ -z $program ]]; then
        scratch=$(mktemp -d)
        program=$(compile_wanlink "$scratch") || fail "cannot compile $here/wanlink.c"
    fi
    nsenter --net="/run/netns/$switch" "$program" "$state/wan" "${taps[@]}" 9<&-
    if [[ -n $scratch ]]; then rm -r "$scratch"; fi # it is running, so it needs its file no more
}

# The program that make built: the environment names it, it was installed beside this file, or ./quickstart
# has built it.
find_wanlink() {
    local file
    for file in "${TERN_VCLUSTER_WANLINK-}" "$here/wanlink" "$here/../../build/jobscripts/vcluster/wanlink"; do
        if [[ -x $file ]]; then
            echo "$file"
            return
        fi
    done
}

# compile_wanlink FOLDER: when make has not run.
compile_wanlink() {
    command -v "${CC:-cc}" >/dev/null || fail "groups need the program wanlink: run make, or install a C compiler"
    "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -o "$1/wanlink" "$here/wanlink.c" && echo "$1/wanlink"
}

# set_wan DELAY RATE LOSS: wanlink is the only process in the switch.
set_wan() {
    local pid
    ((num_groups > 1)) || fail "cluster $name has one group; start it with --groups 2 or more"
    pid=$(processes_of "$switch")
    [[ -n $pid ]] || fail "wanlink is not running; start the cluster again"
    echo "$1 $2 $3" >"$state/wan"
    kill -HUP "$pid"
}

# set_group_link GROUP up|down
set_group_link() {
    ((num_groups > 1)) || fail "cluster $name has one group; start it with --groups 2 or more"
    expect_number "the group of wan" "$1" 1 "$num_groups"
    in_switch link set "wan$1" "$2"
}
