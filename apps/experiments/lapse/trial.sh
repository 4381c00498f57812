# One run: a command, and one line of runs.csv. Sourced by run-lapse.
#
# A run that fails is a result, too: its status says so, its note why, and the plan goes on.

# What trial.awk reads from the program's output is between "note" and "throttled_s".
readonly measured_columns=epoch_s,rate,us_per_update,share,score,score_name,target_s,local_reads,local_writes,relocations_per_s,relocation_ms,messages_per_update,bytes_per_update,compute_share,pull_share,push_share,wait_share
readonly run_columns=task,regime,system,hosts,seed,status,$measured_columns,throttled_s,throttled_periods,round_trip_us,median_us,MB_per_s,all_MB_per_s,compute_us,pad_us,cpu,load,took_s,version,note,command
readonly empty_measures=,,,,,,,,,,,,,,,,

# task_options TASK SIZE: the rest of its line; the first words are program, updates of an epoch and what one costs.
task_field() { options_of tasks.txt "$1" "$2" | awk -v n="$3" '{ print $n }'; }
task_options() { options_of tasks.txt "$1" "$2" | awk '{ $1 = $2 = $3 = ""; sub(/^ +/, ""); print }' | with_text; }

# Put the name of a text in the place of "TEXT:tokens", and make it if it is not there.
with_text() {
    local options
    read -r options
    if [[ $options =~ TEXT:([0-9]+) ]]; then
        local file=$out/text-${BASH_REMATCH[1]}
        [[ -s $file || $is_dry == yes ]] || awk -v tokens="${BASH_REMATCH[1]}" -f "$here/text.awk" >"$file"
        options=${options/${BASH_REMATCH[0]}/$file}
    fi
    echo "$options"
}

# sample_option TASK SHARE: how its program is told to run a part of an epoch.
sample_option() {
    if [[ $2 == 1 ]]; then
        return
    elif [[ $1 == w2v ]]; then
        echo "--max-words $(calculate "int($2 * $(task_field "$1" "$size" 2)) + 1")"
    else
        echo "--sample $2"
    fi
}

# choose_share TASK SYSTEM HOSTS: of an epoch, so much that the run takes about run_seconds. systems.txt and grid.txt
# have the number of round trips that an update waits for; on one host these are short, or loads and stores.
choose_share() {
    local trip_us=$round_trip_us
    [[ $3 -gt 1 ]] || trip_us=$(calculate "$round_trip_us * $([[ $(system_options "$1" "$2") == *--no-shared-memory* ]] && echo 0.3 || echo 0.01)")
    awk -v updates="$(task_field "$1" "$size" 2)" -v us="$(compute_us_of "$1")" -v trips="$(system_trips "$1" "$2")" \
        -v hosts="$3" -v trip_us="$trip_us" -v seconds="$run_seconds" 'BEGIN {
        share = trips == "whole" ? 1 : seconds / (1e-6 * updates / hosts * (us + trips * trip_us))
        printf "%.2g", share < 0.7 ? share : 1 }'
}

# run_case TASK REGIME SYSTEM HOSTS SEED
run_case() {
    local task=$1 system=$3 num_hosts=$4 seed=$5 share options program
    set_limits
    options=$(system_options "$task" "$system")
    if [[ -z $options ]]; then
        record_not_run "$@" "no system $system for $task in systems.txt"
        return
    fi
    program=$(task_field "$task" "$size" 1)
    share=$(choose_share "$task" "$system" "$num_hosts")
    options="$(task_options "$task" "$size") $options $(sample_option "$task" "$share") --seed $seed --json --stats json"
    compute_us=$(compute_us_of "$task") pad_us=$(pad_us_of "$task")
    [[ $pad_us == 0 ]] || options="$options --pad-us $pad_us"
    if [[ $is_dry == yes ]]; then
        # shellcheck disable=SC2086
        mpi "$num_hosts" "$program" $options
        return
    fi
    try "$@" "$share" "$program" "$options" && return
    # What took too long is tried once more, with a tenth of the work, or if need be with one whole epoch.
    [[ $(system_trips "$task" "$system") == whole ]] || share=$(calculate "$share / 10")
    [[ $status == late ]] && ! is_late &&
        try "$@" "$share" "$program" "$options $(sample_option "$task" "$share") --epochs 1" && return
    append_run "$task,$2,$system,$num_hosts,$seed,$status,$empty_measures"
    say "  $status: $note"
}

# Seconds for a run, and after how many it is ended.
set_limits() {
    if [[ $size == quick ]]; then
        run_seconds=2 time_limit=20
    else
        run_seconds=30 time_limit=900
    fi
}

# try TASK REGIME SYSTEM HOSTS SEED SHARE PROGRAM OPTIONS: true if it gave a result, which is then recorded.
try() {
    local case="$1,$2,$3,$4,$5" log before after start=$SECONDS code measures
    log=$out/log/${case//,/-}
    program=$7 trial_options=$8
    say "$case ($SECONDS s)"
    load=$(cut -d' ' -f1 /proc/loadavg)
    before=$(throttled)
    # shellcheck disable=SC2086
    mpi "$4" "$program" $trial_options >"$log" 2>&1
    code=$?
    after=$(throttled)
    took_s=$((SECONDS - start))
    throttling=$(awk -v before="$before" -v after="$after" 'BEGIN { split(before, b); split(after, a); printf "%.3f,%d", a[1] - b[1], a[2] - b[2] }')
    note=''
    measures=$(awk -v hosts="$4" -v share="$6" -f "$here/../common/numbers.awk" -f "$here/trial.awk" "$log") && [[ $code == 0 ]] && {
        status=ok
        append_run "$case,ok,$measures"
        return
    }
    status=failed note=$(reason_of_failure "$log" "$code")
    if ((code == 124 || code == 137)); then status=late note="ended after $time_limit s"; fi
    return 1
}

# append_run BEGINNING: the columns up to the measures; the rest is of the machine and the command.
append_run() {
    local command
    command="vcluster up $most_hosts --cpu $cpu $link_options; vcluster run -n $(cut -d, -f4 <<<"$1") $program $trial_options"
    replace_run "$1,$throttling,$round_trip_us,$median_us,$mb_per_s,$all_mb_per_s,$compute_us,$pad_us,$cpu,$load,$took_s,$version,$note,\"${command//\"/\"\"}\""
}

# record_not_run TASK REGIME SYSTEM HOSTS SEED WHY
record_not_run() {
    [[ $is_dry == no ]] || { show "# $1 $3: $6" && return; }
    replace_run "$1,$2,$3,$4,$5,not run,$empty_measures,,,,,,,,,,,,$version,$6,"
}
