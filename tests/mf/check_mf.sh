#!/bin/sh
# Facts about tern-mf as its users meet it, on a small planted matrix. Runs in the build folder.
#
# RANKS    numbers of ranks                         (1 2 4)
# MPIRUN   the launcher and its options             (found by configure)
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

policies="static relocate ssp essp adaptive"
small="--synthetic 800x200 --nnz 24k --planted-rank 3 --rank 3 --lr 0.1 --decay 0.98 --l2 0.005
       --valid-share 0.05 --test-share 0.1 --init 0.5 --tile-rows 64 --stats none"

# roles N: each of N ranks is server and worker.
roles() {
    printf '%s scheduler+server+worker' --roles
    for _ in $(seq 2 "$1"); do printf ',server+worker'; done
}

# member NAME: its last value in JSON lines.
member() {
    sed -n "s/.*\"$1\": *\\([^,}]*\\).*/\\1/p" | tail -n 1
}

# run N OPTIONS...: the JSON lines of a run by N ranks.
run() {
    n=$1
    shift
    timeout 100 ${MPIRUN:-mpirun} -n "$n" ./tern-mf $(roles "$n") --json $small "$@" 2>"$scratch/errors" ||
        cat "$scratch/errors"
}

# finds LIMIT N OPTIONS...: say so if the planted matrix, whose noise is 0.1, is not found up to a test RMSE of LIMIT.
finds() {
    limit=$1
    shift
    rmse=$(run "$@" --eval-every 0 | member test_rmse)
    awk -v rmse="${rmse:-none}" -v limit="$limit" \
        'BEGIN { exit !(rmse + 0 > 0 && rmse + 0 < limit + 0) }' </dev/null ||
        { echo "test RMSE ${rmse:-none} with $*"; tail -n 3 "$scratch/errors"; }
}

fact contradicting_options_are_refused "$(
    expect 2 'give one of --data FILE and --synthetic ROWSxCOLS' ./tern-mf
    expect 2 '--synthetic: expected ROWSxCOLS as in 20000x5000, found "12"' ./tern-mf --synthetic 12
    expect 2 '--nnz: a matrix of 10x10 has no 101 entries' ./tern-mf --synthetic 10x10 --nnz 101
    expect 2 '--plain-mpi and --no-server exclude each other' ./tern-mf $small --plain-mpi --no-server
    expect 2 '--compare-plain needs the parameter server' ./tern-mf $small --compare-plain --no-server
    expect 2 '--prefetch and --async-push go with --access copy' ./tern-mf $small --prefetch 4
    expect 2 '--target-rmse needs --valid-share above 0' ./tern-mf --synthetic 9x9 --nnz 9 --valid-share 0 --target-rmse 1)"

printf '1,2,3\n1,2\n' >"$scratch/bad.csv"
fact a_bad_rating_is_named "$(
    for n in ${RANKS:-1 2 4}; do
        expect 1 "$scratch/bad.csv:2: expected row, column and rating, found 2 fields" \
            ${MPIRUN:-mpirun} -n "$n" ./tern-mf --data "$scratch/bad.csv" --stats none
    done)"

fact the_plain_loop_finds_the_planted_matrix "$(
    finds 0.17 1 --epochs 80 --no-server
    finds 0.17 1 --epochs 80 --no-server --threads 3)"

for n in ${RANKS:-1 2 4}; do
    fact "the_hand_written_rotation_finds_it_by_$n" "$(finds 0.17 "$n" --epochs 80 --plain-mpi --pieces 2)"
    for nodes in 0 1; do
        [ "$nodes" -lt "$n" ] || continue # one node of one rank: the same as 0
        where=by_$n$([ $nodes = 0 ] || echo _apart)
        fact "dsgd_finds_it_in_place_$where" "$(finds 0.17 "$n" --node-ranks $nodes --epochs 80)"
        for policy in $policies; do
            fact "dsgd_finds_it_under_${policy}_$where" "$(
                finds 0.17 "$n" --node-ranks $nodes --epochs 80 --policy $policy --access copy --clustering random)"
        done
    done
done

# Where every way to a vector is used: four nodes of a rank each.
for policy in $policies; do
    fact "other_schedules_find_it_under_$policy" "$(
        finds 0.17 4 --node-ranks 1 --epochs 80 --policy $policy --pieces 2
        finds 0.2 4 --node-ranks 1 --epochs 30 --decay 0.95 --policy $policy --schedule columns --ahead 16
        finds 0.2 4 --node-ranks 1 --epochs 30 --decay 0.95 --policy $policy --schedule random --access copy \
            --prefetch 64 --async-push)"
done

fact a_run_stops_at_its_target "$(
    run 2 --epochs 80 --target-rmse 0.4 >"$scratch/lines"
    member target_seconds <"$scratch/lines" | grep -q '^[0-9]' || echo "no target_seconds"
    member epochs <"$scratch/lines" | awk '!($1 > 1 && $1 < 80) { print "stopped after " $1 " epochs" }')"
fact a_sample_says_that_it_is_one "$(
    run 2 --epochs 2 --sample 0.1 --schedule random --access copy >"$scratch/lines"
    member sampled_share <"$scratch/lines" | awk '!($1 >= 0.1 && $1 < 0.12) { print "sampled " $1 }'
    member extrapolated_epoch_seconds <"$scratch/lines" | grep -q '^[0-9]' || echo "no extrapolated time"
    ! grep -q '"epoch_seconds"' "$scratch/lines" || echo "an epoch's time from a sample")"
fact time_that_runs_out_ends_a_run "$(
    run 2 --epochs 1000000 --max-seconds 0.2 | member train_seconds | awk '!($1 >= 0.2) { print "trained " $1 " s" }')"
fact the_result_file_has_what_was_trained "$(
    printf 'user,item,rating\na,x,1\na,y,2\nb,x,3\nc,z,4\nc,x,5\n' >"$scratch/few.csv"
    expect 0 "$scratch/out.h5" ./tern-mf --data "$scratch/few.csv" --valid-share 0 --test-share 0 --epochs 2 \
        --output "$scratch/out.h5"
    [ -s "$scratch/out.h5" ] || echo "no result file")"
fact the_cost_of_the_server_is_measured_in_turns "$(
    run 2 --epochs 3 --compare-plain | member server_speed | awk '!($1 > 0) { print "speed " $1 }')"
facts_end
