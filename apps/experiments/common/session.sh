# From the start of an experiment to its end: programs, results, hosts that are taken down in any case. Sourced by the run-... scripts.

# find_programs PROGRAM...: in the folder of --bin, this one, or wherever commands are.
find_programs() {
    local program
    if [[ -z $bin && -x ./$1 ]]; then bin=$PWD; fi
    if [[ -n $bin ]]; then
        bin=$(readlink -f "$bin")
        PATH=$bin:$bin/apps/experiments/$(basename "$here"):$PATH
        export TERN_VCLUSTER_WANLINK=${TERN_VCLUSTER_WANLINK-$bin/jobscripts/vcluster/wanlink}
    fi
    vcluster=$here/../../../jobscripts/vcluster/vcluster
    [[ -x $vcluster ]] || vcluster=vcluster
    [[ $is_dry == no ]] || return 0
    for program; do
        command -v "$program" >/dev/null || fail "cannot find the program $program: --bin names the build folder"
    done
}

# prepare_results COLUMNS_OF_CASES: the folder, and what every result goes back to.
prepare_results() {
    mkdir -p "$out/log" || fail "cannot write to $out"
    out=$(readlink -f "$out")
    runs=$out/runs.csv cases=$out/cases.csv
    [[ -s $runs ]] || echo "$run_columns" >"$runs"
    [[ -s $cases ]] || echo "$1" >"$cases"
    version=$(git -C "$here" describe --always --dirty 2>/dev/null || tern-info --version)
}

# Called in any case: no hosts are left behind.
finish() {
    trap '' INT TERM
    [[ $is_dry == yes ]] || stop_cluster
    rm -rf "$TMPDIR"
}

interrupted() {
    trap '' INT TERM
    say "interrupted; taking the hosts down"
    exit 130
}

# set_environment NAME: hosts are called so, and waste no core while they wait; runs are comparable only if all wait alike.
set_environment() {
    export TERN_WAIT=sleep TERN_STALL_SECONDS=60
    export TERN_VCLUSTER_NAME=${TERN_VCLUSTER_NAME-$1$$}
    TMPDIR=$(mktemp -d)
    export TMPDIR
}
