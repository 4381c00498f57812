#!/bin/sh
# run-osdi14: what it would run, what it makes of results, and a run of seconds. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
osdi=$top/apps/experiments/osdi14
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
. "$top/tests/support/vcluster.sh"
scratch=$(mktemp -d)
trap 'vcluster down 2>/dev/null; rm -rf "$scratch"' EXIT

# lacking FILE TEXT...: say which of the texts are not in the file.
lacking() {
    file=$1
    shift
    for text; do grep -qF -- "$text" "$file" || echo "no \"$text\" in $file: $(tail -n 3 "$file")"; done
}

# csv COLUMNS COLUMN=VALUE...: a line with these columns.
csv() {
    columns=$1
    shift
    echo "$columns" | awk -F, -v given="$*" '{
        n = split(given, list, " ")
        for (i = 1; i <= n; i++) { split(list[i], pair, "="); value[pair[1]] = pair[2] }
        for (i = 1; i <= NF; i++) printf "%s%s", value[$i], i < NF ? "," : "\n" }'
}

# --- what would be run

"$osdi/run-osdi14" --dry-run --bin . >"$scratch/quick" 2>"$scratch/errors"
code=$?
fact a_dry_run_shows_hosts_and_systems "$([ $code -eq 0 ] || echo "exit code $code"
    lacking "$scratch/quick" "vcluster up 10 --cpu 20" "--algo owlqn" "--algo block --kkt 10" "--algo dbpg --delay 16" "--delay auto" \
        "--kkt off --push-filters key-cache " "--synthetic 1M" "--passes 100"
    cat "$scratch/errors")"
fact a_dry_run_starts_nothing "$([ ! -e osdi14-results ] || echo "it made a folder")"
fact tasks_of_timed_runs_last_20_ms_and_straggle "$(grep -F "vcluster run" "$scratch/quick" | grep -F -- "--algo dbpg" | grep -vF -- "--task-ms 20 --straggle 0.5")"
"$osdi/run-osdi14" --dry-run --full --bin . >"$scratch/full" 2>&1
fact the_full_plan_has_five_repeats_and_three_workloads "$(lacking "$scratch/full" "--seed 5" "--data-seed 1 " "--passes 300" "--straggle 0.1 " "descriptions/train.libsvm --min-count 2" "--kkt 1e5")"
"$osdi/run-osdi14" --dry-run --only systems --plain --workers 3 --servers 1 --bin . >"$scratch/some" 2>&1
fact a_part_can_be_run_as_plain_processes "$(lacking "$scratch/some" "mpirun --oversubscribe --bind-to none -n 4" "--roles scheduler+server,worker,worker,worker --node-ranks 1"
    grep -E "vcluster|delay 16" "$scratch/some")"
fact wrong_usage_is_named "$(
    expect 2 "unknown option or operand --fast" "$osdi/run-osdi14" --fast
    expect 2 '--only takes a list of optimum,systems,delay,traffic,working-set, not "bread"' "$osdi/run-osdi14" --only bread
    expect 2 "report needs the folder" "$osdi/run-osdi14" report
    expect 1 "no runs.csv" "$osdi/run-osdi14" report "$scratch")"

# --- what is made of results

results=$scratch/results
mkdir "$results"
measured=$(sed -n 's/^readonly measured_columns=//p' "$osdi/trial.sh")
run_columns=$(sed -n 's/^readonly run_columns=//p' "$osdi/trial.sh" | sed "s/[$]measured_columns/$measured/")
pass_columns=$(sed -n 's/^readonly pass_columns=//p' "$osdi/trial.sh")

# finished SYSTEM DELAY REPEAT SECONDS_A_PASS PASSES WAIT_SHARE [COLUMN=VALUE...]: a run whose objective comes near to 100, as 1/pass.
finished() {
    name="workload=clicks system=$1 delay=$2 hosts=3 repeat=$3" seconds=$4 num=$5 waiting=$6
    shift 6
    csv "$run_columns" "$name" status=ok workers=2 task_ms=20 gap=1e-2 objective=100.005 "$*" >>"$results/runs.csv"
    for pass in $(seq "$num"); do
        csv "$pass_columns" "$name" "$(awk -v pass="$pass" -v seconds="$seconds" -v waiting="$waiting" 'BEGIN {
            t = pass * seconds
            printf "pass=%d iterations=%d seconds=%g objective=%.9g compute_seconds=%g wait_seconds=%g", pass, 20 * pass, t, 100 + 10 / pass,
                2 * t * (1 - waiting), 2 * t * waiting }')" features=1000 "$(bytes_of "$pass" "$*")"
    done >>"$results/passes.csv"
}

# bytes_of PASS SETTINGS: what is sent is a_pass=WORKERS/SERVERS bytes a pass; half of the features are filtered, later 940.
bytes_of() {
    echo "$2" | awk -v pass="$1" '{
        if (match($0, /a_pass=[0-9]+\/[0-9]+/)) split(substr($0, RSTART + 7, RLENGTH - 7), part, "/")
        printf "worker_bytes_sent=%d server_bytes_sent=%d filtered=%d", pass * part[1], pass * part[2], (pass > 5 ? 940 : 500) }'
}

echo "$run_columns" >"$results/runs.csv"
echo "$pass_columns" >"$results/passes.csv"
finished optimum 0 1 1 1 0 objective=100 passes=300
finished A 0 1 4 20 0.3
for repeat in 1 2 3; do finished B 0 $repeat $repeat 20 0.5; done
finished ours 0 1 2 20 0.5 max_staleness=0
finished ours 8 1 1 20 0.02 max_staleness=8
finished ours 16 1 1.5 20 0.01 max_staleness=16
finished ours auto 1 1.05 20 0.02 delay_at_end=7
finished unfiltered 2 1 1 20 0 a_pass=32000/8000
finished key-cache 2 1 1 20 0 a_pass=16000/8000
finished all 2 1 1 20 0 a_pass=2000/400 objective=100.002 filtered=0.94
csv "$run_columns" workload=clicks system=ours delay=4 hosts=3 repeat=1 status=failed note=no_room >>"$results/runs.csv"
printf 'workload,workers,share,features,entries_an_example\nclicks,10,0.5,1000,20\nclicks,100,0.078,1000,20\nclicks,10000,0.0015,1000,20\n' >"$results/working-set.csv"
"$osdi/run-osdi14" report --markdown "$results" >"$scratch/markdown" 2>"$scratch/errors"
fact times_are_medians_until_the_common_objective "$(lacking "$scratch/markdown" "| B | 0 | 20.0 | 50.0 % | 200 |" "| ours | 8 | 10.0 | 2.0 % | 200 |"
    grep -v "results are in" "$scratch/errors")"
fact ours_is_compared_at_its_fastest_delay_and_beside_the_paper "$(lacking "$scratch/markdown" "ours (delay 8) / B | figure 9 | 0.50 | about 0.5 | at most 0.6: yes |" \
    "B waits | figure 10 | 50.0 % | 53 % | at least 0.40: yes |" "fastest delay | figure 13 | 8 | 8 |")"
fact auto_is_compared_with_the_fastest_delay "$(lacking "$scratch/markdown" "| 1.05 | - | at most 1.10: yes | it ended at delay 7")"
fact traffic_is_of_the_last_ten_passes "$(lacking "$scratch/markdown" "key caching saves workers, last 10 passes | figure 11 | 50.0 % | about 50 % | at least 0.47: yes |" \
    "key caching saves servers | figure 11 | 0.0 % | about 50 % | at least 0.47: no |" "workers send times less | figure 11 | 8.00 | over 6 | at least 6: yes |" "| 20.0 | over 20 | at least 15: yes |")"
fact idle_shares_and_filtered_features_are_told "$(lacking "$scratch/markdown" "A waits, share of the time | figure 10 | 30.0 %" \
    "features that KKT filters at the end | figure 12 | 94.0 % | over 93 % | at least 0.90: yes")"
fact staleness_is_held_against_the_delay "$(lacking "$scratch/markdown" "largest staleness of an iteration - delay | section 3.4 | 0 | 0 | at most 0: yes |")"
fact working_sets_are_beside_the_papers "$(lacking "$scratch/markdown" "one of 100 workers needs | figure 3 | 7.8 % | 7.8 % |" "one of 10,000 | figure 3 | 0.15 %")"
fact a_failed_run_is_listed_and_does_not_count "$(lacking "$scratch/markdown" "clicks, ours, delay 4, repeat 1: failed (no_room)")"
fact lines_of_code_leave_out_comments "$(printf 'int a; /* b\nc */\n\n/* d */ int e; /* f */\n  \n' >"$scratch/lines.c"
    [ "$(awk -v file=x -f "$osdi/lines.awk" "$scratch/lines.c")" = x,2 ] || awk -v file=x -f "$osdi/lines.awk" "$scratch/lines.c")"
fact every_figure_has_its_numbers "$(for name in objective idle delay traffic kkt; do
    [ "$(wc -l <"$results/$name.csv")" -gt 2 ] || echo "$name.csv: $(cat "$results/$name.csv")"
done)"
if command -v gnuplot >/dev/null; then
    fact every_figure_is_drawn "$(for name in objective idle delay traffic kkt working-set; do grep -q "</svg>" "$results/$name.svg" || echo "no $name.svg"; done
        lacking "$results/objective.svg" ">A<" ">B<" ">ours<")"
else
    skip every_figure_is_drawn "no gnuplot"
fi
facts_end
