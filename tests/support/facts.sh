# Facts for shell scripts, the counterpart of facts.h: source it, call fact, end with facts_end.

num_facts=0
num_failed=0

# fact NAME PROBLEMS: holds if the list of problems is empty.
fact() {
    num_facts=$((num_facts + 1))
    if [ -z "$2" ]; then
        echo "ok $num_facts - $1"
    else
        num_failed=$((num_failed + 1))
        echo "not ok $num_facts - $1"
        echo "$2" | sed 's/^/# /'
    fi
}

# skip NAME REASON: cannot be proved here.
skip() {
    num_facts=$((num_facts + 1))
    echo "ok $num_facts - $1 # SKIP $2"
}

facts_end() {
    echo "1..$num_facts"
    [ $num_failed -eq 0 ]
    exit
}

# expect CODE TEXT COMMAND...: say what differs if the command does not exit with CODE or does not print
# TEXT. Its output is in $scratch/output; the script makes that folder.
expect() {
    code=$1 text=$2
    shift 2
    timeout 60 "$@" >"$scratch/output" 2>&1
    found=$?
    [ $found -eq "$code" ] || echo "exit code $found rather than $code: $*"
    grep -qF -- "$text" "$scratch/output" || { echo "no \"$text\" from $*"; tail -5 "$scratch/output"; }
}

# within COMMAND...: wait until it succeeds, at most 20 seconds.
within() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || return 1
        sleep 0.1
    done
}
