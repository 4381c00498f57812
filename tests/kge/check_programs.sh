#!/bin/sh
# Facts about tern-wordnet and tern-kge as their users meet them, on a WordNet of 240 synsets. Runs in
# the build folder.
#
# RANKS    numbers of ranks                         (1 2 4)
# MPIRUN   the launcher and its options             (found by configure)
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
. "$top/tests/support/wordnet.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

small="--dim 8 --neg 8 --chunk 8 --batch 32 --epochs 3 --stats none"
policies="static relocate ssp essp adaptive"

# member NAME: its last value in JSON lines.
member() {
    sed -n "s/.*\"$1\": *\\([^,}]*\\).*/\\1/p" | tail -n 1
}

# loss COMMAND...: that of the last epoch, after enough for the order of updates not to matter.
loss() {
    timeout 60 "$@" --json $small --epochs 15 --eval-every 0 2>"$scratch/errors" | member loss
    cat "$scratch/errors" >&2
}

# roles N: each of N ranks is server and worker.
roles() {
    awk -v ranks="$1" 'BEGIN { printf "scheduler+server+worker"; while (--ranks) printf ",server+worker" }'
}

# is_near A B: say so unless A is about B.
is_near() {
    echo "$1 $2" | awk 'NF != 2 || $1 < 0.7 * $2 || $1 > 1.3 * $2 { print "the loss is " $1 " rather than " $2 }'
}
make_wordnet
fact a_wordnet_becomes_two_splits "$(
    expect 0 'wn18          476 triples, 2 relations, 239 entities' \
        ./tern-wordnet --input "$scratch/dict" --output "$scratch/data" --split both
    cat "$scratch"/data/pair/*.tsv | wc -l | awk '$1 < 400 { print "only " $1 " triples in the pair split" }')"
fact a_missing_wordnet_is_named "$(
    expect 1 '/nowhere/data.noun: No such file' ./tern-wordnet --input /nowhere --output "$scratch/x")"
fact contradicting_options_are_refused "$(
    expect 2 'give one of --data DIR' ./tern-kge
    expect 2 'a plain loop has numbers only' ./tern-kge --data "$scratch/data" --no-server --negatives-from pool
    expect 2 'looked at by --eval-every' ./tern-kge --data "$scratch/data" --target-mrr 0.5 --eval-every 0
    expect 2 '--compare-plain needs the parameter server' ./tern-kge --data "$scratch/data" --no-server --compare-plain)"

printf 'a\tr\tb\na\tr\n' >"$scratch/bad.tsv"
for n in ${RANKS:-1 2 4}; do
    run="${MPIRUN:-mpirun} -n $n ./tern-kge"
    fact "a_malformed_triple_is_named_by_$n" "$(
        expect 1 "$scratch/bad.tsv:2: expected head, relation and tail, found 2 fields" \
            $run --train "$scratch/bad.tsv" $small)"
    fact "both_splits_are_trained_and_ranked_by_$n" "$(
        expect 0 '"triple_partner_mrr"' $run --data "$scratch/data" --json --output "$scratch/out.h5" $small
        [ -s "$scratch/out.h5" ] || echo "no result file")"
done

for model in complex distmult rescal transe; do
    fact "${model}_is_the_same_with_and_without_the_server" "$(
        ./tern-kge --data "$scratch/data/pair" --model $model --compare-plain --json $small 2>/dev/null |
            sed -n 's/.*"server_loss": *\([^,}]*\).*"plain_loss": *\([^,}]*\).*/\1 \2/p' |
            awk '$1 == $2 && $1 > 0 { n++ } { line = $0 } END { if (n != 1) print "losses differ: " line }')"
done

data="--data $scratch/data/pair"
alone=$(loss ./tern-kge $data)
for policy in $policies; do
    for option in "--localize none" "--localize full --ahead 5" "--prefetch 200 --async-push" "--clustering relation"; do
        fact "one_worker_learns_the_same_bits: --policy $policy $option" "$(
            found=$(loss ./tern-kge $data --policy $policy $option)
            [ "$found" = "$alone" ] || echo "the loss is $found rather than $alone")"
    done
    fact "one_worker_far_from_its_server_learns_the_same_bits: --policy $policy" "$(
        found=$(loss ${MPIRUN:-mpirun} -n 2 ./tern-kge $data --policy $policy --node-ranks 1 --roles scheduler+server,worker)
        [ "$found" = "$alone" ] || echo "the loss is $found rather than $alone")"
    for n in ${RANKS:-1 2 4}; do
        run="${MPIRUN:-mpirun} -n $n ./tern-kge $data --roles $(roles "$n") --policy $policy --node-ranks 1"
        fact "$n workers learn as well: --policy $policy" "$(
            is_near "$(loss $run)" "$alone"
            is_near "$(loss $run --clustering relation --async-push --clock-every 2)" "$alone")"
    done
    fact "2 workers of a node learn as well: --policy $policy" "$(
        is_near "$(loss ${MPIRUN:-mpirun} -n 2 ./tern-kge $data --roles $(roles 2) --policy $policy)" "$alone")"
done
for scheme in naive prelocalized pool local; do
    fact "negatives_from_the_library_serve: $scheme" "$(
        is_near "$(loss ${MPIRUN:-mpirun} -n 2 ./tern-kge $data --roles $(roles 2) --node-ranks 1 --policy relocate \
            --negatives-from $scheme)" "$alone")"
done
fact results_are_written_wherever_rows_are "$(
    expect 0 '"output"' ${MPIRUN:-mpirun} -n 2 ./tern-kge $data $small --roles "$(roles 2)" --node-ranks 1 --policy relocate \
        --json --output "$scratch/moved.h5"
    [ -s "$scratch/moved.h5" ] || echo "no result file")"
fact copies_pulled_ahead_are_stale_but_serve "$(
    is_near "$(loss ${MPIRUN:-mpirun} -n 2 ./tern-kge $data --node-ranks 1 --roles scheduler+server,worker \
        --prefetch 64 --async-push)" "$alone")"

made_up="--synthetic 400x5 --triples 3000"
fact a_made_up_graph_is_the_same_for_any_number_of_workers "$(
    expect 0 'data: 400 entities, 5 relations; train 2839, valid 75, test 85 triples' ./tern-kge $made_up $small
    expect 0 'data: 400 entities, 5 relations; train 2839, valid 75, test 85 triples' ${MPIRUN:-mpirun} -n 2 ./tern-kge $made_up $small
    expect 2 'expected ENTITIESxRELATIONS' ./tern-kge --synthetic 400 --triples 3000)"
fact a_training_ends_at_its_target "$(
    expect 0 '"seconds_to_target"' ./tern-kge $made_up $small --json --target-mrr 0.0001
    grep -c '"epoch":' "$scratch/output" | awk '$1 != 1 { print $1 " epochs" }')"
fact a_sample_of_an_epoch_is_reported_as_one "$(
    expect 0 '"epoch_sample": 0.25' ./tern-kge $made_up $small --batch 35 --json --sample 0.25)"
for model in complex rescal; do
    fact "the_paper_updates_after_each_triple: $model" "$(
        found=$(timeout 60 ./tern-kge $made_up --paper $model --dim 4 --epochs 1 --json --stats none | member borrowed_rows)
        [ "${found:-0}" -gt $((10 * 2818)) ] || echo "$found rows")"
done
facts_end
