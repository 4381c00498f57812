# What a program printed with --json and --stats json, as the measured columns of runs.csv (trial.sh).
# Fails if there is no epoch in it. Goes with ../common/numbers.awk.
#
# An epoch's time is the median over the epochs, without the first if there are several: it opens connections and
# brings rows to where they stay. A sampled epoch is extrapolated: `share` is what was asked for, unless the program
# says what it was.

# The average of a phase, over those who have it, as a share of the time: "compute": {"min": .., "share": 0.3}
function phase(name) {
    if (!match($0, "\"" name "\": *[{][^}]*[}]"))
        return ""
    value = substr($0, RSTART, RLENGTH)
    if (!match(value, /"share": *[0-9.e+-]+/))
        return ""
    value = substr(value, RSTART, RLENGTH)
    sub(/.*: */, "", value)
    return value + 0
}

function note_score(name) {
    if (member(name) != "") {
        score = member(name)
        score_name = name
    }
}

/"epoch":/ && /"seconds":/ {
    seconds[++num_epochs] = member("seconds")
    rates[num_epochs] = member("rate")
    updates += member("seconds") * member("rate")
}

# Of the training alone where the program counts that, else of the whole run.
function note_counters(pulls, pushes, lent, here, changes) {
    pulls = member("pull_keys"); pushes = member("push_keys") + member("set_keys"); lent = member("borrowed_rows")
    here = member("local_keys"); changes = member("local_changes")
    reads = pulls + lent > 0 ? (here - changes + lent) / (pulls + lent) : ""
    writes = pushes + lent > 0 ? (changes + lent) / (pushes + lent) : ""
    relocations = member("localized_keys"); localize_ns = member("localize_ns")
    messages = member("messages") + member("messages_sent"); bytes = member("bytes") + member("bytes_sent")
}

!/"statistics":/ {
    if (member("epoch_sample") != "")
        share = member("epoch_sample")
    if (member("target_seconds") != "")
        target = member("target_seconds")
    note_score("rmse"); note_score("test_rmse"); note_score("mrr"); note_score("auc")
    if (/"pull_keys":/) {
        note_counters()
        has_counters = 1
        if (member("train_seconds") != "")
            counted_seconds = member("train_seconds")
    }
}

/"statistics":/ {
    if (!has_counters) {
        note_counters()
        counted_seconds = member("seconds")
    }
    compute = phase("compute"); pull = phase("pull"); push = phase("push"); wait = phase("wait")
}

END {
    if (num_epochs == 0)
        exit 1
    if (share == "" || share <= 0)
        share = 1
    first = num_epochs > 1 ? 2 : 1
    epoch = median(seconds, first, num_epochs)
    rate = median(rates, first, num_epochs)
    relocations_per_s = relocations == "" || counted_seconds <= 0 ? "" : relocations / counted_seconds
    relocation_ms = relocations + 0 == 0 ? "" : localize_ns / relocations / 1e6
    us = rate > 0 ? 1e6 * hosts / rate : 0
    printf "%.6g,%.6g,%.6g,%.4g,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", epoch / share, rate, us, share, score, score_name,
        target, reads, writes, relocations_per_s, relocation_ms, updates + 0 == 0 ? "" : messages / updates,
        updates + 0 == 0 ? "" : bytes / updates, compute, pull, push, wait
}
