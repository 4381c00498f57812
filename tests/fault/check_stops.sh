#!/bin/sh
# Facts about trainings of which one rank is told to end: the others, wherever they are in an epoch, end with it rather than
# wait for it. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk 'BEGIN { srand(7); for (s = 0; s < 2000; s++) { for (w = 0; w < 12; w++) printf "%c ", 97 + int(rand() * 20); print "" } }' \
    >"$scratch/text"

has_epochs() { [ "$(grep -c '"epoch"' "$scratch/json")" -ge 2 ]; }

# rank N: the pid of the one that began as number N of the ranks; mpirun is the child of `timeout`.
rank() {
    pgrep -P "$(pgrep -P $launcher)" | sed -n "$(($1 + 1))p"
}

# ends RANK PROGRAM...: a training of 3 ranks in 3 nodes that goes on for ever ends when that one gets SIGTERM.
ends() {
    told=$1
    shift
    : >"$scratch/json"
    timeout --kill-after=5 60 ${MPIRUN:-mpirun} -n 3 "$@" --node-ranks 1 --json --stats none \
        >"$scratch/json" 2>"$scratch/errors" &
    launcher=$!
    within has_epochs || echo "no epochs"
    kill -TERM "$(rank "$told")"
    wait $launcher
    found=$?
    [ $found = 143 ] || { echo "exit code $found"; cat "$scratch/errors"; }
}

if ! command -v pgrep >/dev/null; then
    skip a_signal_at_a_rank_ends_a_training "no pgrep"
    facts_end
fi
for told in 0 2; do
    fact "a_signal_at_rank_${told}_ends_tern_kge" "$(
        ends $told ./tern-kge --synthetic 400x5 --triples 3000 --dim 4 --epochs 100000 --eval-every 0)"
    fact "a_signal_at_rank_${told}_ends_tern_mf" "$(
        ends $told ./tern-mf --synthetic 800x200 --nnz 24k --planted-rank 3 --rank 3 --epochs 100000 --eval-every 0)"
    fact "a_signal_at_rank_${told}_ends_tern_w2v" "$(
        ends $told ./tern-w2v "$scratch/text" --sentence line --dim 8 --subsample 0 --epochs 100000)"
done
facts_end
