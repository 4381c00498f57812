#!/bin/sh
# Facts about tern-lr as its users meet it, on small made-up and malformed data. Runs in the build folder.
#
# RANKS    numbers of ranks                         (1 2 4)
# MPIRUN   the launcher and its options             (found by configure)
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

clicks="--synthetic 4000 --features 3000 --nonzeros 15 --planted 0.3 --stats none"

# roles N: each of N ranks is server and worker.
roles() {
    printf '%s scheduler+server+worker' --roles
    for _ in $(seq 2 "$1"); do printf ',server+worker'; done
}

# member NAME: its value in the last of JSON lines.
member() {
    sed -n "s/.*\"$1\": *\\([^,}]*\\).*/\\1/p" | tail -n 1
}

# run N ARGUMENTS...: the JSON lines of a run by N ranks.
run() {
    n=$1
    shift
    timeout 100 ${MPIRUN:-mpirun} -n "$n" ./tern-lr $(roles "$n") --json "$@" 2>"$scratch/errors" ||
        { cat "$scratch/errors"; echo "exit code $?: $*"; }
}

# holds CONDITION TEXT: say TEXT unless the condition on numbers holds.
holds() {
    awk "BEGIN { exit !($1) }" </dev/null || echo "not $1: $2"
}

# A set of examples with 60 features, of which some carry the label; the same at each call.
examples() {
    awk -v num="$1" -v seed="$2" 'BEGIN {
        srand(seed)
        for (i = 0; i < num; i++) {
            score = 0; line = ""
            for (f = 1; f <= 60; f++)
                if (rand() < 0.15) {
                    line = line " " f ":1"
                    score += f % 5 == 0 ? 2 * (f % 10) / 5 - 1 : 0
                }
            print (rand() < 1 / (1 + exp(-1.5 * score)) ? "+1" : "-1") line
        }
    }' </dev/null
}
examples 1500 1 >"$scratch/train"
examples 500 2 >"$scratch/test"

fact help_names_commands_and_algorithms "$(
    expect 0 'train|predict|stats' ./tern-lr --help
    expect 0 'dbpg|ftrl|adagrad|block|owlqn' ./tern-lr --help)"

fact contradicting_arguments_are_refused "$(
    expect 2 'expected train, predict or stats, found ""' ./tern-lr
    expect 2 'expected train, predict or stats, found "fly"' ./tern-lr fly
    expect 2 'give one of FILE and --synthetic EXAMPLES to train' ./tern-lr train
    expect 2 'what is "b"? One file is read' ./tern-lr train a b
    expect 2 '--delay: expected 0 to 64 or auto, found "soon"' ./tern-lr train a --delay soon
    expect 2 '--kkt: expected on, off or a ratio above 0, found "0"' ./tern-lr train a --kkt 0
    expect 2 '--algo block has no delay' ./tern-lr train a --algo block --delay 2
    expect 2 '--eta goes with --algo dbpg and block, not ftrl' ./tern-lr train a --algo ftrl --eta 1
    expect 2 '--algo owlqn numbers the features itself' ./tern-lr train a --algo owlqn --index dense
    expect 2 'predict needs --model FILE' ./tern-lr predict a
    expect 2 '--synthetic makes its own test examples' ./tern-lr train --synthetic 9 --test a
    expect 2 'needs --blocks 18 or more, found 10' ./tern-lr train $clicks --delay 8 --blocks 10)"

bayes() { ./tern-lr train $clicks --passes 1 --json "$@" 2>"$scratch/errors" | member bayes_auc; }
fact made_up_examples_depend_on_their_own_seed_alone "$(
    holds "$(bayes --seed 1 --data-seed 5) == $(bayes --seed 2 --data-seed 5)" "other examples for another seed"
    holds "$(bayes --seed 5) == $(bayes --seed 2 --data-seed 5)" "other examples than those of the seed"
    holds "$(bayes --seed 2) != $(bayes --seed 2 --data-seed 5)" "the same examples for another data seed")"

# refuses TEXT FILE: training on a file that holds TEXT in its second line is refused at every number of ranks.
refuses() {
    printf '1 1:1\n%b\n0 2:1\n' "$1" >"$scratch/bad"
    for n in ${RANKS:-1 2 4}; do
        expect 1 "tern-lr: $scratch/bad:2: $2" \
            ${MPIRUN:-mpirun} -n "$n" ./tern-lr train "$scratch/bad" --stats none
    done
}
fact malformed_lines_are_named_once_at_any_number_of_ranks "$(
    refuses '1 1' 'expected index:value, found "1"'
    refuses '1 1:nan' 'the value in "1:nan" is not finite'
    refuses '1 2:1 1:1 2:3' 'the index 2 comes twice'
    refuses '3 1:1' 'the label "3" is none of +1, 1, 0 and -1'
    [ "$(grep -c "$scratch/bad:2" "$scratch/output")" = 1 ] || echo "said more than once")"

fact a_bad_test_file_or_model_is_named "$(
    expect 1 "tern-lr: $scratch/bad:2:" ${MPIRUN:-mpirun} -n 2 ./tern-lr train "$scratch/train" \
        --test "$scratch/bad" --stats none
    expect 1 "tern-lr: /nowhere: No such file" ${MPIRUN:-mpirun} -n 2 ./tern-lr train /nowhere --stats none
    printf '1 0.5\n7 x\n' >"$scratch/model"
    expect 1 "$scratch/model:2: expected a key and a weight" ${MPIRUN:-mpirun} -n 2 ./tern-lr predict \
        "$scratch/test" --model "$scratch/model" --stats none)"

: >"$scratch/empty"
printf '1 1:1 2:1\n0 2:1\n' >"$scratch/two"
for n in ${RANKS:-1 2 4}; do
    fact "an_empty_file_is_refused_by_$n" "$(
        expect 1 "tern-lr: $scratch/empty: no examples" ${MPIRUN:-mpirun} -n "$n" ./tern-lr train \
            "$scratch/empty" --stats none)"
    fact "more_ranks_than_lines_train_all_the_same_by_$n" "$(
        for algo in dbpg ftrl adagrad block; do
            [ $algo = adagrad ] && penalty="--l2 0.1" || penalty="--l1 0.1"
            run "$n" train "$scratch/two" $penalty --algo $algo --stats none >"$scratch/json"
            holds "$(member examples <"$scratch/json") == 2" "$algo"
        done
        run "$n" train "$scratch/two" --l1 0.1 --delay 3 --shards 7 --stats none >"$scratch/json"
        holds "$(member nonzeros <"$scratch/json") >= 1" "with empty shards")"
done

printf '1 1:3e38 2:1\n0 1:3e38 3:1\n1 1:-3e38\n' >"$scratch/huge"
fact values_near_the_largest_overflow_no_gradient "$(
    for algo in dbpg block ftrl adagrad; do
        run 2 train "$scratch/huge" --algo $algo --passes 20 --stats none >"$scratch/json"
        holds "$(member objective <"$scratch/json" | grep '^[0-9]' || echo 0) > 0" "$algo: a finite objective"
    done)"

fact a_training_that_diverges_says_so "$(
    expect 1 "tern-lr: the objective diverges" ${MPIRUN:-mpirun} -n 2 ./tern-lr train $clicks --algo block --blocks 1 --eta 10 \
        --features 300 --nonzeros 60 --passes 60 --kkt off
    [ "$(grep -c 'diverges' "$scratch/output")" = 1 ] || echo "said more than once")"

# optimum: the objective of 400 unfiltered passes by the serial solver, and its model.
optimum=$(./tests/sparse_lr/serial_lr "$scratch/train" 1 20 400 1 0 "$scratch/optimum")
for n in ${RANKS:-1 2 4}; do
    for mode in "block" "dbpg --delay 0" "dbpg --delay 4" "dbpg --delay auto" "owlqn --epsilon 1e-9"; do
        case $mode in owlqn*) [ "$n" = 2 ] || continue ;; esac
        fact "$(echo "$mode" | sed 's/--//g' | tr ' -' '__')_finds_the_optimum_by_$n" "$(
            case $mode in
            owlqn*) blocks= ;;
            block | *0) blocks="--blocks 20" ;;
            *) blocks="--blocks 60" ;;
            esac
            run "$n" train "$scratch/train" --test "$scratch/test" --algo $mode $blocks --stats none >"$scratch/json"
            objective=$(member objective <"$scratch/json")
            holds "${objective:-0} > 0 && ${objective:-0} <= $optimum * 1.0001 && ${objective:-0} >= $optimum * 0.99999" \
                "the serial solver's"
            auc=$(member auc <"$scratch/json")
            [ "$n$mode" != 1block ] || echo "$auc" >"$scratch/auc"
            holds "${auc:-0} > 0.7" "test AUC"
            [ ! -s "$scratch/auc" ] || holds "(${auc:-0} - $(cat "$scratch/auc"))^2 < 1e-6" "AUC as by 1")"
    done
done

# Keys may be any, hashes say: with other names the features have the same weights.
sed 's/ \([0-9]*\):/ 18446744073709550\1:/g' "$scratch/train" >"$scratch/hashed"
for n in ${RANKS:-1 2 4}; do
    fact "owlqn_takes_any_keys_by_$n" "$(
        for file in train hashed; do
            run "$n" train "$scratch/$file" --algo owlqn --shards 4 --stats none --model "$scratch/$file.model" >"$scratch/json"
            [ -s "$scratch/$file.model" ] || cat "$scratch/json"
        done
        sed 's/^18446744073709550//' "$scratch/hashed.model" | sort -n | join - "$scratch/train.model" 2>&1 |
            awk '($2 - $3) ^ 2 > 1e-12 { print "not the same:", $0 } END { if (NR < 10) print NR, "weights" }'
        holds "$(member features <"$scratch/json") == 60" "features, seen or not")"
done

# Sums in the order of six data shards: one model, the serial solver's, whoever computes.
./tests/sparse_lr/serial_lr "$scratch/train" 6 20 50 1 10 "$scratch/serial" >"$scratch/objective"
for n in ${RANKS:-1 2 4}; do
    fact "sequential_mode_equals_the_serial_solver_bit_by_bit_by_$n" "$(
        run "$n" train "$scratch/train" --ordered --shards 6 --blocks 20 --eta 1 --passes 50 --epsilon 2e-5 --delay 0 --stats none \
            --model "$scratch/model" >"$scratch/json"
        cmp "$scratch/serial" "$scratch/model" 2>&1)"
done

# Stragglers, so that workers do run ahead.
for n in ${RANKS:-1 2 4}; do
    fact "staleness_counted_by_servers_never_exceeds_the_delay_by_$n" "$(
        for delay in 0 1 2 3 4 6 8 12 16; do
            run "$n" train "$scratch/train" --blocks 40 --passes 4 --delay $delay --task-ms 0.2 --straggle 1 --stats none \
                >"$scratch/json"
            most=$(member max_staleness <"$scratch/json")
            counts=$(member staleness_histogram <"$scratch/json" | tr -d '"')
            holds "${most:--1} >= 0 && ${most:--1} <= $delay" "the delay $delay"
            holds "$n == 1 || $delay == 0 || ${most:-0} > 0" "ahead at delay $delay"
            holds "$(echo "$counts" | wc -w) == ${most:-0} + 1" "a count for each staleness: $counts"
            holds "$(echo "$counts" | awk '{ for (i = 1; i <= NF; i++) sum += $i; print sum + 0 }') >= $n * 100" \
                "most blocks of all workers: $counts"
        done)"
done

# In lockstep nobody is more than a step ahead.
fact nobody_waits_for_clocks_on_account_of_the_counts "$(
    run 4 train "$scratch/train" --min-count 2 --blocks 40 --passes 3 --delay 8 --task-ms 2 --straggle 1 --stats none >"$scratch/json"
    most=$(member max_staleness <"$scratch/json")
    holds "${most:-0} > 2" "far ahead")"

fact kkt_filters_nine_tenths_and_costs_nothing "$(
    wide="--synthetic 3000 --features 20000 --nonzeros 20 --stats none --blocks 40"
    run 2 train $wide --kkt off --epsilon 0 --passes 300 | member objective >"$scratch/unfiltered"
    run 2 train $wide >"$scratch/json"
    holds "$(member filtered_share <"$scratch/json") > 0.9" "share of filtered features"
    holds "$(member objective <"$scratch/json") <= 1.0001 * $(cat "$scratch/unfiltered")" "the objective without filter")"

for chain in "key-cache" "key-cache,kkt,lz4" "kkt,fixed:2,key-cache,zstd"; do
    fact "filters_$(echo "$chain" | tr -c 'a-z0-9\n' '_')_find_the_optimum" "$(
        run 4 train "$scratch/train" --blocks 20 --delay 2 --node-ranks 1 --stats none --push-filters "$chain" \
            --pull-filters "$(echo "$chain" | sed 's/fixed:2,//')" >"$scratch/json"
        objective=$(member objective <"$scratch/json")
        holds "${objective:-0} > 0 && ${objective:-0} <= $optimum * 1.0005" "optimum $optimum")"
done

for algo in ftrl adagrad; do
    fact "${algo}_learns_online" "$(
        run 2 train $clicks --algo $algo --passes 5 --minibatch 100 --test-examples 2000 >"$scratch/json"
        holds "$(member auc <"$scratch/json") > 0.95 * $(member bayes_auc <"$scratch/json") - 0.05" "the best AUC")"
done

fact the_model_predicts_what_training_said "$(
    run 2 train "$scratch/train" --test "$scratch/test" --model "$scratch/model" --output "$scratch/result.h5" \
        --history "$scratch/history" --blocks 20 --stats none >"$scratch/json"
    run 3 predict "$scratch/test" --model "$scratch/model" --predictions "$scratch/predictions" --stats none \
        >"$scratch/judged"
    holds "($(member auc <"$scratch/json") - $(member auc <"$scratch/judged"))^2 < 1e-18" "the same AUC"
    [ "$(wc -l <"$scratch/predictions")" = 500 ] || echo "not a prediction per line"
    [ "$(wc -l <"$scratch/model")" = "$(member nonzeros <"$scratch/json")" ] || echo "not a line per nonzero"
    [ "$(wc -l <"$scratch/history")" = $(($(member passes <"$scratch/json") + 1)) ] || echo "not a line per pass"
    [ -s "$scratch/result.h5" ] || echo "no result file")"

fact a_model_in_a_result_file_predicts_the_same "$(
    run 2 predict "$scratch/test" --model "$scratch/result.h5" --predictions "$scratch/stored" --stats none >/dev/null
    cmp "$scratch/predictions" "$scratch/stored" 2>&1
    ./tern-mf --synthetic 40x30 --nnz 500 --rank 4 --epochs 1 --output "$scratch/other.h5" --stats none >"$scratch/output" 2>&1 ||
        cat "$scratch/output"
    expect 1 "cannot read $scratch/other.h5, /model/keys: there is no dataset of this name" ${MPIRUN:-mpirun} -n 2 \
        ./tern-lr predict "$scratch/test" --model "$scratch/other.h5" --stats none
    [ "$(grep -c 'cannot read' "$scratch/output")" = 1 ] || echo "said more than once"
    head -c 3000 "$scratch/result.h5" >"$scratch/cut.h5"
    expect 1 "cannot read $scratch/cut.h5: " ${MPIRUN:-mpirun} -n 2 ./tern-lr predict "$scratch/test" \
        --model "$scratch/cut.h5" --stats none)"

fact rare_features_are_left_out "$(
    run 2 train "$scratch/two" --min-count 2 --l1 0.01 --stats none >"$scratch/json"
    holds "$(member entries <"$scratch/json") == 2" "entries that are left")"

for n in ${RANKS:-1 2 4}; do
    fact "stats_count_features_by_$n" "$(
        run "$n" stats "$scratch/two" --stats none >"$scratch/json"
        holds "$(member features <"$scratch/json") == 2 && $(member entries <"$scratch/json") == 3" "features, entries"
        holds "$(member most_examples <"$scratch/json") == 2" "examples of a feature"
        holds "$(member touched_by_1_of_1 <"$scratch/json") == 1" "what one worker touches")"
done

# An endless training of some passes a second (mpirun does not read what its ranks write while it ends them) is interrupted.
has_passes() { [ "$(grep -c '"epoch"' "$scratch/json")" -ge 3 ]; }
interrupt() { # MODE LAUNCHER...
    mode=$1
    shift
    rm -f "$scratch/model" "$scratch/result.h5" "$scratch/history"
    : >"$scratch/json"
    OMPI_MCA_odls_base_sigkill_timeout=3 "$@" ./tern-lr train "$scratch/train" --algo $mode --epsilon 0 --passes 10000 \
        --max-seconds 60 --json --model "$scratch/model" --output "$scratch/result.h5" --history "$scratch/history" \
        >"$scratch/json" 2>"$scratch/errors" &
    launcher=$!
    within has_passes || echo "no passes"
    kill -INT $launcher
    wait $launcher
    exit_code=$?
    grep 'warn: a\|error:' "$scratch/errors"
    grep -q 'tern-lr: signal [0-9]* after [0-9]* passes: these are the weights so far' "$scratch/errors" || cat "$scratch/errors"
    [ "$(member stopped_by_signal <"$scratch/json")" -gt 0 ] || echo "no results"
    holds "$(member objective <"$scratch/json") > 0" "an objective"
    [ "$(wc -l <"$scratch/model")" = "$(member nonzeros <"$scratch/json")" ] || echo "not a line per nonzero"
    [ "$(wc -l <"$scratch/history")" = $(($(member passes <"$scratch/json") + 1)) ] || echo "not a line per pass"
    [ -s "$scratch/result.h5" ] || echo "no result file"
}
for mode in "dbpg --delay 4 --task-ms 2" "dbpg --delay auto --task-ms 2" "block --task-ms 5" "ftrl --task-ms 50" "owlqn --task-ms 100"; do
    fact "an_interrupted_$(echo "$mode" | sed 's/ --task.*//;s/ --/_/;s/ /_/')_writes_what_it_has" "$(
        interrupt "$mode" ${MPIRUN:-mpirun} -n 4)"
done
fact an_interrupted_program_exits_with_the_signal "$(
    interrupt "block --task-ms 5" env
    [ $exit_code = 130 ] || echo "exit code $exit_code")"

# What happens to a block: their order, gradients, pushes, pulls, corrections and the proximal step.
fact the_algorithm_is_at_most_500_lines_of_C "$(
    lines=$(cd "$top/apps/sparse_lr" && cat pipeline.c pipeline.h shard.c shard.h kernel.c kernel.h \
        proximal.c proximal.h order.c order.h | awk '
        /^ *\/\*/ { comment = 1 }
        !comment && !/^ *$/ { num++ }
        /\*\/ *$/ { comment = 0 }
        END { print num }')
    holds "$lines <= 500" "lines of code")"

facts_end
