# One run: a command, one line of runs.csv, and one line of passes.csv for each pass. Sourced by run-osdi14.
#
# A run that fails is a result, too: its status says so, its note why, and the plan goes on.

# What trial.awk makes of the program's output is between "status" and "throttled_s"; of the history, behind "repeat".
readonly measured_columns=objective,auc,nonzeros,passes,seconds,idle_share,compute_s,wait_s,filtered,worker_bytes,server_bytes,max_staleness,delay_at_end
readonly run_columns=workload,system,delay,hosts,repeat,status,$measured_columns,throttled_s,throttled_periods,workers,task_ms,straggle,gap,cpu,load,took_s,version,note,command
readonly pass_columns=workload,system,delay,hosts,repeat,pass,iterations,seconds,objective,nonzeros,filtered,features,compute_seconds,wait_seconds,worker_bytes_sent,server_bytes_sent
readonly empty_measures=,,,,,,,,,,,,

prepare_passes() {
    passes=$out/passes.csv
    [[ -s $passes ]] || echo "$pass_columns" >"$passes"
    [[ -s $out/working-set.csv ]] || echo "workload,workers,share,features,entries_an_example" >"$out/working-set.csv"
}

# Virtual hosts, or plain processes where there can be none.
ensure_hosts() {
    [[ $is_plain == no ]] || return 0
    start_cluster $((num_workers + num_servers)) && return
    say "no virtual hosts here: plain processes instead, which share the processors without quotas"
    is_plain=yes
}

# roles HOSTS: servers first, the scheduler is one of them; a worker is a host of its own.
roles() {
    awk -v servers="$num_servers" -v hosts="$1" 'BEGIN {
        printf "scheduler+server"
        for (i = 2; i <= hosts; i++) printf i <= servers ? ",server" : ",worker" }'
}

# plain HOSTS PROGRAM ...: without virtual hosts. Each rank is a node, so that nothing is shared.
plain() {
    local num_ranks=$1
    shift
    set -- mpirun --oversubscribe --bind-to none -n "$num_ranks" "$@" --roles "$(roles "$num_ranks")" --node-ranks 1
    if [[ $is_dry == yes ]]; then
        show "$@"
        return
    fi
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 timeout --kill-after=5 "$time_limit" "$@" &
    wait $!
}

# alone HOSTS PROGRAM ...: one process, for what does not depend on their number.
alone() {
    shift
    if [[ $is_dry == yes ]]; then
        show "$@"
        return
    fi
    timeout --kill-after=5 "$time_limit" "$@" &
    wait $!
}

# workload_field WORKLOAD N: of its line behind the size: task's milliseconds, sigma, gap of the common objective, ratio of the KKT filter.
workload_field() { options_of workloads.txt "$1" "$size" | awk -v n="$2" '{ print $n }'; }
workload_options() { options_of workloads.txt "$1" "$size" | awk '{ $1 = $2 = $3 = $4 = ""; sub(/^ +/, ""); print }' | with_descriptions; }

# Put the file in the place of its name, and fetch it if it is not there.
with_descriptions() {
    local options folder=$out/descriptions
    read -r options
    if [[ $options == *DESCRIPTIONS* ]]; then
        [[ -s $folder/train.libsvm || $is_dry == yes ]] ||
            "$here/../../sparse_lr/data/fetch-data" descriptions --output "$folder" >&2
        options=${options/DESCRIPTIONS/$folder/train.libsvm}
    fi
    echo "$options"
}

# The kind of a system is the first word of its line.
system_kind() { system_line "$1" | awk '{ print $2 }'; }
# system_options SYSTEM DELAY KKT
system_options() {
    system_line "$1" | awk -v delay="$2" -v kkt="$3" '{ $1 = $2 = ""; sub(/^ +/, ""); sub(/DELAY/, delay); sub(/KKT/, kkt); print }'
}

# optimum_of WORKLOAD: the smallest objective; nothing if there is none.
optimum_of() {
    awk -F, -v workload="$1" '$1 == workload && $2 == "optimum" && $6 == "ok" { print $7; exit }' "$runs"
}

# set_timing WORKLOAD REPEAT: padding of tasks, and the objective at which a timed run may end.
set_timing() {
    local best
    task_ms=$(workload_field "$1" 1) straggle=$(workload_field "$1" 2)
    timing="--task-ms $task_ms --straggle $straggle --seed $2 --epsilon 0 --max-seconds $((time_limit * 3 / 5))"
    best=$(optimum_of "$1")
    [[ -z $best ]] || timing="$timing --target $(awk "BEGIN { printf \"%.10g\", $best * (1 + $(workload_field "$1" 3)) }")"
}

# set_limits SYSTEM: seconds for a run, after which it is ended, and passes.
set_limits() {
    case $size in
        tiny) time_limit=30 most_passes=6 ;;
        quick) time_limit=150 most_passes=60 ;;
        full) time_limit=1800 most_passes=300 ;;
    esac
    case $1,$size in
        optimum,quick) most_passes=100 ;;
        optimum,*) most_passes=300 ;;
        unfiltered,quick | key-cache,quick | compressed,quick | all,quick) most_passes=30 ;;
    esac
}

# run_case WORKLOAD SYSTEM DELAY HOSTS REPEAT
run_case() {
    local kind options case="$1,$2,$3,$4,$5" launch=plain
    set_limits "$2"
    kind=$(system_kind "$2") task_ms=0 straggle=0
    options="$(workload_options "$1") $(system_options "$2" "$3" "$(workload_field "$1" 4)")"
    if [[ $2 == stats ]]; then options="stats $options"; else options="train $options --passes $most_passes"; fi
    [[ $kind != alone ]] || launch=alone
    if [[ $kind == timed ]]; then
        set_timing "$1" "$5"
        options="$options $timing"
        [[ $is_plain == yes ]] || launch=mpi
    fi
    if [[ $is_dry == yes ]]; then
        # shellcheck disable=SC2086
        $launch "$4" tern-lr $options
    else
        try "$case" "$launch" "$4" "$options" || say "  $status: $note"
    fi
}

# try CASE LAUNCH HOSTS OPTIONS: true if it gave a result, which is then recorded.
try() {
    local case=$1 log=$out/log/${1//,/-} before after start=$SECONDS code measures
    say "$case ($SECONDS s)"
    load=$(cut -d' ' -f1 /proc/loadavg)
    rm -f "$log.csv"
    [[ $case == *,stats,* ]] || set -- "$1" "$2" "$3" "$4 --history $log.csv"
    command="$2 $3 tern-lr $4"
    before=$(throttled)
    # shellcheck disable=SC2086
    $2 "$3" tern-lr $4 --json --stats json >"$log" 2>&1
    code=$?
    after=$(throttled)
    took_s=$((SECONDS - start))
    throttling=$(awk -v before="$before" -v after="$after" 'BEGIN { split(before, b); split(after, a); printf "%.3f,%d", a[1] - b[1], a[2] - b[2] }')
    if [[ $code == 0 ]] && measures=$(take_results "$case" "$log"); then
        note=''
        append_run "$case,ok,$measures"
        return
    fi
    status=failed note=$(reason_of_failure "$log" "$code")
    if ((code == 124 || code == 137)); then status=late note="ended after $time_limit s"; fi
    record_failure "$case" "$status" "$note"
    return 1
}

# take_results CASE LOG: the measured columns; passes go to their file. Fails if there is no result.
take_results() {
    awk -v run="$1" -v wanted="$pass_columns" -v passes="$passes" \
        -v working_sets="$out/working-set.csv" -f "$here/../common/numbers.awk" -f "$here/trial.awk" \
        "$2" $([[ ! -s $2.csv ]] || echo "$2.csv")
}

# append_run BEGINNING: the columns up to the measures; the rest is of the machine and the command.
append_run() {
    replace_run "$1,$throttling,$num_workers,$task_ms,$straggle,$(workload_field "${1%%,*}" 3),$cpu,$load,$took_s,$version,$note,\"${command//\"/\"\"}\""
}

# record_failure CASE STATUS WHY
record_failure() {
    [[ $is_dry == no ]] || { show "# $1: $3" && return; }
    replace_run "$1,$2,$empty_measures,,,,,,,,,,$version,$3,"
}
