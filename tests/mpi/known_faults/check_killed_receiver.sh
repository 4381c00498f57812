#!/bin/sh
# Facts about MPI that decide how tern-run launches: do survivors go on talking after a receiver is killed under a
# stream? Between virtual hosts, so that the stream is TCP, and on one host. Runs in the build folder.
#
#   check_killed_receiver.sh                     twice each, over the transports that tern-run chooses
#   check_killed_receiver.sh table N FILE.csv    N times each, over all, with a table of the outcomes
set -u
top=${srcdir:-$(dirname "$0")/../../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
. "$top/tests/support/vcluster.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
program=$PWD/tests/mpi/known_faults/killed_receiver
sizes="64 61440 1048576"

# try TRANSPORT BYTES: one run; prints talks, stuck, error or aborted.
try() {
    case $1 in
        */tcp) timeout 60 "$vcluster_program" run --launcher "$PWD/tern-run" -n 3 --transport "${1%/*}" "$program" "$2" ;;
        */memory) timeout 60 ./tern-run -n 3 --transport "${1%/*}" "$program" "$2" ;;
    esac >"$scratch/output" 2>&1
    if grep -q '^rank .: stuck' "$scratch/output"; then
        echo stuck
    elif grep -q '^rank .: error' "$scratch/output"; then
        echo error
    elif [ "$(grep -c '^rank .: talks' "$scratch/output")" = 2 ]; then
        echo talks
    else
        echo aborted
    fi
}

# repeat TRANSPORT BYTES N: the outcomes, one a line.
repeat() {
    left=$3
    while [ "$left" -gt 0 ]; do
        try "$1" "$2"
        left=$((left - 1))
    done
}

# survive TRANSPORT BYTES: two tries; what went wrong, if anything.
survive() {
    for outcome in $(repeat "$1" "$2" 2); do
        [ "$outcome" = talks ] || { echo "survivors: $outcome"; tail -20 "$scratch/output"; }
    done
}

check() {
    for bytes in $sizes; do
        fact "survivors_go_on_talking_over_$1_after_a_receiver_is_killed_under_a_stream_of_$bytes" \
            "$(survive "$1" "$bytes")"
    done
}

# How many of the lines of $scratch/outcomes are $1.
count() { grep -c "^$1\$" "$scratch/outcomes"; }

# table N FILE
table() {
    echo "transport,bytes,tries,talks,stuck,error,aborted" >"$2"
    printf '%-12s %9s %6s %6s %6s %6s %8s\n' transport bytes tries talks stuck error aborted
    for transport in ob1/tcp ucx/tcp ob1/memory ucx/memory; do
        for bytes in $sizes; do
            repeat $transport "$bytes" "$1" >"$scratch/outcomes"
            set -- "$1" "$2" "$(count talks)" "$(count stuck)" "$(count error)" "$(count aborted)"
            echo "$transport,$bytes,$1,$3,$4,$5,$6" >>"$2"
            printf '%-12s %9d %6d %6d %6d %6d %8d\n' $transport "$bytes" "$1" "$3" "$4" "$5" "$6"
        done
    done
}

if ! ${MPIRUN:-mpirun} --version 2>/dev/null | grep -q 'Open MPI) 4'; then
    skip killed_receiver "the facts are of Open MPI 4"
    facts_end
fi
reason=$(vcluster_missing)
if [ "${1-}" = table ]; then
    [ -z "$reason" ] || { echo "no virtual hosts: $reason" >&2; exit 1; }
    trap 'vcluster down; rm -rf "$scratch"' EXIT
    vcluster up 3 >/dev/null && table "$2" "$3"
    exit
fi

check ob1/memory
if [ -n "$reason" ]; then
    skip ucx/tcp "no virtual hosts: $reason"
elif ! ompi_info --parsable 2>/dev/null | grep -q '^mca:pml:ucx:version'; then
    skip ucx/tcp "this Open MPI has no UCX"
else
    trap 'vcluster down; rm -rf "$scratch"' EXIT
    vcluster up 3 >/dev/null
    check ucx/tcp
fi
facts_end
