#!/bin/sh
# tern-kge across virtual hosts learns what it learns on one. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/vcluster.sh"
. "$top/tests/support/wordnet.sh"
scratch=$(mktemp -d)
trap 'vcluster down 2>/dev/null; rm -rf "$scratch"' EXIT

reason=$(vcluster_missing)
[ -n "${MPIRUN:-$(command -v mpirun)}" ] || reason="no mpirun"
if [ -n "$reason" ]; then
    skip "tern-kge across virtual hosts" "$reason"
    facts_end
fi

# kge ROLES [options of mpirun]: the last loss and the MRR.
kge() {
    roles=$1
    shift
    ranks=$(echo "$roles" | awk -F, '{ print NF }')
    timeout --kill-after=10 120 "$vcluster_program" run --launcher "${MPIRUN:-mpirun}" "$@" -n "$ranks" ./tern-kge \
        --roles "$roles" --data "$scratch/data/pair" --dim 8 --neg 8 --chunk 8 --batch 32 --epochs 10 \
        --eval-every 0 --json --stats json >"$scratch/output" 2>&1 || tail -n 20 "$scratch/output" >&2
    awk 'function member(name) { return match($0, "\"" name "\": [-0-9.e+]*") ? substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4) : "" }
         /"epoch"/ { loss = member("loss") }
         /"mrr"/   { mrr = member("mrr") }
         END       { print loss, mrr }' "$scratch/output"
}

# Say what is wrong with loss and MRR of a run across hosts ($1) and one on one host ($2). Several workers change
# rows in an order that nobody fixes, so their losses agree up to a tolerance ($3); runs differ by 10 %.
differ() {
    echo "$1 $2" | awk -v tolerance="$3" '
        function is_near(a, b, d) { d = a - b; return (d < 0 ? -d : d) <= tolerance * (a + b) / 2 }
        NF != 4 || $1 <= 0 || !is_near($1, $3) || (tolerance == 0 && $2 != $4) {
            print "loss and MRR are " $1 " " $2 " across hosts, " $3 " " $4 " on one" }'
}

make_wordnet
./tern-wordnet --input "$scratch/dict" --output "$scratch/data" --split both >"$scratch/output"
vcluster up 4 >"$scratch/up" 2>&1 || fact "the cluster starts" "$(cat "$scratch/up")"

one=$(kge scheduler+server,worker --host "$cluster-1")
fact one_worker_far_from_its_server_learns_the_same_bits "$(
    differ "$(kge scheduler+server,worker --host "$cluster-1,$cluster-2")" "$one" 0)"
fact what_travels_is_reported "$(grep -o '"bytes": [0-9]*' "$scratch/output" | awk '$2 > 100000 { n++ } END { if (n != 1) print "no bytes" }'
    grep -q '"local_share": 0,' "$scratch/output" || grep -o '"local_share[^,]*' "$scratch/output")"
roles=scheduler+server+worker
for hosts in 2 4; do
    roles=$roles,server+worker
    list=$cluster-1,$cluster-2
    [ $hosts = 2 ] || roles=$roles,server+worker list=$list,$cluster-3,$cluster-4
    fact "workers_on_${hosts}_hosts_learn_as_well_as_on_one" "$(
        differ "$(kge $roles --host "$list")" "$(export TERN_NODE_RANKS=1; kge $roles --host "$cluster-1")" 0.2)"
done
facts_end
