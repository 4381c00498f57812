# Regimes: how fast the network is beside the computation. Sourced by run-lapse.
#
#   wide   0.5 ms one way and 500 Mbit/s for each host, by vcluster's link; the computation as it is
#   ratio  the ratios of the paper's cluster: a round trip takes as long as the computation of 150 updates of matrix
#          factorization, and what an update moves (two rows pulled and pushed) as long as that of 5
#
# Processors with a quota are slow at talking, too: a round trip costs what it costs, and usually more than 150 updates.
# Then each update is padded with work of no effect until the ratio is right. Where it costs less, links get a delay. Where
# the network brings more than an update may move, links get a rate. What came out is measured and kept in regime-NAME.txt,
# and all tasks then run on that network.

readonly wanted_round_trip=150 wanted_transfer=5
readonly update_bytes=1600 # rank 100: two rows of 400 bytes, there and back
current_regime=''

# ensure_regime NAME: hosts are up, and the figures of this regime are set.
ensure_regime() {
    local file=$out/regime-$1.txt
    [[ $1 == "$current_regime" ]] && return
    most_hosts=$(tr ',' '\n' <<<"$hosts" | sort -n | tail -1)
    current_regime=$1
    if [[ -s $file ]]; then
        read_regime "$file" && start_cluster "$most_hosts" $link_options
        return
    fi
    say "regime $1: measuring"
    "make_$1" && write_regime "$1" >"$file"
}

make_wide() {
    pad_us=0 link_options="--groups $most_hosts --delay 0.5 --rate 500"
    [[ $most_hosts -gt 1 ]] || link_options=''
    start_cluster "$most_hosts" $link_options && measure_compute && measure_network
}

make_ratio() {
    pad_us=0 link_options=''
    start_cluster "$most_hosts" && measure_compute && measure_network || return
    unpadded_us=$compute_us
    derive_padding_or_delay
    derive_rate
    start_cluster "$most_hosts" $link_options && measure_network || return
    # The network is what it is now; the padding follows it.
    if [[ $pad_us != 0 ]]; then
        derive_padding_or_delay
        measure_compute
    fi
}

# An update must take a 150th of a round trip: longer by work, whose unit is processor time, or the links slower.
derive_padding_or_delay() {
    local wanted_us
    wanted_us=$(calculate "$round_trip_us / $wanted_round_trip")
    if is_less "$unpadded_us" "$wanted_us"; then
        pad_us=$(calculate "($wanted_us - $unpadded_us) * ($cpu < 100 ? $cpu / 100 : 1)")
    elif is_less "$(calculate "1.3 * $round_trip_us")" "$(calculate "$wanted_round_trip * $unpadded_us")"; then
        link_options="--groups $most_hosts --delay $(calculate "int(($unpadded_us * $wanted_round_trip - $round_trip_us) / 2) / 1000")"
    fi
    padded_us=$(calculate "$wanted_us > $unpadded_us ? $wanted_us : $unpadded_us")
}

# Where pulls bring more than twice what is wanted: a rate makes links less even, which a smaller difference is not worth.
derive_rate() {
    local wanted_mb_per_s
    wanted_mb_per_s=$(calculate "$update_bytes / ($wanted_transfer * $padded_us)")
    is_less "$wanted_mb_per_s" "$(calculate "$all_mb_per_s / 2")" || return 0
    link_options="$link_options --host-rate $(calculate "int(8 * $wanted_mb_per_s + 1)")"
}

# is_less A B
is_less() { awk "BEGIN { exit !($1 < $2) }"; }

# What an update of matrix factorization takes on one host under its quota, with nothing to wait for.
measure_compute() {
    if [[ $is_dry == yes ]]; then
        compute_us=0.5
        mpi 1 tern-mf $(compute_options)
        return
    fi
    time_limit=60 mpi 1 tern-mf $(compute_options) >"$out/log/compute" 2>&1
    compute_us=$(calculate "1e6 / ($(rate_of "$out/log/compute"))" 2>/dev/null)
    [[ -n $compute_us ]] || fail "cannot measure what an update takes: $(tail -n 3 "$out/log/compute")"
}

compute_options() { echo "$(task_options mf "$([[ $size == tiny ]] && echo tiny || echo quick)") $(system_options mf relocate) --pad-us $pad_us --epochs 2 --sample 1 --json --stats json"; }

# Updates a second, of the last epoch.
rate_of() { awk 'match($0, /"rate": [-0-9.e+]+/) { rate = substr($0, RSTART + 8, RLENGTH - 8) } END { print rate }' "$1"; }

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

# write_regime NAME: what result files say of the machine.
write_regime() {
    cat <<TEXT
regime=$1
hosts=$most_hosts
cpu=$cpu
link_options=$link_options
pad_us=$pad_us
compute_us=$compute_us
unpadded_us=${unpadded_us:-$compute_us}
round_trip_us=$round_trip_us
median_us=$median_us
mb_per_s=$mb_per_s
all_mb_per_s=$all_mb_per_s
round_trip_per_update=$(calculate "$round_trip_us / $compute_us")
transfer_per_update=$(calculate "$all_mb_per_s > 0 ? $update_bytes / $all_mb_per_s / $compute_us : 0")
load=$(cut -d' ' -f1 /proc/loadavg)
version=$version
TEXT
}

# read_regime FILE: as written above, nothing else is taken from it.
read_regime() {
    local name value
    while IFS='=' read -r name value; do
        case $name in
            link_options | pad_us | compute_us | unpadded_us | round_trip_us | median_us | mb_per_s | all_mb_per_s)
                printf -v "$name" '%s' "$value"
                ;;
        esac
    done <"$1"
}
