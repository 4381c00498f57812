#!/bin/sh
# Facts about tern-info and tern-bench as their users meet them, and about what all programs have in
# common. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
programs="tern-info tern-bench tern-kge tern-mf tern-wordnet"

# --- tern-bench ---

local_cases="raw-gather raw-scatter local-pull local-push local-pull1 localize-local"
remote_cases="remote-pull remote-push push-pull pull-latency localize"
together_cases="clock barrier"

# bench RANKS OPTION...: a short run over few rows, its lines in $scratch/bench.
bench() {
    ranks=$1
    shift
    timeout 60 ${MPIRUN:-mpirun} -n "$ranks" ./tern-bench --rows 5k --batch 64 --width 5 --seconds 0.02 \
        --stats none "$@" >"$scratch/bench" 2>"$scratch/errors" || cat "$scratch/errors"
}

# Members that a line of case $1 must have.
members() {
    echo case ranks workers
    case $1 in
        localize) echo median_us p99_us ;;
        *) echo us_per_call messages_per_call ;;
    esac
    case $1 in
        clock | barrier) ;;
        localize) echo width rows batch bytes dist ;;
        localize-local) echo width rows batch dist keys_per_s ;;
        *) echo width rows batch bytes dist keys_per_s MB_per_s ;;
    esac
    case $1 in
        localize) echo servers inflight rung ratio_to_bare bare_median_us bare_p99_us ;;
        localize-local) echo ns_per_key ;;
        local-*) echo ns_per_key ratio_to_raw raw_us_per_call ;;
        remote-* | push-pull | pull-latency) echo servers inflight rung ratio_to_bare bare_MB_per_s ;;
        clock | barrier) echo ratio_to_bare bare_us_per_call ;;
    esac
}

# The number of member $2 in line $1.
number() {
    echo "$1" | sed -n "s/.*\"$2\": \([0-9.e+-]*\)[,}].*/\1/p"
}

# Say what the lines for cases $1 lack.
lacks() {
    for name in $1; do
        line=$(grep "^{\"case\": \"$name\".*}\$" "$scratch/bench") || echo "no line for $name"
        for member in $(members "$name"); do
            case $line in *"\"$member\": "*) ;; *) echo "$name has no $member" ;; esac
            case $member in
                ratio_*) number "$line" "$member" | awk '!($1 > 0) { print "ratio of " $1 }' ;;
            esac
        done
    done
}

# The columns of a case that $1 ranks on nodes of their own measure.
columns() {
    for name in $remote_cases $together_cases; do
        bench "$1" --node-ranks 1 --case "$name"
        grep -q "^# Tern $name: .*workers" "$scratch/bench" || echo "no heading of $name"
        grep -q '^# .* bare-mpi .* ratio$' "$scratch/bench" || echo "no columns of $name"
        grep -q '^[0-9]' "$scratch/bench" || echo "no line of $name"
    done
}

# The worker sends one message with 64 keys and rows to each of $1 servers per call.
counts() {
    bench 4 --node-ranks 1 --servers "$1" --case remote-push --json
    line=$(cat "$scratch/bench")
    [ "$(number "$line" messages_per_call)" = "$1" ] || echo "not $1 messages a call: $line"
    [ "$(number "$line" workers)" = $((4 - $1)) ] || echo "not $((4 - $1)) workers: $line"
    number "$line" bytes_sent_per_call | awk '$1 < 64 * 5 * 4 { print "only " $1 " bytes sent a call" }'
}

# suite RANKS OPTION...: a suite over few rows into $scratch/suite.
suite() {
    ranks=$1
    shift
    rm -rf "$scratch/suite"
    timeout 120 ${MPIRUN:-mpirun} -n "$ranks" ./tern-bench suite --quick --rows 5k --seconds 0.01 --stats none \
        --out "$scratch/suite" "$@" >"$scratch/bench" 2>"$scratch/errors" || cat "$scratch/errors"
}

# Say which files of the suite for cases $1 and pictures $2 are missing or wrong.
suite_lacks() {
    for name in $1; do
        head -1 "$scratch/suite/$name.csv" | grep -q '^case,sweep,ranks,.*,ratio_to_' || echo "no head of $name.csv"
        awk -F , 'NR == 1 { n = NF } NF != n { print FILENAME ": " $0 } END { if (NR < 2) print "no line" }' \
            "$scratch/suite/$name.csv"
    done
    [ "$(head -c 8 "$scratch/suite/tern-bench.h5" | od -An -tx1)" = " 89 48 44 46 0d 0a 1a 0a" ] ||
        echo "tern-bench.h5 is not HDF5"
    for name in $2; do
        grep -q 'plot' "$scratch/suite/$name.gp" || echo "$name.gp draws nothing"
        [ -z "$has_gnuplot" ] || grep -q '</svg>' "$scratch/suite/$name.svg" || echo "no picture $name.svg"
    done
}

# $scratch/bin: every program that can be found but gnuplot.
hide_gnuplot() {
    mkdir "$scratch/bin"
    (IFS=: && for folder in $PATH; do ln -s "$folder"/* "$scratch/bin" 2>"$scratch/known_names"; done)
    rm -f "$scratch/bin/gnuplot"
}

has_gnuplot=$(command -v gnuplot)
rungs=message # and window, where it works
${MPIRUN:-mpirun} -n 2 ./tern-info --probe --node-ranks 1 --pull window >"$scratch/probe" 2>&1 && rungs="message window"

fact every_program_explains_its_options "$(for p in $programs; do
    expect 0 "--shared-limit <bytes>" ./"$p" --help; done)"
fact an_unknown_option_is_refused_with_a_suggestion "$(for p in $programs; do
    expect 2 "did you mean --json" ./"$p" --jsn; done)"
fact the_configuration_is_printed_with_its_origins "$(
    TERN_SEED=7 expect 0 "environment TERN_SEED" ./tern-bench --print-config)"
fact facts_are_one_json_object "$(expect 0 '"mpi": "' ./tern-info --json; expect 0 '}' ./tern-info --json)"

# probe CODE TEXT VARIABLE=VALUE...: what two nodes of one rank say about the way between them.
probe() {
    code=$1 text=$2
    shift 2
    expect "$code" "$text" env "$@" TERN_NODE_RANKS=1 ${MPIRUN:-mpirun} -n 2 ./tern-info --probe
}

# Both rungs with their times, or why there is no window.
tried() {
    probe 0 "pulls          memory, else " TERN_PULL=auto
    grep -q '^window  *none: ' "$scratch/output" && return
    for rung in window message; do
        grep -q "^$rung  *[0-9.]* us for 1 row, [0-9.]* us for 256 rows\$" "$scratch/output" || echo "no times by $rung"
    done
}

fact one_node_has_no_rungs_to_try "$(expect 0 'not tried: all ranks are on one node' ./tern-info --probe)"
fact two_nodes_try_both_rungs "$(tried)"
fact messages_that_are_chosen_are_not_tried \
    "$(probe 0 'not tried: messages were chosen' TERN_PULL=message)"
fact runs_that_survive_losses_pull_by_message \
    "$(probe 0 'not tried: this run is to survive losses' TERN_PULL=auto TERN_RUN_SHIELDED=1)"
fact a_window_that_must_not_be_is_refused \
    "$(probe 1 'is impossible here: this run is to survive' TERN_PULL=window TERN_RUN_SHIELDED=1)"
case $(./tern-info) in
    *"Open MPI v4"*)
        fact a_window_that_cannot_be_is_refused \
            "$(probe 1 'is impossible here: MPI_Win_create: ' TERN_PULL=window OMPI_MCA_osc=sm)" ;;
    *) skip a_window_that_cannot_be_is_refused "no way is known to keep this MPI from making windows" ;;
esac
fact every_local_case_is_measured_by_one_rank "$(bench 1 --json; lacks "$local_cases $together_cases")"
fact and_by_two_workers_together "$(bench 4 --json; lacks "$local_cases $together_cases")"
fact every_remote_case_is_measured_beside_bare_mpi "$(
    bench 2 --node-ranks 1 --json; lacks "$remote_cases $together_cases")"
fact each_has_its_columns "$(columns 2)"
fact a_call_sends_one_message_per_server "$(counts 1; counts 2)"
fact rows_that_are_localized_are_brought_back "$(
    bench 2 --node-ranks 1 --case localize --stats json
    number "$(grep '^{"statistics' "$scratch/bench")" localized_keys | awk '!($1 >= 128) || $1 % 128 { print "localized " $1 }')"
fact lists_give_a_line_each "$(bench 1 --case local-pull --width 3,8 --batch 1,2,1k --json
    [ "$(grep -c ratio_to_raw "$scratch/bench")" = 6 ] || cat "$scratch/bench")"
fact bad_lists_and_counts_are_usage_errors "$(
    expect 2 "--batch '1,,2': want" ./tern-bench --batch 1,,2
    expect 2 "--width '0': want" ./tern-bench --width 0
    expect 2 "--workers 2: local-pull has at most 1" ./tern-bench --case local-pull --workers 2 --rows 1k
    expect 2 "--servers 2: the job has 1" ./tern-bench --servers 2 --rows 1k
    expect 2 "below 2 GiB" ./tern-bench --batch 1000k --width 1000)"
fact a_remote_case_without_another_node_is_refused "$(
    expect 1 "the job has one node" ./tern-bench --case remote-pull --rows 1k)"
fact pulls_go_by_the_rung_that_was_chosen "$(for rung in $rungs; do
    bench 2 --node-ranks 1 --case remote-pull --rung $rung --json
    grep -q "\"rung\": \"$rung\"" "$scratch/bench" || cat "$scratch/bench"; done)"
fact the_suite_writes_its_files "$(
    unset TERN_PULL
    suite 2 --node-ranks 1
    for rung in $rungs; do
        grep -q "^remote-pull,skew,.*,$rung," "$scratch/suite/remote-pull.csv" || echo "no pulls by $rung"; done
    suite_lacks "local-pull local-push local-pull1 $remote_cases $together_cases" "pull push latency scaling skew")"
fact and_what_one_node_has "$(suite 1; suite_lacks "local-pull local-push clock" "pull push scaling skew")"
fact without_gnuplot_the_scripts_are_there "$(
    hide_gnuplot
    expect 0 "gnuplot is not here" env PATH="$scratch/bin" ./tern-bench suite --quick --rows 1k --seconds 0.01 \
        --out "$scratch/suite"
    has_gnuplot=
    suite_lacks "local-pull" "pull push")"
fact the_suite_keeps_to_a_rung_that_was_chosen "$(
    unset TERN_PULL
    suite 2 --node-ranks 1 --rung message
    grep ",window," "$scratch/suite/remote-pull.csv")"
fact the_suite_has_a_grid_of_its_own "$(
    expect 2 "--out FOLDER is needed" ./tern-bench suite
    expect 2 "--batch: the suite has a grid" ./tern-bench suite --out "$scratch/suite" --batch 4
    expect 2 "--quick: only the suite" ./tern-bench --quick
    expect 2 "the one operand is 'suite'" ./tern-bench sweet
    expect 1 "--out $scratch/no/folder: " ./tern-bench suite --out "$scratch/no/folder" --rows 1k)"
facts_end
