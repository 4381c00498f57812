#!/bin/sh
# Facts about tern-w2v as its users meet it, on a made-up text with topics. Runs in the build folder.
#
# RANKS    numbers of ranks                         (1 2 4)
# MPIRUN   the launcher and its options             (found by configure)
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Sentences of 12 words of one of 8 topics; topic t has the words <t>a to <t>h. Related pairs are of one topic.
make_text() {
    awk 'BEGIN {
        srand(7); topics = "bcdfghjk"; letters = "abcdefgh"
        for (s = 0; s < 4000; s++) {
            t = int(rand() * 8) + 1; line = ""
            for (w = 0; w < 12; w++) line = line substr(topics, t, 1) substr(letters, int(rand() * 8) + 1, 1) " "
            print line
        }
    }' >"$scratch/text"
    awk 'BEGIN {
        topics = "bcdfghjk"
        for (t = 1; t <= 8; t++) for (w = 1; w < 8; w++) {
            left = substr(topics, t, 1) "a"; letter = substr("abcdefgh", w + 1, 1)
            print left, substr(topics, t, 1) letter, 1
            print left, substr(topics, t % 8 + 1, 1) letter, 0
        }
    }' >"$scratch/pairs"
}

options="--sentence line --dim 16 --subsample 0 --lr 0.05 --epochs 3 --stats none --progress-seconds 100"

# finds_topics COMMAND...: trains, and says if the topics are not found.
finds_topics() {
    # shellcheck disable=SC2086
    timeout 60 "$@" "$scratch/text" $options --pairs "$scratch/pairs" --json >"$scratch/output" 2>&1 ||
        echo "exit code $?: $*"
    sed -n 's/.*"auc_pairs": *\([0-9.]*\).*/\1/p' "$scratch/output" |
        awk '$1 > 0.95 { n++ } END { if (n != 1) print "AUC " $1 }' | grep . && tail -3 "$scratch/output"
}

# results NAME...: the values of these members of the last JSON object.
results() {
    for name; do
        sed -n "s/.*\"$name\": *\([-0-9.e+]*\).*/\1/p" "$scratch/output" | tail -n 1
    done | xargs
}

make_text
fact contradicting_options_are_refused "$(
    expect 2 'name a text file' ./tern-w2v
    expect 2 '--compare-plain needs the parameter server' ./tern-w2v "$scratch/text" --no-server --compare-plain
    expect 2 '--threads goes with' ./tern-w2v "$scratch/text" --threads 2
    expect 2 'need --pairs' ./tern-w2v "$scratch/text" --target-auc 0.9)"
fact the_plain_loop_finds_the_topics "$(finds_topics ./tern-w2v --no-server --threads 2)"
fact formats_and_results_are_written_and_read "$(
    # shellcheck disable=SC2086
    expect 0 'words_per_second' ./tern-w2v "$scratch/text" $options --text "$scratch/v.txt" \
        --binary "$scratch/v.bin" --output "$scratch/v.h5" --vocabulary "$scratch/words"
    for file in v.txt v.bin; do
        expect 0 'auc_pairs' ./tern-w2v --vectors "$scratch/$file" --pairs "$scratch/pairs" --nearest ba --stats none
        sed -n 's/^ba: //p' "$scratch/output" | tr ',' '\n' | head -n 7 | grep -v '^ *b' && echo "neighbours of ba in $file"
    done
    [ -s "$scratch/v.h5" ] || echo "no result file"
    [ "$(wc -l <"$scratch/words")" -eq 64 ] || echo "$(wc -l <"$scratch/words") words"
    ls "$scratch"/*.tmp 2>/dev/null)"
fact training_stops_at_the_target "$(
    # shellcheck disable=SC2086
    expect 0 '"target_seconds"' ./tern-w2v "$scratch/text" $options --epochs 50 --pairs "$scratch/pairs" \
        --target-auc 0.9 --json
    [ "$(results epochs)" -lt 50 ] || echo "$(results epochs) epochs")"
fact a_sample_of_the_words_is_about_that_large "$(
    # shellcheck disable=SC2086
    expect 0 '"epoch_sample"' ./tern-w2v "$scratch/text" $options --epochs 1 --max-words 12000 --json
    results words_per_epoch | awk '$1 < 9000 || $1 > 15000 { print $1 " words" }')"
for n in ${RANKS:-1 2 4}; do
    run="${MPIRUN:-mpirun} -n $n ./tern-w2v"
    # shellcheck disable=SC2086
    fact "a_missing_text_is_named_by_$n" "$(expect 1 '/nowhere: No such file' $run /nowhere --stats none)"
    fact "the_vocabulary_is_the_same_by_$n" "$(
        # shellcheck disable=SC2086
        expect 0 'words_per_second' $run "$scratch/text" $options --epochs 1 --vocabulary "$scratch/words.$n"
        cmp "$scratch/words" "$scratch/words.$n")"
    fact "topics_are_found_by_$n" "$(finds_topics $run)"
    [ "$n" -gt 1 ] || continue
    for policy in static relocate ssp essp adaptive; do
        fact "topics_are_found_by_$n nodes, $policy" "$(
            finds_topics $run --node-ranks 1 --policy $policy --clock-every 100)"
    done
    for access in "--access copy --prefetch 64" "--access copy --no-async-push" "--batch 1 --prefetch 8"; do
        fact "topics_are_found_by_$n nodes, $access" "$(finds_topics $run --node-ranks 1 $access)"
    done
    for kind in localized pool local; do
        fact "topics_are_found_by_$n nodes, $kind negatives" "$(
            finds_topics $run --node-ranks 1 --policy relocate --negatives-from $kind)"
    done
done
facts_end
