# A virtual cluster of a test's own: source it after facts.sh, ask vcluster_missing, then use vcluster as
# its users do. The test ends it with `vcluster down`. Runs in the build folder.
cluster=check$$
vcluster_program=$top/jobscripts/vcluster/vcluster
export TERN_VCLUSTER_NAME=$cluster TERN_VCLUSTER_WANLINK="$PWD/jobscripts/vcluster/wanlink"

vcluster() {
    "$vcluster_program" "$@"
}

# Print why there can be no virtual hosts here, or nothing.
vcluster_missing() {
    if vcluster up 2 --groups 2 >/dev/null 2>"$scratch/missing"; then
        vcluster down
    else
        sed -n '1s/^vcluster: //p' "$scratch/missing"
    fi
}

# Pids of the processes of host $1 but the one that keeps it alive.
vcluster_processes() {
    ip netns pids "$cluster-$1" | grep -vx "$(cat "/run/tern-vcluster-$cluster/$cluster-$1.pid")"
}
