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
make_wordnet
fact a_wordnet_becomes_two_splits "$(
    expect 0 'wn18          476 triples, 2 relations, 239 entities' \
        ./tern-wordnet --input "$scratch/dict" --output "$scratch/data" --split both
    cat "$scratch"/data/pair/*.tsv | wc -l | awk '$1 < 400 { print "only " $1 " triples in the pair split" }')"
fact a_missing_wordnet_is_named "$(
    expect 1 '/nowhere/data.noun: No such file' ./tern-wordnet --input /nowhere --output "$scratch/x")"
fact contradicting_options_are_refused "$(
    expect 2 'give one of --data DIR' ./tern-kge
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
facts_end
