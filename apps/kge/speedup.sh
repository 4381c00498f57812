#!/bin/sh
# Epoch time of tern-kge with one worker and with two, in runs that take turns; of each the median epoch
# counts.
#
#   apps/kge/speedup.sh DATA [ROUNDS] [tern-kge options]        PROGRAM and MPIRUN name the programs
set -e
[ $# -ge 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2; }
data=$1
rounds=${2:-3}
shift; [ $# -eq 0 ] || shift
program=${PROGRAM:-tern-kge}
mpirun=${MPIRUN:-mpirun}

# Print the seconds of each epoch. $1: number of workers, $2: roles of the ranks.
epochs() {
    workers=$1 roles=$2
    shift 2
    $mpirun --oversubscribe -n "$workers" "$program" --roles "$roles" --data "$data" --json --stats none \
        --eval-every 0 --no-test-at-end --epochs 4 "$@" |
        sed -n 's/.*"epoch"[^}]*"seconds": *\([0-9.e+-]*\).*/\1/p'
}

times=$(mktemp)
trap 'rm -f "$times"' EXIT
for round in $(seq "$rounds"); do
    epochs 1 scheduler+server+worker "$@" | sed 's/^/1 /' >>"$times"
    epochs 2 scheduler+server+worker,worker "$@" | sed 's/^/2 /' >>"$times"
done
sort -k1,1n -k2,2g "$times" | awk '{ seconds[$1, ++n[$1]] = $2 }
     function median(w) { return (seconds[w, int((n[w] + 1) / 2)] + seconds[w, int(n[w] / 2) + 1]) / 2 }
     END { printf "1 worker %.3f s, 2 workers %.3f s an epoch: %.2f times faster\n", median(1), median(2), median(1) / median(2) }'
