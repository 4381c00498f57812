# What is to be run: settings from the text files beside this one. Sourced by run-osdi14.
#
# A *case* is workload, system, delay, hosts and repeat: one run, one line of runs.csv. Which experiments a case belongs to is kept
# apart, in cases.csv, so that what several need is run once.

readonly all_experiments=optimum,systems,delay,traffic,working-set
readonly all_workloads=clicks,calm,descriptions
readonly usual_delay=8 # the paper's best

system_line() { rows systems.txt | awk -v name="$1" '$1 == name'; }

# The delay of a system for which the plan has none.
own_delay() {
    case $(system_line "$1") in
        *DELAY*) echo $usual_delay ;;
        *--delay*) system_line "$1" | sed 's/.*--delay \([0-9]*\).*/\1/' ;;
        *) echo 0 ;;
    esac
}

# The plan as lines "experiment workload system delay repeat", as far as the command line wants it. A repeat goes through all
# systems before the next begins, so that what else the machine does is spread over them.
list_cases() {
    local plan_size experiment plan_workloads delays plan_repeats systems workload system delay repeat
    while read -r plan_size experiment plan_workloads delays plan_repeats systems; do
        [[ $plan_size == "$size" ]] && is_listed "$experiment" "$only" || continue
        for workload in ${plan_workloads//,/ }; do
            is_listed "$workload" "$workloads" || continue
            for ((repeat = 1; repeat <= ${repeats:-$plan_repeats}; repeat++)); do
                for system in ${systems//,/ }; do
                    for delay in ${delays//,/ }; do
                        [[ $delay != - ]] || delay=$(own_delay "$system")
                        echo "$experiment $workload $system $delay $repeat"
                    done
                done
            done
        done
    done < <(rows plan.txt)
}

# note_case EXPERIMENT WORKLOAD SYSTEM DELAY HOSTS REPEAT: that the experiment needs this run.
note_case() {
    local line
    line=$(IFS=,; echo "$*")
    grep -qxF "$line" "$cases" || echo "$line" >>"$cases"
}

# run_plan: every case in the order of the plan.
run_plan() {
    local experiment workload system delay repeat num_hosts=$((num_workers + num_servers))
    ensure_hosts || fail "nothing can be run"
    while read -r -u 3 experiment workload system delay repeat; do
        [[ $is_dry == yes ]] || note_case "$experiment" "$workload" "$system" "$delay" "$num_hosts" "$repeat"
        is_run "$workload" "$system" "$delay" "$num_hosts" "$repeat" && continue
        if is_late; then
            record_failure "$workload,$system,$delay,$num_hosts,$repeat" "not run" "no time left"
            continue
        fi
        run_case "$workload" "$system" "$delay" "$num_hosts" "$repeat"
    done 3< <(list_cases)
}
