# runs.csv as tables beside the paper's figures, in Markdown. Files: paper.txt, grid.txt, then runs.csv. Goes with ../common/numbers.awk.
#
# Every figure is a median over the seeds. Only runs that ended well count; the others are listed at the end. The
# reason given for a ratio is the counter that weighs most, not an opinion.

FNR == 1 { file++ }
/^#/ || /^[ \t]*$/ { next }

file == 1 { # paper.txt
    published[$1, $2] = $3; source[$1, $2] = $4; sense[$1, $2] = $5; wanted[$1, $2] = $6
    next
}
file == 2 { is_grid_point[$1] = 1; next }

FNR == 1 {
    num_columns = split($0, names, ",")
    for (i = 1; i <= num_columns; i++)
        column[names[i]] = i
    next
}

{
    split($0, field, ",")
    run = field[1] SUBSEP field[2] SUBSEP field[3] SUBSEP field[4]
    if (field[column["status"]] != "ok") {
        failures[++num_failures] = field[1] ", " field[2] ", " field[3] ", " field[4] " hosts, seed " field[5] ": " \
            field[column["status"]] " (" field[column["note"]] ")"
        next
    }
    if (!(run in num_seeds))
        add_names(field[1], field[2], field[3], field[4])
    num_seeds[run]++
    for (i = 7; i < column["version"]; i++)
        sample[run, i, num_seeds[run]] = field[i]
}

# Keep tasks, regimes, systems and host counts in the order in which they came.
function add_names(task, regime, setup, hosts) {
    if (!((task, regime) in has_pair)) { has_pair[task, regime] = 1; pair_task[++num_pairs] = task; pair_regime[num_pairs] = regime }
    if (!((task, regime, setup) in has_system)) {
        has_system[task, regime, setup] = 1
        systems[task, regime, ++num_systems[task, regime]] = setup
    }
    if (hosts + 0 > most[task, regime] + 0) most[task, regime] = hosts
}

# The median over the seeds; empty where there is none.
function get(task, regime, setup, hosts, name,   run, n, i, list) {
    run = task SUBSEP regime SUBSEP setup SUBSEP hosts
    n = 0
    for (i = 1; i <= num_seeds[run] + 0; i++)
        if (sample[run, column[name], i] != "")
            list[++n] = sample[run, column[name], i] + 0
    return n == 0 ? "" : median(list, 1, n)
}

function epoch(task, regime, setup, hosts) { return setup == "" ? "" : get(task, regime, setup, hosts, "epoch_s") }

# The fastest system of a kind at most hosts: point of the grid, hand-tuned, replicated.
function fastest(task, regime, kind,   i, setup, best, seconds, least) {
    best = ""
    for (i = 1; i <= num_systems[task, regime] + 0; i++) {
        setup = systems[task, regime, i]
        if (kind == "grid" ? !(setup in is_grid_point) : kind == "hand" ? setup !~ /^hand-/ : setup !~ /^e?ssp$/)
            continue
        seconds = epoch(task, regime, setup, most[task, regime])
        if (seconds != "" && (best == "" || seconds < least)) { best = setup; least = seconds }
    }
    return best
}

function tuned(task, regime,   best) {
    best = fastest(task, regime, "grid")
    return best != "" ? best : fastest(task, "ratio", "grid")
}

# --- why

# What the workers of a run did when they did not compute, and what it cost them in messages.
function waiting(task, regime, setup, hosts,   pull, push, wait, text) {
    pull = get(task, regime, setup, hosts, "pull_share"); push = get(task, regime, setup, hosts, "push_share")
    wait = get(task, regime, setup, hosts, "wait_share")
    if (pull == "") return "no counters"
    if (pull >= push && pull >= wait) text = "pulls take " percent(pull)
    else if (push >= wait)            text = "pushes take " percent(push)
    else                              text = "waiting takes " percent(wait)
    return text " of the workers' time"
}

function traffic(task, regime, setup, hosts,   messages) {
    messages = get(task, regime, setup, hosts, "messages_per_update")
    return messages == "" ? "messages not counted" : small(messages) " messages and " \
        small(get(task, regime, setup, hosts, "bytes_per_update")) " B an update"
}

function local_part(task, regime, setup, hosts,   reads) {
    reads = get(task, regime, setup, hosts, "local_reads")
    return reads == "" ? "" : percent(reads) " of accesses local, "
}

function reason(task, regime, a, b, hosts) {
    return a ": " local_part(task, regime, a, hosts) traffic(task, regime, a, hosts) ", " waiting(task, regime, a, hosts) \
        (b == "" ? "" : "; " b ": " local_part(task, regime, b, hosts) traffic(task, regime, b, hosts) ", " waiting(task, regime, b, hosts))
}

# --- tables

function lookup(list, name, task) { return (name, task) in list ? list[name, task] : (name, "*") in list ? list[name, "*"] : "-" }

# Whether a wanted bound is kept. What rests on memory alone is not judged.
function verdict(name, task, regime, value,   bound) {
    bound = lookup(wanted, name, task)
    if (bound == "-" || value == "") return "-"
    if (regime != "ratio" || most[task, regime] != 8) return "reported"
    if (lookup(sense, name, task) == "min") return "at least " bound ": " (value >= bound + 0 ? "yes" : "no")
    return "at most " bound ": " (value <= bound + 0 ? "yes" : "no")
}

function row(name, text, task, regime, value, why,   paper) {
    if (value == "") return
    paper = lookup(published, name, task)
    if (paper != "-") paper = paper " [" lookup(source, name, task) "]"
    gsub(/_/, " ", paper)
    print "| " task " | " regime " | " text " | " round(value) " | " paper " | " verdict(name, task, regime, value) " | " why " |"
}

function ratios(task, regime,   n, best, stale, hand) {
    n = most[task, regime]
    best = tuned(task, regime); stale = fastest(task, regime, "stale"); hand = fastest(task, regime, "hand")
    relocate = epoch(task, regime, "relocate", n)
    row("faster-sync", "relocation, times faster than synchronous classic", task, regime, ratio(epoch(task, regime, "classic", n), relocate), reason(task, regime, "classic", "relocate", n))
    row("faster-tuned", "than synchronous classic with local access", task, regime, ratio(epoch(task, regime, "classic-local", n), relocate), reason(task, regime, "classic-local", "", n))
    row("faster-tuned", "than tuned classic (" best ")", task, regime, ratio(epoch(task, regime, best, n), relocate), reason(task, regime, best, "", n))
    row("faster-stale", "than " stale, task, regime, ratio(epoch(task, regime, stale, n), relocate), reason(task, regime, stale, "", n))
    variants(task, regime, n)
    row("speedup", "relocation, speed-up of " n " hosts over 1", task, regime, ratio(epoch(task, regime, "relocate", 1), relocate), reason(task, regime, "relocate", "", n))
    row("classic-speedup", "synchronous classic, the same", task, regime, ratio(epoch(task, regime, "classic", 1), epoch(task, regime, "classic", n)), reason(task, regime, "classic", "", n))
    row("classic-speedup", "tuned classic, over classic with local access on 1", task, regime, ratio(epoch(task, regime, "classic-local", 1), epoch(task, regime, best, n)), reason(task, regime, best, "", n))
    row("slower-manual", "relocation, times slower than hand-written MPI", task, regime, ratio(relocate, epoch(task, regime, "plain-mpi", n)), reason(task, regime, "relocate", "plain-mpi", n))
    row("slower-adaptive", "adaptive, times slower than the best by hand (" hand ")", task, regime, ratio(epoch(task, regime, "adaptive", n), epoch(task, regime, hand, n)), reason(task, regime, "adaptive", hand, n))
}

# Relocation with other samples of negatives: what they draw differs, so no bound is held against them.
function variants(task, regime, n,   i, setup) {
    for (i = 1; i <= num_systems[task, regime]; i++) {
        setup = systems[task, regime, i]
        if (setup ~ /^relocate-/)
            row("variant", setup ", times faster than synchronous classic", task, regime, ratio(epoch(task, regime, "classic", n), epoch(task, regime, setup, n)), reason(task, regime, setup, "", n))
    }
}

function epoch_line(task, regime, setup, label,   hosts, line, found, seconds) {
    line = "| " task " | " regime " | " label " |"
    for (hosts = 1; hosts <= 8; hosts *= 2) {
        seconds = epoch(task, regime, setup, hosts)
        if (seconds != "") found = 1
        share = get(task, regime, setup, hosts, "share")
        line = line " " round(seconds) (share != "" && share < 1 ? " (of " percent(share) ")" : "") " |"
    }
    if (found) print line
}

function epochs(task, regime,   i, setup) {
    for (i = 1; i <= num_systems[task, regime]; i++) {
        setup = systems[task, regime, i]
        if (!(setup in is_grid_point) && setup !~ /^(hand|target)-/)
            epoch_line(task, regime, setup, setup)
    }
    if (tuned(task, regime) != "")
        epoch_line(task, regime, tuned(task, regime), "classic, tuned (" tuned(task, regime) ")")
}

function locality(task, regime,   n, i, setup) {
    n = most[task, regime]
    for (i = 1; i <= num_systems[task, regime]; i++) {
        setup = systems[task, regime, i]
        if (setup ~ /^(hand|target)-|plain/ || (setup in is_grid_point) || epoch(task, regime, setup, n) == "") continue
        print "| " task " | " regime " | " setup " | " percent(get(task, regime, setup, n, "local_reads")) " | " \
            percent(get(task, regime, setup, n, "local_writes")) " | " small(get(task, regime, setup, n, "relocations_per_s")) " | " \
            small(get(task, regime, setup, n, "relocation_ms")) " | " small(get(task, regime, setup, n, "messages_per_update")) " |"
    }
}

# Both off, each alone, both on; the factor is over both off.
function ablation(task, regime,   n, off) {
    n = most[task, regime]
    off = epoch(task, regime, "classic", n)
    if (off == "" || epoch(task, regime, "message-relocate", n) == "") return
    print "| " task " | " regime " | " round(off) " | " round(epoch(task, regime, "classic-local", n)) " (" round(ratio(off, epoch(task, regime, "classic-local", n))) "x) | " \
        round(epoch(task, regime, "message-relocate", n)) " (" round(ratio(off, epoch(task, regime, "message-relocate", n))) "x) | " \
        round(epoch(task, regime, "relocate", n)) " (" round(ratio(off, epoch(task, regime, "relocate", n))) "x) |"
}

function settings(task, regime, kind,   n, i, setup) {
    n = most[task, regime]
    for (i = 1; i <= num_systems[task, regime]; i++) {
        setup = systems[task, regime, i]
        if (kind == "grid" ? setup in is_grid_point : setup ~ /^hand-|^adaptive$/)
            if (epoch(task, regime, setup, n) != "")
                print "| " task " | " regime " | " setup " | " round(epoch(task, regime, setup, n)) " | " \
                    small(get(task, regime, setup, n, "messages_per_update")) " | " percent(get(task, regime, setup, n, "local_reads")) " |"
    }
}

function targets(task, regime,   n, i, setup, seconds) {
    n = most[task, regime]
    for (i = 1; i <= num_systems[task, regime]; i++) {
        setup = systems[task, regime, i]
        seconds = get(task, regime, setup, n, "target_s")
        if (setup ~ /^target-/ && seconds != "")
            print "| " task " | " regime " | " setup " | " num_seeds[task, regime, setup, n] " | " round(seconds) " | " small(get(task, regime, setup, n, "score")) " |"
    }
}

# table HEADING COLUMNS KIND: KIND's lines for every task and regime.
function table(heading, header, kind,   i) {
    print "\n### " heading "\n"
    print header
    gsub(/[^|]+/, "---", header)
    print header
    for (i = 1; i <= num_pairs; i++) {
        task = pair_task[i]; regime = pair_regime[i]
        if (kind == "ratios")        ratios(task, regime)
        else if (kind == "epochs")   epochs(task, regime)
        else if (kind == "locality") locality(task, regime)
        else if (kind == "ablation") ablation(task, regime)
        else if (kind == "targets")  targets(task, regime)
        else                         settings(task, regime, kind)
    }
}

END {
    table("Ratios", "| task | regime | | here | paper | wanted | why, in counters |", "ratios")
    table("Seconds an epoch, by hosts", "| task | regime | system | 1 | 2 | 4 | 8 |", "epochs")
    table("Locality, at most hosts", "| task | regime | system | reads local | writes local | relocations/s | relocation, ms | messages an update |", "locality")
    table("Ablation, seconds an epoch at most hosts", "| task | regime | neither | local access alone | relocation alone | both |", "ablation")
    table("How classic servers were tuned", "| task | regime | point | seconds an epoch | messages an update | local |", "grid")
    table("Adaptive and settings found by hand", "| task | regime | setting | seconds an epoch | messages an update | local |", "hand")
    table("Seconds to the preset score", "| task | regime | system | seeds | seconds | score |", "targets")
    if (num_failures > 0) {
        print "\n### Without result\n"
        for (i = 1; i <= num_failures; i++)
            print "* " failures[i]
    }
}
