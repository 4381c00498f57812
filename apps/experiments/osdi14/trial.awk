# What tern-lr printed with --json, and its history -> the measured columns of runs.csv; passes are appended to the file
# `passes`, working sets to `working_sets`. Fails if there is no result. Goes with ../common/numbers.awk.
#
# Files: output, history. `run` are the first columns of each line of `passes`, `wanted` the names of all of them.

FNR == 1 { file++ }

file == 1 && /"objective":/ {
    objective = member("objective"); auc = member("auc"); nonzeros = member("nonzeros")
    staleness = member("max_staleness")
    has_result = 1
}

# stats: the share of the features that one of so many workers has.
file == 1 && /"touched_by_1_of_/ {
    split(run, run_word, ",")
    for (num_workers = 1; num_workers <= 10000; num_workers *= 10)
        printf "%s,%d,%s,%s,%s\n", run_word[1], num_workers, member("touched_by_1_of_" num_workers), member("features"), \
            member("entries_per_example") >>working_sets
    has_result = 1
}

file == 2 && FNR == 1 {
    num_columns = split($0, names, ",")
    for (i = 1; i <= num_columns; i++)
        column[names[i]] = i
    num_wanted = split(wanted, wanted_names, ",")
    next
}
file == 2 {
    split($0, field, ",")
    line = run
    for (i = 6; i <= num_wanted; i++)
        line = line "," field[column[wanted_names[i]]]
    lines[++num_passes] = line
}

function last(name) { return num_passes > 0 && name in column ? field[column[name]] : "" }

END {
    if (!has_result)
        exit 1
    for (i = 1; i <= num_passes; i++)
        print lines[i] >>passes
    compute = last("compute_seconds"); wait = last("wait_seconds")
    idle = compute + wait > 0 ? wait / (compute + wait) : ""
    filtered = last("features") + 0 > 0 ? last("filtered") / last("features") : ""
    printf "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", objective, auc, nonzeros, num_passes, last("seconds"), idle, compute, wait,
        filtered, last("worker_bytes_sent"), last("server_bytes_sent"), staleness, last("delay")
}
