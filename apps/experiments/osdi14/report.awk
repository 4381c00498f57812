# Tables beside the paper's numbers, in Markdown, of what figures.awk has read. The reason given for a number is a counter,
# not an opinion.

function text_of(x) { gsub(/_/, " ", x); return x == "" ? "-" : x }

# Whether the wanted bound is kept.
function verdict(name, value,   bound) {
    bound = wanted[name]
    if (bound == "-" || bound == "") return "-"
    if (sense[name] == "min") return "at least " bound ": " (value >= bound + 0 ? "yes" : "no")
    return "at most " bound ": " (value <= bound + 0 ? "yes" : "no")
}

# row(NAME, TEXT, VALUE, SHOWN, WHY): a line, unless there is no such value.
function row(name, text, value, shown, why) {
    if (value == "") return
    print "| " text " | " text_of(place[name]) " | " shown " | " text_of(published[name]) " | " verdict(name, value) " | " why " |"
}

# What the workers of a setup did until the common objective.
function times(w, s, d) {
    return sprintf("%s s of work, %s s of waiting a worker, in %s iterations", round(at_target(w, s, d, "compute_seconds") / num_workers),
        round(at_target(w, s, d, "wait_seconds") / num_workers), at_target(w, s, d, "iterations"))
}

function idle_row(name, w, s, d, text,   share) {
    share = idle_share(w, s, d)
    if (share != "") row(name, text, share, percent(share), times(w, s, d))
}

function time_row(name, text, w, a, da, b, db,   x) {
    x = ratio(at_target(w, a, da, "seconds"), at_target(w, b, db, "seconds"))
    row(name, text, x, round(x), round(at_target(w, a, da, "seconds")) " s and " round(at_target(w, b, db, "seconds")) " s; " a ": " times(w, a, da))
}

function comparison(w,   best) {
    best = best_delay(w)
    idle_row("idle-A", w, "A", 0, "A waits, share of the time")
    idle_row("idle-B", w, "B", 0, "B waits")
    if (best != "") idle_row("idle-ours", w, "ours", best, "ours waits, at delay " best)
    time_row("time-B-A", "time to the common objective, B / A", w, "B", 0, "A", 0)
    if (best != "") time_row("time-ours-B", "the same, ours (delay " best ") / B", w, "ours", best, "B", 0)
    time_row("kkt-ours", "the same, ours / ours without KKT", w, "ours", delay_of(w, "ours-no-kkt"), "ours-no-kkt", delay_of(w, "ours-no-kkt"))
    time_row("kkt-B", "the same, B / B without KKT", w, "B", 0, "B-no-kkt", 0)
}

function delays(w,   best, x) {
    best = best_delay(w)
    idle_row("idle-delay-0", w, "ours", 0, "ours waits at delay 0")
    idle_row("idle-delay-16", w, "ours", 16, "ours waits at delay 16")
    if (best == "") return
    row("best-delay", "fastest delay", best, best, times(w, "ours", best))
    x = ratio(at_target(w, "ours", "auto", "seconds"), at_target(w, "ours", best, "seconds"))
    row("auto", "time with --delay auto / fastest delay", x, round(x), "it ended at delay " get(w, "ours", "auto", "delay_at_end") "; " times(w, "ours", "auto"))
}

# staleness_row: the largest excess over the delay that a server has seen.
function staleness_row(w,   i, seen, excess, most) {
    for (i = 1; i <= num_setups; i++) {
        if (setup_workload[i] != w || setup_system[i] != "ours" || setup_delay[i] == "auto") continue
        seen = get(w, "ours", setup_delay[i], "max_staleness")
        if (seen == "") continue
        excess = seen - setup_delay[i]
        if (most == "" || excess > most) most = excess
    }
    row("staleness", "largest staleness of an iteration - delay", most, most, "histograms taken on the servers, all delays")
}

function saved(name, text, w, a, b, flow, why,   x) {
    x = ratio(bytes_a_pass(w, b, delay_of(w, b), flow, 10), bytes_a_pass(w, a, delay_of(w, a), flow, 10))
    if (x != "") row(name, text, 1 - x, percent(1 - x), why)
}

function times_less(name, text, w, a, b, flow,   x, whole) {
    x = ratio(bytes_a_pass(w, a, delay_of(w, a), flow, 10), bytes_a_pass(w, b, delay_of(w, b), flow, 10))
    whole = ratio(bytes_a_pass(w, a, delay_of(w, a), flow, 1e9), bytes_a_pass(w, b, delay_of(w, b), flow, 1e9))
    row(name, text, x, round(x), "whole run: " round(whole) "; " small(bytes_a_pass(w, b, delay_of(w, b), flow, 10) / 1024) " KiB a pass are left")
}

function traffic(w,   d, share, x) {
    saved("key-cache-worker", "key caching saves workers, last 10 passes", w, "unfiltered", "key-cache", "worker_bytes_sent",
        "unfiltered messages write a key in 0 to 8 bytes already, here in about 4, beside 16 B of values (doc/filters.md has 64-bit keys)")
    saved("key-cache-server", "key caching saves servers", w, "unfiltered", "key-cache", "server_bytes_sent", "answers have no keys: nothing can be saved")
    times_less("code-worker", "KKT and compression after key caching, workers send times less", w, "key-cache", "all", "worker_bytes_sent")
    times_less("code-server", "the same, servers", w, "key-cache", "all", "server_bytes_sent")
    times_less("code-only-worker", "compression alone, workers", w, "key-cache", "compressed", "worker_bytes_sent")
    times_less("code-only-server", "the same, servers", w, "key-cache", "compressed", "server_bytes_sent")
    d = delay_of(w, "all")
    share = get(w, "all", d, "filtered")
    if (share != "") row("filtered", "features that KKT filters at the end", share, percent(share), get(w, "all", d, "nonzeros") " weights are not 0")
    if (w in optimum && get(w, "all", d, "objective") != "") {
        x = get(w, "all", d, "objective") / optimum[w] - 1
        row("final-gap", "final objective with KKT above the optimum, relative", x, sprintf("%.1e", x), "after " get(w, "all", d, "passes") " passes; the optimum is of " get(w, "optimum", 0, "passes") " unfiltered ones")
    }
}

function working_sets(w,   why) {
    if (!((w, 100) in working_set)) return
    why = sprintf("%.0f features, %s entries an example; of one of 10 workers %s", total_features[w], small(entries_an_example[w]), percent(working_set[w, 10]))
    row("working-set-100", "features that one of 100 workers needs", working_set[w, 100], percent(working_set[w, 100]), why)
    row("working-set-10000", "one of 10,000", working_set[w, 10000], sprintf("%.2f %%", 100 * working_set[w, 10000]), why)
}

function table_head(heading) {
    print "\n### " heading "\n"
    print "| | paper's | here | paper | wanted | why, in counters |"
    print "|---|---|---|---|---|---|"
}

function setups_table(w,   i, s, d) {
    print "\n| system | delay | seconds to the common objective | idle | iterations | whole run: idle | objective |"
    print "|---|---|---|---|---|---|---|"
    for (i = 1; i <= num_setups; i++) {
        s = setup_system[i]; d = setup_delay[i]
        if (setup_workload[i] == w && s ~ /^(A|B|ours)/)
            print "| " s " | " d " | " round(at_target(w, s, d, "seconds")) " | " percent(idle_share(w, s, d)) " | " small(at_target(w, s, d, "iterations")) \
                " | " percent(get(w, s, d, "idle_share")) " | " get(w, s, d, "objective") " |"
    }
}

function traffic_table(w,   i, s, d) {
    print "\n| filters | workers send, KiB a pass | servers | workers, last 10 passes | servers |"
    print "|---|---|---|---|---|"
    for (i = 1; i <= num_setups; i++) {
        s = setup_system[i]; d = setup_delay[i]
        if (setup_workload[i] == w && s ~ /^(unfiltered|key-cache|compressed|all)$/)
            printf "| %s | %.0f | %.0f | %.0f | %.0f |\n", s, bytes_a_pass(w, s, d, "worker_bytes_sent", 1e9) / 1024, bytes_a_pass(w, s, d, "server_bytes_sent", 1e9) / 1024,
                bytes_a_pass(w, s, d, "worker_bytes_sent", 10) / 1024, bytes_a_pass(w, s, d, "server_bytes_sent", 10) / 1024
    }
}

END {
    for (k = 1; k <= num_workloads; k++) {
        w = workload_name[k]
        table_head("Workload " w (w in optimum ? ", common objective " sprintf("%.6g", optimum[w] * (1 + gap[w])) " (optimum " sprintf("%.6g", optimum[w]) " + " 100 * gap[w] " %)" : ""))
        comparison(w)
        delays(w)
        staleness_row(w)
        traffic(w)
        working_sets(w)
        setups_table(w)
        traffic_table(w)
    }
    print ""
    print "Lines of C of delayed block proximal gradient (table 3: paper 300, systems A and B 10,000 and 30,000): what happens to a block " \
        num_lines["core"] ", " verdict("lines", num_lines["core"]) "; passes and functions over all weights " num_lines["more"] " more."
    if (num_failures > 0) print "\n### Without result\n"
    for (k = 1; k <= num_failures; k++)
        print "* " failures[k]
}
