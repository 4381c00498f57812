# Regimes: how fast the network is beside the computation. Sourced by run-lapse.
#
#   wide   0.5 ms one way and 500 Mbit/s for each host, by vcluster's link; the computation as it is
#   ratio  the ratios of the paper's cluster: a round trip takes as long as the computation of 150 updates of matrix
#          factorization, and what an update moves (two rows pulled and pushed) as long as that of 5. The other tasks
#          move 20 to 80 KB an update; hosts with 200 Mbit/s make that, too, about 5 times their computation
#
# Processors with a quota are slow at talking, too: a round trip costs what it costs, which is more than 150 updates. So the
# computation is slowed down: each update is padded with work of no effect until the ratio is right. The same factor
# holds for all tasks, as it would with a slower processor. Where a round trip costs less, links get a delay. Where the
# network brings more than an update may move, links get a rate. What came out is measured and kept in regime-NETWORK.txt,
# where the networks are wide, ratio, and narrow, which is that of ratio for the other tasks.

readonly wanted_round_trip=150 wanted_transfer=5
readonly update_bytes=1600 # rank 100: two rows of 400 bytes, there and back
current_network=''
declare -A unpadded_us=() # by task: an update on one host under its quota, with nothing to wait for

# network_of REGIME TASK
network_of() { if [[ $1 == ratio && $2 != mf ]]; then echo narrow; else echo "$1"; fi; }

# ensure_regime REGIME TASK: hosts are up, and the figures of this regime are set.
ensure_regime() { ensure_network "$(network_of "$1" "$2")"; }

ensure_network() {
    local file=$out/regime-$1.txt
    [[ $1 == "$current_network" ]] && return
    most_hosts=$(tr ',' '\n' <<<"$hosts" | sort -n | tail -1)
    if [[ -s $file ]]; then
        read_network "$file" && start_cluster "$most_hosts" $link_options || return
    else
        say "network $1: measuring"
        "make_$1" && write_network "$1" >"$file" || return
    fi
    current_network=$1
}

# The slowdown is that of matrix factorization, which is measured first.
make_narrow() {
    ensure_network ratio || return
    link_options="--host-rate 200"
    start_cluster "$most_hosts" $link_options && measure_network
}

make_wide() {
    slowdown=1 link_options="--groups $most_hosts --delay 0.5 --rate 500"
    [[ $most_hosts -gt 1 ]] || link_options=''
    start_cluster "$most_hosts" $link_options && measure_network && measure_compute
}

make_ratio() {
    slowdown=1 link_options=''
    start_cluster "$most_hosts" && measure_compute && measure_network || return
    derive_delay
    start_cluster "$most_hosts" $link_options && measure_network || return
    derive_slowdown
    derive_rate
    start_cluster "$most_hosts" $link_options && measure_network || return
    derive_slowdown
}

# Links are slower where a round trip takes clearly less than the computation of 150 updates.
derive_delay() {
    local wanted_us
    wanted_us=$(calculate "$wanted_round_trip * ${unpadded_us[mf]}")
    is_less "$(calculate "1.3 * $round_trip_us")" "$wanted_us" || return 0
    link_options="--groups $most_hosts --delay $(calculate "int(($wanted_us - $round_trip_us) / 2) / 1000")"
}

# Else the computation is slower.
derive_slowdown() {
    slowdown=$(calculate "$round_trip_us / $wanted_round_trip / ${unpadded_us[mf]}")
    ! is_less "$slowdown" 1 || slowdown=1
}

# Where pulls bring more than twice what is wanted: a rate makes links less even, which a smaller difference is not worth.
derive_rate() {
    local wanted_mb_per_s
    wanted_mb_per_s=$(calculate "$update_bytes / ($wanted_transfer * $(compute_us_of mf))")
    is_less "$wanted_mb_per_s" "$(calculate "$all_mb_per_s / 2")" || return 0
    link_options="$link_options --host-rate $(calculate "int(8 * $wanted_mb_per_s + 1)")"
}

# compute_us_of TASK: what an update takes on one host, padding included; and pad_us_of: the padding in processor time.
compute_us_of() { calculate "$slowdown * ${unpadded_us[$1]}"; }
pad_us_of() { calculate "($slowdown - 1) * ${unpadded_us[$1]} * ($cpu < 100 ? $cpu / 100 : 1)"; }

# Matrix factorization is what ratios are defined by; of the others those that will be run.
measure_compute() {
    local task
    for task in ${all_tasks//,/ }; do
        [[ -z ${unpadded_us[$task]-} ]] || continue
        [[ $task == mf ]] || is_listed "$task" "$tasks" || continue
        measure_update "$task"
    done
}

# A share of an epoch is enough, about two seconds of it. Where a program fails the estimate in tasks.txt stands in.
measure_update() {
    local log=$out/log/compute-$1 us share estimate task_size=quick
    [[ $size != tiny ]] || task_size=tiny
    estimate=$(task_field "$1" "$task_size" 3)
    share=$(calculate "2e6 / $estimate / $(task_field "$1" "$task_size" 2)")
    ! is_less 1 "$share" || share=1
    options="$(task_options "$1" "$task_size") $(system_options "$1" relocate) $(sample_option "$1" "$share") --json --stats json"
    if [[ $is_dry == yes ]]; then
        mpi 1 "$(task_field "$1" "$task_size" 1)" $options
        unpadded_us[$1]=$estimate
        return
    fi
    time_limit=40 mpi 1 "$(task_field "$1" "$task_size" 1)" $options >"$log" 2>&1
    us=$(calculate "1e6 / $(rate_of "$log")" 2>/dev/null)
    if [[ -z $us ]]; then
        say "cannot measure what an update of $1 takes: $(tail -n 3 "$log")"
        us=$estimate
    fi
    unpadded_us[$1]=$us
}

# Updates a second, of the last epoch.
rate_of() { awk 'match($0, /"rate": [-0-9.e+]+/) { rate = substr($0, RSTART + 8, RLENGTH - 8) } END { print rate }' "$1"; }

# Each rank is server and worker.
roles() { awk -v n="$1" 'BEGIN { printf "scheduler+server+worker"; while (--n > 0) printf ",server+worker" }'; }

# measure_links HOSTS: sets round_trip_us, median_us, mb_per_s and all_mb_per_s.
measure_links() {
    local line
    line=$(time_limit=30 mpi "$1" links --seconds "$link_seconds" 2>>"$out/log/links")
    round_trip_us=$(member round_trip_us <<<"$line")
    median_us=$(member median_us <<<"$line")
    mb_per_s=$(member MB_per_s <<<"$line")
    all_mb_per_s=$(member all_MB_per_s <<<"$line")
    [[ -n $round_trip_us ]]
}

# All hosts, so that what their quotas and the link between them allow is in the figures.
measure_network() {
    link_seconds=0.5
    if ((most_hosts < 2)); then
        round_trip_us=0 median_us=0 mb_per_s=0 all_mb_per_s=0
    elif [[ $is_dry == yes ]]; then
        round_trip_us=200 median_us=100 mb_per_s=400 all_mb_per_s=200 # assumed, to have something to show
        mpi "$most_hosts" links --seconds $link_seconds
    else
        measure_links "$most_hosts" || fail "cannot measure the links: $(tail -n 3 "$out/log/links")"
    fi
}

# write_network NAME: what result files say of the machine.
write_network() {
    local task
    cat <<TEXT
network=$1
hosts=$most_hosts
cpu=$cpu
link_options=$link_options
round_trip_us=$round_trip_us
median_us=$median_us
mb_per_s=$mb_per_s
all_mb_per_s=$all_mb_per_s
slowdown=$slowdown
TEXT
    for task in "${!unpadded_us[@]}"; do echo "unpadded_us_$task=${unpadded_us[$task]}"; done
    cat <<TEXT
compute_us=$(compute_us_of mf)
round_trip_per_update=$(calculate "$round_trip_us / $(compute_us_of mf)")
transfer_per_update=$(calculate "$all_mb_per_s > 0 ? $update_bytes / $all_mb_per_s / $(compute_us_of mf) : 0")
load=$(cut -d' ' -f1 /proc/loadavg)
version=$version
TEXT
}

# read_network FILE: as written above, nothing else is taken from it.
read_network() {
    local name value
    while IFS='=' read -r name value; do
        case $name in
            link_options | round_trip_us | median_us | mb_per_s | all_mb_per_s | slowdown)
                printf -v "$name" '%s' "$value"
                ;;
            unpadded_us_*) unpadded_us[${name#unpadded_us_}]=$value ;;
        esac
    done <"$1"
    measure_compute # of tasks that were not in it
}
