# What is to be run: settings from the text files beside this one. Sourced by run-lapse.
#
# A *case* is task, regime, system, hosts and seed: one run, one line of runs.csv. Which experiments a case
# belongs to is kept apart, in cases.csv, so that what several need is run once.

readonly all_experiments=grid,relocation,stale,manual,ablation,adaptive,target
readonly all_tasks=mf,rescal,complex,w2v all_regimes=ratio,wide all_hosts=1,2,4,8

# The points of the grid of a task: its own lines, else those of any.
grid_lines() {
    rows grid.txt | awk -v task="$1" '$2 == task { own = own $0 "\n" } $2 == "*" { any = any $0 "\n" }
        END { printf "%s", own == "" ? any : own }'
}

# The systems that a name in the plan stands for.
expand_system() {
    case $1 in
        grid) grid_lines "$2" | awk '{ print $1 }' ;;
        hand) rows hand_tuned.txt | awk -v task="$2" '$1 == task { print "hand-" $2 }' ;;
        *) echo "$1" ;;
    esac
}

# system_line TASK SYSTEM: how many round trips an update waits for, then options; nothing if there is no such system
# for this task.
system_line() {
    local point trips options
    case $2 in
        target-*)
            point=$(system_options "$1" "${2#target-}")
            [[ -z $point ]] || echo "whole $point $(options_of targets.txt "$1" "$size")"
            return
            ;;
        hand-*)
            point=$(options_of hand_tuned.txt "$1" "${2#hand-}")
            [[ -z $point ]] || echo "0 $point"
            return
            ;;
    esac
    point=$(grid_lines "$1" | awk -v point="$2" '$1 == point { $1 = $2 = ""; print }')
    if [[ -n $point ]]; then # what all points have, and its own
        read -r trips options <<<"$point"
        echo "$trips $(system_options "$1" grid) $options"
    else
        options_of systems.txt "$2" "$1"
    fi
}

system_trips() { system_line "$@" | awk '{ print $1 }'; }
system_options() { system_line "$@" | awk '{ $1 = ""; sub(/^ +/, ""); print }'; }

# The plan as lines "experiment task regime hosts seed system", as far as the command line wants it.
list_cases() {
    local plan_size experiment plan_tasks plan_regimes plan_hosts plan_seeds systems task regime host seed system
    while read -r plan_size experiment plan_tasks plan_regimes plan_hosts plan_seeds systems; do
        [[ $plan_size == "$size" ]] && is_listed "$experiment" "$only" || continue
        for regime in ${plan_regimes//,/ }; do
            for task in ${plan_tasks//,/ }; do
                is_listed "$task" "$tasks" && is_listed "$regime" "$regimes" || continue
                for host in ${plan_hosts//,/ }; do
                    is_listed "$host" "$hosts" || continue
                    for system in ${systems//,/ }; do
                        for system in $(expand_system "$system" "$task"); do
                            for ((seed = 1; seed <= ${seeds:-$plan_seeds}; seed++)); do
                                echo "$experiment $task $regime $host $seed $system"
                            done
                        done
                    done
                done
            done
        done
    done < <(rows plan.txt)
}

# The fastest point of the grid: of this task and regime; of the other regime where this one has no grid.
find_tuned() {
    local other points
    points=$(rows grid.txt | awk '{ printf "%s ", $1 }')
    for other in "$2" ratio wide; do
        awk -F, -v task="$1" -v regime="$other" -v points=" $points" '
            $1 == task && $2 == regime && $6 == "ok" && index(points, " " $3 " ") &&
            (best == "" || $7 + 0 < least) { best = $3; least = $7 + 0 }
            END { if (best == "") exit 1; print best }' "$runs" && return
    done
}

# note_case EXPERIMENT TASK REGIME SYSTEM HOSTS SEED: that the experiment needs this run.
note_case() {
    local line
    line=$(IFS=,; echo "$*")
    grep -qxF "$line" "$cases" || echo "$line" >>"$cases"
}

# run_plan: every case in the order of the plan. One cluster at a time; it changes with the regime.
run_plan() {
    local experiment task regime host seed system tuned
    while read -r -u 3 experiment task regime host seed system; do
        if [[ $is_dry == yes ]]; then
            show_case "$task" "$regime" "$system" "$host" "$seed"
            continue
        fi
        if [[ $system == tuned || $system == target-tuned ]]; then
            if ! tuned=$(find_tuned "$task" "$regime"); then
                say "$task, $regime: no grid has been run, so nothing is tuned"
                continue
            fi
            system=${system/tuned/$tuned}
        fi
        note_case "$experiment" "$task" "$regime" "$system" "$host" "$seed"
        if is_run "$task" "$regime" "$system" "$host" "$seed"; then continue; fi
        if is_late; then
            record_not_run "$task" "$regime" "$system" "$host" "$seed" "no time left"
            continue
        fi
        ensure_regime "$regime" "$task" || fail "no virtual hosts, so nothing can be run"
        run_case "$task" "$regime" "$system" "$host" "$seed"
    done 3< <(list_cases)
}

# show_case TASK REGIME SYSTEM HOSTS SEED: what would be run, once.
declare -A shown=()
show_case() {
    [[ -z ${shown[$*]-} ]] || return
    shown[$*]=yes
    if [[ $3 == *tuned ]]; then
        show "# $1, $2, $4 hosts: the fastest point of grid.txt"
    else
        ensure_regime "$2" "$1" && run_case "$@"
    fi
}
