# The list of runs, runs.csv: a line for each, which begins with five columns that name the case. The sixth is its status. Sourced by
# the run-... scripts.

# is_run FIVE WORDS: whether the case was run before.
is_run() { awk -F, -v wanted="$1,$2,$3,$4,$5," 'index($0, wanted) == 1 && $6 != "not run" { found = 1 } END { exit !found }' "$runs"; }

# Whether the time of --minutes is over.
is_late() { [[ -n $minutes ]] && ((SECONDS > 60 * minutes)); }

# The line that says most, without what would break a line of CSV.
reason_of_failure() {
    local line
    line=$(grep -E '^(tern-[a-z0-9]*:|\[rank)' "$1" | head -n 1)
    [[ -n $line ]] || line=$(grep -E 'rror|cannot|refus' "$1" | head -n 1)
    [[ -n $line ]] || line=$(grep -v '^-*$' "$1" | tail -n 1)
    printf 'exit code %s: %s' "$2" "${line:0:160}" | tr ',"\n' ';'"'"' '
}

# Append a line; one that says that this case was not run goes.
replace_run() {
    local case
    case=$(cut -d, -f1-5 <<<"$1")
    sed -i "/^$case,not run,/d" "$runs"
    echo "$1" >>"$runs"
}
