#!/bin/sh
# What tern-kge costs across virtual hosts: a row of doc/kge.md's table for each arrangement. Needs root.
#
#   apps/kge/across_hosts.sh DATA [EPOCHS] [tern-kge options]     PROGRAM and VCLUSTER name the programs
set -eu
[ $# -ge 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 2; }
data=$1
epochs=${2:-4}
shift; [ $# -eq 0 ] || shift
program=${PROGRAM:-tern-kge}
vcluster=${VCLUSTER:-vcluster}
log=$(mktemp)
trap '"$vcluster" down; rm -f "$log"' EXIT

# The roles of $1 ranks: each is server and worker.
roles_of() {
    awk -v ranks="$1" 'BEGIN { printf "scheduler+server+worker"; while (--ranks) printf ",server+worker" }'
}

# measure HOSTS WORKERS LIMITS [tern-kge options]: LIMITS are options of `vcluster up`. Half of the epochs'
# times are above the one that is printed; bytes and messages are of the whole run, divided by the epochs.
measure() {
    hosts=$1 workers=$2 limits=$3
    shift 3
    "$vcluster" up "$hosts" $limits >"$log"
    "$vcluster" run -n "$workers" "$program" --roles "$(roles_of "$workers")" --data "$data" --epochs "$epochs" \
        --eval-every 0 --json --stats json "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    awk -v hosts="$hosts" -v workers="$workers" -v limits="${limits:-none}" '
        function member(name) { return match($0, "\"" name "\": [-0-9.e+]*") ? substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4) + 0 : "" }
        /"epoch"/      { for (i = ++n; i > 1 && seconds[i - 1] > member("seconds"); i--) seconds[i] = seconds[i - 1]
                         seconds[i] = member("seconds"); loss = member("loss") }
        /"mrr"/        { mrr = member("mrr") }
        /"statistics"/ { bytes = member("bytes"); messages = member("messages"); local = member("local_share") }
        END { printf "| %d | %d | %s | %.2f | %.0f | %.0f | %.0f %% | %.3f | %.3f |\n", hosts, workers, limits,
                     (seconds[int((n + 1) / 2)] + seconds[int(n / 2) + 1]) / 2, bytes / n / 1e6, messages / n, 100 * local, loss, mrr }' "$log"
}

echo "| hosts | workers | limits | seconds an epoch | MB an epoch | messages an epoch | rows in node memory | loss | MRR |"
echo "|---|---|---|---|---|---|---|---|---|"
for limits in "" "--cpu 25" "--host-rate 100"; do
    for hosts in 1 2 4; do
        if [ $hosts = 1 ] && [ "$limits" = "" ]; then measure 1 2 "" "$@"; fi
        measure $hosts $hosts "$limits" "$@"
    done
done
