#!/bin/sh
# run-lapse: what it would run, what it makes of results, and a run of seconds on two virtual hosts. Runs in the
# build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
lapse=$top/apps/experiments/lapse
numbers=$top/apps/experiments/common/numbers.awk
. "$top/tests/support/facts.sh"
. "$top/tests/support/vcluster.sh"
scratch=$(mktemp -d)
trap 'vcluster down 2>/dev/null; rm -rf "$scratch"' EXIT

# lacking FILE TEXT...: say which of the texts are not in the file.
lacking() {
    file=$1
    shift
    for text; do grep -qF -- "$text" "$file" || echo "no \"$text\" in $file: $(tail -n 3 "$file")"; done
}

# csv COLUMN=VALUE...: a line of runs.csv.
csv() {
    echo "$columns" | awk -F, -v given="$*" '{
        n = split(given, list, " ")
        for (i = 1; i <= n; i++) { split(list[i], pair, "="); value[pair[1]] = pair[2] }
        for (i = 1; i <= NF; i++) printf "%s%s", value[$i], i < NF ? "," : "\n" }'
}

# --- what would be run

"$lapse/run-lapse" --dry-run --bin . >"$scratch/quick" 2>"$scratch/errors"
code=$?
fact a_dry_run_shows_hosts_programs_and_both_regimes "$([ $code -eq 0 ] || echo "exit code $code"
    lacking "$scratch/quick" "vcluster up 8 --cpu 20" "--delay 0.5 --rate 500" "tern-mf" "--paper rescal" \
        "--paper complex" "tern-w2v" "--plain-mpi" "--policy essp" "--no-shared-memory" "--prefetch 4096")"
fact a_dry_run_starts_nothing "$([ ! -e lapse-results ] || echo "it made a folder")"
"$lapse/run-lapse" --dry-run --full --bin . >"$scratch/full" 2>>"$scratch/errors"
fact the_full_plan_has_five_seeds "$(lacking "$scratch/full" "--seed 5" "--synthetic 200000x20000 --nnz 20M")"
fact every_system_of_the_plan_is_known "$(grep -F "# " "$scratch/quick" "$scratch/full" | grep -F "systems.txt"; grep -v "^run-lapse: network" "$scratch/errors")"
"$lapse/run-lapse" --dry-run --only manual --tasks mf --hosts 1,2 --regimes ratio --bin . >"$scratch/some" 2>&1
fact a_part_can_be_chosen "$(lacking "$scratch/some" "up 2" "--plain-mpi"; grep -E "tern-kge|policy essp|up 8" "$scratch/some")"
fact wrong_usage_is_named "$(
    expect 2 "unknown option or operand --fast" "$lapse/run-lapse" --fast
    expect 2 '--tasks takes a list of mf,rescal,complex,w2v, not "bread"' "$lapse/run-lapse" --tasks bread
    expect 2 "report needs the folder" "$lapse/run-lapse" report
    expect 1 "no runs.csv" "$lapse/run-lapse" report "$scratch")"

# --- what is read from a program's output

cat >"$scratch/output" <<'OUTPUT'
{"epoch": 1, "seconds": 9.0, "loss": 1, "rate": 100, "rmse": 0.9}
{"epoch": 2, "seconds": 2.0, "loss": 1, "rate": 400, "rmse": 0.8}
{"epoch": 3, "seconds": 1.0, "loss": 1, "rate": 800, "rmse": 0.7}
{"statistics": {"seconds": 10, "phases": {"compute": {"min": 1, "share": 0.5}, "pull": {"share": 0.25}}, "localized_keys": 40, "localize_ns": 80000000, "messages": 2500, "bytes": 5000, "pull_keys": 60, "push_keys": 40, "local_keys": 50, "local_changes": 10, "borrowed_rows": 40}}
OUTPUT
awk -v hosts=2 -v share=0.5 -f "$numbers" -f "$lapse/trial.awk" "$scratch/output" >"$scratch/measures"
fact the_first_epoch_is_not_counted_and_a_sample_is_extrapolated "$(lacking "$scratch/measures" "3,600,3333.33,0.5,0.7,rmse,")"
fact relocations_are_counted_and_timed "$(lacking "$scratch/measures" ",0.8,0.625,4,2,1,2,0.5,0.25,")"
fact output_without_an_epoch_is_a_failure "$(echo error | awk -v hosts=2 -f "$numbers" -f "$lapse/trial.awk" && echo "taken for a result")"

# --- what is made of results

results=$scratch/results
mkdir "$results"
columns=$(sed -n 's/^readonly measured_columns=//p' "$lapse/trial.sh")
columns=$(sed -n 's/^readonly run_columns=//p' "$lapse/trial.sh" | sed "s/[$]measured_columns/$columns/")
{
    echo "$columns"
    for seed in 1 2 3; do
        csv task=mf regime=ratio system=relocate hosts=8 seed=$seed status=ok epoch_s=$seed share=1 local_reads=0.999 messages_per_update=0.01
    done
    csv task=mf regime=ratio system=relocate hosts=1 seed=1 status=ok epoch_s=12 share=1
    csv task=mf regime=ratio system=classic hosts=8 seed=1 status=ok epoch_s=100 share=0.01 wait_share=0.9 pull_share=0 push_share=0
    csv task=mf regime=ratio system=classic-16 hosts=8 seed=1 status=ok epoch_s=30 share=0.1
    csv task=mf regime=ratio system=classic-256a hosts=8 seed=1 status=ok epoch_s=10 share=0.1
    csv task=mf regime=ratio system=plain-mpi hosts=8 seed=1 status=ok epoch_s=1 share=1
    csv task=complex regime=ratio system=relocate hosts=8 seed=1 status=failed note=no_room
} >"$results/runs.csv"
{
    echo "experiment,task,regime,system,hosts,seed"
    echo "manual,mf,ratio,plain-mpi,8,1"
    echo "manual,mf,ratio,relocate,8,2"
} >"$results/cases.csv"
"$lapse/run-lapse" report --markdown "$results" >"$scratch/markdown" 2>"$scratch/errors"
fact ratios_are_of_medians_and_beside_the_papers "$(lacking "$scratch/markdown" \
    "synchronous classic | 50.0 | 4..203 [read] | at least 20: yes |" "8 hosts over 1 | 6.00 |")"
fact the_fastest_point_of_the_grid_is_the_tuned_one "$(lacking "$scratch/markdown" "than tuned classic (classic-256a) | 5.00 |")"
fact what_is_missed_is_said "$(lacking "$scratch/markdown" "hand-written MPI | 2.00 | 1.1..2.6 [recalled] | at most 1.5: no |")"
fact reasons_are_counters "$(lacking "$scratch/markdown" "waiting takes 90.0 % of the workers' time" "99.9 % of accesses local")"
fact a_failed_run_is_listed_and_does_not_count "$(lacking "$scratch/markdown" "complex, ratio, relocate, 8 hosts, seed 1: failed (no_room)")"
fact an_experiment_has_its_runs_and_no_others "$([ "$(cut -d, -f3,5 "$results/manual.csv" | tail -n +2 | tr '\n' ' ')" = "relocate,2 plain-mpi,1 " ] ||
    cat "$results/manual.csv")"
if command -v gnuplot >/dev/null; then
    fact the_figure_has_a_line_for_each_system "$(lacking "$results/epoch-mf-ratio.svg" relocate "classic, tuned" plain-mpi)"
else
    skip the_figure_has_a_line_for_each_system "no gnuplot"
fi

# --- a run

reason=$(vcluster_missing)
[ -n "${MPIRUN:-$(command -v mpirun)}" ] || reason="no mpirun"
if [ -n "$reason" ]; then
    skip "run-lapse on two virtual hosts" "$reason"
    facts_end
fi
timeout 200 "$lapse/run-lapse" --tiny --bin . --out "$scratch/tiny" >"$scratch/output" 2>&1
code=$?
fact a_tiny_run_ends_well "$([ $code -eq 0 ] || { echo "exit code $code"; tail -n 20 "$scratch/output"; }
    awk -F, 'NR > 1 && $6 != "ok"' "$scratch/tiny/runs.csv")"
fact a_run_to_a_target_says_when_it_was_reached "$(awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $3 ~ /^target-/ { n++; if ($column["target_s"] + 0 <= 0) print }
    END { if (n != 1) print n + 0 " runs to a target" }' "$scratch/tiny/runs.csv")"
fact every_result_names_its_network_and_command "$(awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $column["hosts"] > 1 && ($column["round_trip_us"] + 0 <= 0 || $column["MB_per_s"] + 0 <= 0 || $column["compute_us"] + 0 <= 0 || !/vcluster run/)' \
    "$scratch/tiny/runs.csv")"
timeout 100 "$lapse/run-lapse" --tiny --bin . --out "$scratch/tiny" >"$scratch/again" 2>&1
fact what_was_run_is_not_run_again "$(grep -F "mf,ratio" "$scratch/again")"
fact no_hosts_are_left "$(ip netns list | grep "^$cluster-")"
facts_end
