#!/bin/sh
# Facts about tern-info and tern-bench as their users meet them, and about what all programs have in
# common. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
programs="tern-info tern-bench tern-kge tern-wordnet"

# Every member that a line of tern-bench must have.
bench_members="case width rows batch dist ranks keys_per_s ns_per_key MB_per_s"

# One short run of $1 ranks over all cases; says what is missing.
bench() {
    timeout 60 ${MPIRUN:-mpirun} -n "$1" ./tern-bench --rows 5k --batch 64 --width 5 --seconds 0.02 --json \
        --stats none >"$scratch/bench" 2>"$scratch/errors" || cat "$scratch/errors"
    for name in raw-gather raw-scatter local-pull local-push local-pull1; do
        line=$(grep "\"case\": \"$name\"" "$scratch/bench") || echo "no line for $name"
        for member in $bench_members; do
            case $line in *"\"$member\": "*) ;; *) echo "$name has no $member" ;; esac
        done
        case $name in
            local-*) case $line in *'"ratio_to_raw": '*) ;; *) echo "$name has no ratio_to_raw" ;; esac ;;
        esac
    done
}

fact every_program_explains_its_options "$(for p in $programs; do
    expect 0 "--shared-limit <bytes>" ./"$p" --help; done)"
fact an_unknown_option_is_refused_with_a_suggestion "$(for p in $programs; do
    expect 2 "did you mean --json" ./"$p" --jsn; done)"
fact the_configuration_is_printed_with_its_origins "$(
    TERN_SEED=7 expect 0 "environment TERN_SEED" ./tern-bench --print-config)"
fact facts_are_one_json_object "$(expect 0 '"mpi": "' ./tern-info --json; expect 0 '}' ./tern-info --json)"
fact every_case_is_measured_by_one_rank "$(bench 1)"
fact every_case_is_measured_by_two_workers_together "$(bench 4)"
facts_end
