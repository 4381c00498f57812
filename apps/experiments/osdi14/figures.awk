# Reads all results, and writes the CSV file of each figure to `folder`; report.awk makes tables of the same numbers. Goes with
# ../common/numbers.awk. Files: paper.txt, lines.csv, runs.csv, passes.csv, working-set.csv if there is one.
#
# Only runs that ended well count. Every figure is a median over the repeats. A *setup* is workload, system and delay.

BEGIN { FS = "," }
FNR == 1 { file++ }
/^#/ || /^[ \t]*$/ { next }

file == 1 { # paper.txt
    split($0, word, " ")
    place[word[1]] = word[2]; published[word[1]] = word[3]; sense[word[1]] = word[4]; wanted[word[1]] = word[5]
    next
}

FNR == 1 {
    delete column
    for (i = 1; i <= NF; i++)
        column[$i] = i
    next
}

file == 2 { num_lines[$1] += $3; next }

file == 3 {
    setup = $1 SUBSEP $2 SUBSEP $3
    if ($column["status"] != "ok") {
        failures[++num_failures] = $1 ", " $2 ", delay " $3 ", repeat " $5 ": " $column["status"] " (" $column["note"] ")"
        next
    }
    if (!(setup in num_runs)) add_setup($1, $2, $3)
    repeat_name[setup, ++num_runs[setup]] = $5
    for (name in column)
        sample[setup, name, num_runs[setup]] = $column[name]
    if ($2 == "optimum") optimum[$1] = $column["objective"]
    gap[$1] = $column["gap"]
    num_workers = $column["workers"]
    next
}

file == 4 {
    run = $1 SUBSEP $2 SUBSEP $3 SUBSEP $5
    n = ++num_passes[run]
    for (name in column)
        of_pass[run, n, name] = $column[name]
    if (!(run in reached) && $1 in optimum && $column["objective"] <= optimum[$1] * (1 + gap[$1]))
        reached[run] = n
}

file == 5 {
    working_set[$1, $2] = $3; total_features[$1] = $4; entries_an_example[$1] = $5
}

function add_setup(workload, system_name, delay) {
    if (!(workload in has_workload)) { has_workload[workload] = 1; workload_name[++num_workloads] = workload }
    setup_workload[++num_setups] = workload; setup_system[num_setups] = system_name; setup_delay[num_setups] = delay
}

# The median over the repeats; empty where there is none.
function get(workload, system_name, delay, name,   s, n, i, list) {
    s = workload SUBSEP system_name SUBSEP delay
    n = 0
    for (i = 1; i <= num_runs[s] + 0; i++)
        if (sample[s, name, i] != "")
            list[++n] = sample[s, name, i] + 0
    return n == 0 ? "" : median(list, 1, n)
}

# The same of a pass's number at the pass that reached the common objective; empty unless all repeats did.
function at_target(workload, system_name, delay, name,   s, run, n, i, list) {
    s = workload SUBSEP system_name SUBSEP delay
    n = 0
    for (i = 1; i <= num_runs[s] + 0; i++) {
        run = s SUBSEP repeat_name[s, i]
        if (!(run in reached)) return ""
        list[++n] = of_pass[run, reached[run], name] + 0
    }
    return n == 0 ? "" : median(list, 1, n)
}

# Share of the workers' time until then that they waited.
function idle_share(workload, system_name, delay,   wait, compute) {
    wait = at_target(workload, system_name, delay, "wait_seconds")
    compute = at_target(workload, system_name, delay, "compute_seconds")
    return wait == "" || wait + compute == 0 ? "" : wait / (wait + compute)
}

# Bytes a pass, of the last ten passes or of all, by `name`.
function bytes_a_pass(workload, system_name, delay, name, most,   run, n, first) {
    run = workload SUBSEP system_name SUBSEP delay SUBSEP 1
    n = num_passes[run] + 0
    if (n == 0) return ""
    first = n > most ? n - most : 0
    return (of_pass[run, n, name] - (first > 0 ? of_pass[run, first, name] : 0)) / (n - first)
}

# The delay with which `ours` reached the common objective first, of those that were fixed; empty if none.
function best_delay(workload,   i, best, least, seconds) {
    best = ""
    for (i = 1; i <= num_setups; i++) {
        if (setup_workload[i] != workload || setup_system[i] != "ours" || setup_delay[i] == "auto") continue
        seconds = at_target(workload, "ours", setup_delay[i], "seconds")
        if (seconds != "" && (best == "" || seconds < least)) { best = setup_delay[i]; least = seconds }
    }
    return best
}

# The delay of a system that was run without the plan naming one.
function delay_of(workload, system_name,   i) {
    for (i = 1; i <= num_setups; i++)
        if (setup_workload[i] == workload && setup_system[i] == system_name) return setup_delay[i]
    return ""
}

# --- files

function write_objective(name,   i, s, run, n) {
    print "workload,system,delay,pass,seconds,objective,relative_gap" >name
    for (i = 1; i <= num_setups; i++) {
        run = setup_workload[i] SUBSEP setup_system[i] SUBSEP setup_delay[i] SUBSEP 1
        if (setup_system[i] !~ /^(ours|B|A)/ || !(setup_workload[i] in optimum)) continue
        for (n = 1; n <= num_passes[run] + 0; n++)
            printf "%s,%s,%s,%s,%s,%s,%.6g\n", setup_workload[i], setup_system[i], setup_delay[i], of_pass[run, n, "pass"], of_pass[run, n, "seconds"],
                of_pass[run, n, "objective"], of_pass[run, n, "objective"] / optimum[setup_workload[i]] - 1 >name
    }
    close(name)
}

# Seconds to the common objective, of a worker: at work and waiting.
function write_setups(name, pattern,   i, w, s, d, compute, wait) {
    print "workload,system,delay,seconds,work_seconds,wait_seconds,idle_share,iterations,whole_run_idle_share" >name
    for (i = 1; i <= num_setups; i++) {
        w = setup_workload[i]; s = setup_system[i]; d = setup_delay[i]
        compute = at_target(w, s, d, "compute_seconds"); wait = at_target(w, s, d, "wait_seconds")
        if (s !~ pattern || compute == "") continue
        printf "%s,%s,%s,%.6g,%.6g,%.6g,%.6g,%s,%s\n", w, s, d, at_target(w, s, d, "seconds"), compute / num_workers, wait / num_workers,
            idle_share(w, s, d), at_target(w, s, d, "iterations"), get(w, s, d, "idle_share") >name
    }
    close(name)
}

function write_traffic(name,   i, w, s, d) {
    print "workload,system,worker_bytes_a_pass,server_bytes_a_pass,worker_bytes_a_pass_last_10,server_bytes_a_pass_last_10" >name
    for (i = 1; i <= num_setups; i++) {
        w = setup_workload[i]; s = setup_system[i]; d = setup_delay[i]
        if (s !~ /^(unfiltered|key-cache|compressed|all)$/) continue
        printf "%s,%s,%.0f,%.0f,%.0f,%.0f\n", w, s, bytes_a_pass(w, s, d, "worker_bytes_sent", 1e9), bytes_a_pass(w, s, d, "server_bytes_sent", 1e9),
            bytes_a_pass(w, s, d, "worker_bytes_sent", 10), bytes_a_pass(w, s, d, "server_bytes_sent", 10) >name
    }
    close(name)
}

function write_kkt(name,   i, run, n) {
    print "workload,system,pass,filtered_share" >name
    for (i = 1; i <= num_setups; i++) {
        if (setup_system[i] !~ /^(ours|B|all)$/ || setup_delay[i] == "auto") continue
        run = setup_workload[i] SUBSEP setup_system[i] SUBSEP setup_delay[i] SUBSEP 1
        for (n = 1; n <= num_passes[run] + 0; n++)
            if (of_pass[run, n, "features"] + 0 > 0)
                printf "%s,%s,%s,%.6g\n", setup_workload[i], setup_system[i] "-" setup_delay[i], of_pass[run, n, "pass"], of_pass[run, n, "filtered"] / of_pass[run, n, "features"] >name
    }
    close(name)
}

END {
    write_objective(folder "/objective.csv")
    write_setups(folder "/idle.csv", "^(A|B|ours|B-no-kkt|ours-no-kkt)$")
    write_setups(folder "/delay.csv", "^ours$")
    write_traffic(folder "/traffic.csv")
    write_kkt(folder "/kkt.csv")
}
